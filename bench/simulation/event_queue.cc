#include "bench/simulation/event_queue.h"

#include <algorithm>

#include "scheduler/base/check.h"

namespace muster::bench {

void EventQueue::At(Time time, Action action) {
  entries_.emplace(Key{std::max(time, now_), ++sequence_}, std::move(action));
}

void EventQueue::RunNext() {
  MUSTER_CHECK(!entries_.empty(), "nothing is due");
  auto next = entries_.extract(entries_.begin());
  now_ = next.key().first;
  next.mapped()();
}

void EventQueue::SkipTo(Time time) {
  MUSTER_CHECK(Empty() || NextTime() >= time, "something is due before that time");
  now_ = std::max(now_, time);
}

}  // namespace muster::bench
