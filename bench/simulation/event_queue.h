#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "scheduler/base/time.h"

namespace muster::bench {

/// Virtual time: what will happen, ordered by time and then by the order in which it was asked for.
/// Time passes only by running what is due. Cost: O(log n) for each operation.
class EventQueue {
 public:
  using Action = std::function<void()>;

  explicit EventQueue(Time start) : now_(start) {}

  Time now() const { return now_; }
  bool Empty() const { return entries_.empty(); }
  /// When the next action is due. Requires: not Empty().
  Time NextTime() const { return entries_.begin()->first.first; }

  /// Runs `action` at `time`, or now if that is past; never from inside this call.
  void At(Time time, Action action);
  void After(Duration delay, Action action) { At(now_ + delay, std::move(action)); }

  /// Advances the clock to the next action and runs it. Requires: not Empty().
  void RunNext();
  /// Advances the clock to `time`. Requires: nothing is due before it.
  void SkipTo(Time time);

 private:
  using Key = std::pair<Time, std::uint64_t>;

  Time now_;
  std::uint64_t sequence_ = 0;
  std::map<Key, Action> entries_;
};

}  // namespace muster::bench
