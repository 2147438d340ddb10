#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace muster::kube {

/// How long to wait after the n-th failure in a row: 0.8 s, doubled up to 30 s, plus up to as much
/// again at random, so that many clients do not return together; starts anew after two minutes
/// without a failure. Source: client-go tools/cache reflector. Threading: one thread.
class Backoff {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  explicit Backoff(std::uint64_t seed) : random_(seed) {}

  std::chrono::milliseconds Next(SteadyTime now);
  /// A number in [low, high], from the same generator.
  int Uniform(int low, int high);

 private:
  std::mt19937_64 random_;
  std::chrono::milliseconds base_{0};
  std::optional<SteadyTime> last_;
};

}  // namespace muster::kube
