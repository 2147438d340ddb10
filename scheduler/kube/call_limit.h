#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace muster::kube {

struct CallLimitOptions {
  std::size_t min = 4;
  std::size_t max = 32;
  std::size_t first = 16;
  /// The typical bind may take this many times as long as in the best moment of late. On an API
  /// server that binds four at a time, 16 in flight take 7 times as long as one, and 64, 28 times
  /// as long, for 5 % more binds a second.
  int latency_multiple = 10;
  /// Below this no latency is a reason to hold back.
  std::chrono::milliseconds latency_fine{20};
};

/// How many calls to have in flight, learnt from the answers to binds: one more after every window
/// of answers in which the limit was reached and the server kept up; a quarter less when the
/// median of a window is beyond what `latency_multiple` allows; half after a 429 or a Retry-After.
/// Calls that began before a decrease say nothing about it and do not count. The best latency is
/// that of the last 5 to 10 minutes, so a server that has become slower for good is not punished
/// for ever. Additive increase, multiplicative decrease: Chiu and Jain, 1989.
/// Cost: O(1) amortised an answer. No clock of its own. Threading: one thread.
class CallLimit {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  explicit CallLimit(const CallLimitOptions& options);

  std::size_t limit() const { return limit_; }
  /// As many calls as the limit allows are in flight, and more wait.
  void OnFull() { was_full_ = true; }
  /// A bind was answered.
  void OnAnswer(SteadyTime begin, SteadyTime now);
  /// The server asked for patience.
  void OnThrottled(SteadyTime begin, SteadyTime now);

 private:
  void EndWindow(SteadyTime now);
  void NoteBest(std::chrono::nanoseconds median, SteadyTime now);
  bool TooSlow(std::chrono::nanoseconds median) const;
  void Decrease(std::size_t limit, SteadyTime now);

  const CallLimitOptions options_;
  std::size_t limit_;
  bool was_full_ = false;                         // in this window
  std::vector<std::chrono::nanoseconds> window_;  // latencies since the last decision
  std::optional<SteadyTime> decreased_at_;
  std::optional<SteadyTime> period_begin_;  // of best_now_
  std::optional<std::chrono::nanoseconds> best_now_;
  std::optional<std::chrono::nanoseconds> best_before_;
};

}  // namespace muster::kube
