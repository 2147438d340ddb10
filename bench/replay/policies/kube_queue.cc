#include "bench/replay/policies/kube_queue.h"

#include <algorithm>

namespace muster::bench::replay {
namespace {

constexpr Duration kBackOffFirst = std::chrono::seconds(1);
constexpr Duration kBackOffLast = std::chrono::seconds(10);

}  // namespace

void KubeQueue::Add(PodRef pod, Time now) {
  active_.push({now, ++last_serial_, pod, epochs_[static_cast<std::size_t>(pod.gang)], 0, now});
}

void KubeQueue::RoomGrew(Time now) {
  for (const Entry& entry : failed_) {
    if (IsStale(entry)) continue;
    if (entry.due <= now) {
      active_.push(entry);
    } else {
      backing_off_.push(entry);
    }
  }
  failed_.clear();
}

std::optional<PodRef> KubeQueue::Pop(Time now) {
  while (!backing_off_.empty() && backing_off_.top().due <= now) {
    active_.push(backing_off_.top());
    backing_off_.pop();
  }
  while (!active_.empty()) {
    popped_ = active_.top();
    active_.pop();
    if (!IsStale(popped_)) return popped_.pod;
  }
  return std::nullopt;
}

void KubeQueue::Fail(Time now) {
  Duration back_off = kBackOffFirst;
  for (std::uint32_t i = 0; i < popped_.failures && back_off < kBackOffLast; ++i) back_off *= 2;
  ++popped_.failures;
  popped_.since = now;
  popped_.serial = ++last_serial_;
  popped_.due = now + std::min(back_off, kBackOffLast);
  failed_.push_back(popped_);
}

std::optional<Time> KubeQueue::NextDue() const {
  if (backing_off_.empty()) return std::nullopt;
  return backing_off_.top().due;
}

}  // namespace muster::bench::replay
