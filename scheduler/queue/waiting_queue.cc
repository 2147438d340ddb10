#include "scheduler/queue/waiting_queue.h"

#include <utility>

#include "scheduler/base/check.h"

namespace muster::queue {

WaitingQueue::ByRank::iterator WaitingQueue::Find(std::string_view uid) {
  const auto found = by_uid_.find(absl::string_view(uid.data(), uid.size()));
  return found == by_uid_.end() ? by_rank_.end() : found->second;
}

void WaitingQueue::Add(const Rank& rank) {
  ByRank::iterator entry = Find(rank.uid);
  if (entry == by_rank_.end()) {
    entry = by_rank_.emplace(rank, State()).first;
    by_uid_.emplace(rank.uid, entry);
  }
  Detach(entry);
  Activate(entry);
}

void WaitingQueue::Remove(std::string_view uid) {
  const ByRank::iterator entry = Find(uid);
  if (entry == by_rank_.end()) return;
  Detach(entry);
  by_uid_.erase(entry->first.uid);
  if (next_ == entry) ++next_;
  by_rank_.erase(entry);
}

void WaitingQueue::Detach(ByRank::iterator entry) {
  State& state = entry->second;
  if (IsActive(state)) {
    --active_count_;
  } else if (state.place == Place::kParked) {
    --parked_count_;
  } else if (state.place == Place::kBackingOff) {
    due_.erase({state.until, entry->first.uid});
  }
  state.place = Place::kNone;
}

void WaitingQueue::Activate(ByRank::iterator entry) {
  entry->second.place = Place::kActive;
  ++active_count_;
  if (next_ == by_rank_.end() || entry->first < next_->first) next_ = entry;
}

const Rank* WaitingQueue::PopActive() {
  if (active_count_ == 0) return nullptr;
  while (!IsActive(next_->second)) ++next_;
  const ByRank::iterator entry = next_++;
  Detach(entry);
  return &entry->first;
}

void WaitingQueue::Park(std::string_view uid) {
  const ByRank::iterator entry = Find(uid);
  MUSTER_CHECK(entry != by_rank_.end(), "only a gang of the queue can be parked");
  Detach(entry);
  entry->second.place = Place::kParked;
  entry->second.parked_in = round_;
  ++parked_count_;
}

void WaitingQueue::BackOff(std::string_view uid, Time until) {
  const ByRank::iterator entry = Find(uid);
  MUSTER_CHECK(entry != by_rank_.end(), "only a gang of the queue can back off");
  Detach(entry);
  entry->second.place = Place::kBackingOff;
  entry->second.until = until;
  due_.emplace(until, uid);
}

void WaitingQueue::ActivateParked() {
  ++round_;
  active_count_ += std::exchange(parked_count_, 0);
  next_ = by_rank_.begin();
}

void WaitingQueue::ActivateDue(Time now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const ByRank::iterator entry = Find(due_.begin()->second);
    Detach(entry);
    Activate(entry);
  }
}

std::optional<Time> WaitingQueue::NextDue() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

}  // namespace muster::queue
