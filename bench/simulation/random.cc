#include "bench/simulation/random.h"

#include "scheduler/base/check.h"

namespace muster::bench {

std::uint64_t Random::Next() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31U);
}

std::int64_t Random::Between(std::int64_t min, std::int64_t max) {
  MUSTER_CHECK(min <= max, "an empty range has no number");
  // The bias of the remainder is below 2^-40 for the small ranges drawn here.
  const auto width = static_cast<std::uint64_t>(max - min) + 1;
  return min + static_cast<std::int64_t>(Next() % width);
}

Duration Random::Draw(const DelayRange& range) {
  return Duration(Between(range.min.count(), range.max.count()));
}

}  // namespace muster::bench
