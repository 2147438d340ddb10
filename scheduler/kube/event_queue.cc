#include "scheduler/kube/event_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace muster::kube {

void EventQueue::Append(core::Event event) {
  events_.push_back(std::move(event));
  statistics_.depth_max = std::max(statistics_.depth_max, events_.size());
}

bool EventQueue::Push(core::Event event, const std::stop_token& stop) {
  {
    std::unique_lock lock(mutex_);
    if (events_.size() >= capacity_) {
      ++statistics_.pushes_blocked;
      if (!not_full_.wait(lock, stop, [this] { return events_.size() < capacity_; })) return false;
    }
    Append(std::move(event));
  }
  not_empty_.notify_one();
  return true;
}

void EventQueue::PushAnswer(core::Event event) {
  {
    std::lock_guard lock(mutex_);
    Append(std::move(event));
  }
  not_empty_.notify_one();
}

std::vector<core::Event> EventQueue::PopBatch(std::size_t count_max,
                                              std::chrono::nanoseconds wait_max,
                                              const std::stop_token& stop) {
  std::vector<core::Event> batch;
  {
    std::unique_lock lock(mutex_);
    not_empty_.wait_for(lock, stop, wait_max, [this] { return !events_.empty(); });
    const std::size_t count = std::min(count_max, events_.size());
    batch.reserve(count);
    const auto end = events_.begin() + static_cast<std::ptrdiff_t>(count);
    std::move(events_.begin(), end, std::back_inserter(batch));
    events_.erase(events_.begin(), end);
  }
  not_full_.notify_all();
  return batch;
}

EventQueueStatistics EventQueue::Statistics() const {
  std::lock_guard lock(mutex_);
  EventQueueStatistics statistics = statistics_;
  statistics.depth = events_.size();
  return statistics;
}

}  // namespace muster::kube
