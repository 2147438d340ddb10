#include "scheduler/kube/call_queue.h"

#include <utility>

namespace muster::kube {

bool CallQueue::Add(std::string object, core::Effect effect) {
  if (waiting_ >= calls_max_) return false;
  Object& entry = objects_[object];
  if (entry.effects.empty() && !entry.in_flight) ready_.push_back(std::move(object));
  entry.effects.push_back(std::move(effect));
  ++waiting_;
  return true;
}

std::optional<CallQueue::Call> CallQueue::Take() {
  if (ready_.empty()) return std::nullopt;
  Call call;
  call.object = std::move(ready_.front());
  ready_.pop_front();
  Object& entry = objects_.at(call.object);
  call.effect = std::move(entry.effects.front());
  entry.effects.pop_front();
  entry.in_flight = true;
  --waiting_;
  return call;
}

void CallQueue::Done(const std::string& object) {
  auto entry = objects_.find(object);
  if (entry == objects_.end()) return;
  entry->second.in_flight = false;
  if (entry->second.effects.empty()) {
    objects_.erase(entry);
  } else {
    ready_.push_back(object);
  }
}

}  // namespace muster::kube
