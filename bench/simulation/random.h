#pragma once

#include <cstdint>

#include "scheduler/base/time.h"

namespace muster::bench {

/// A delay drawn evenly from [min, max].
struct DelayRange {
  Duration min{};
  Duration max{};
};

/// A small generator whose sequence is fixed by its seed on every platform, which the standard
/// distributions do not promise. SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom
/// number generators", 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next();
  /// Evenly from [min, max]. Requires: min <= max.
  std::int64_t Between(std::int64_t min, std::int64_t max);
  Duration Draw(const DelayRange& range);
  /// True once in `count` draws on average. Requires: count > 0.
  bool OneIn(std::int64_t count) { return Between(1, count) == 1; }

 private:
  std::uint64_t state_;
};

}  // namespace muster::bench
