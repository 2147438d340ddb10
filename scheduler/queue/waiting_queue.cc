#include "scheduler/queue/waiting_queue.h"

#include "scheduler/base/check.h"

namespace muster::queue {

void WaitingQueue::Add(const Rank& rank) {
  Detach(rank.uid);
  const auto [entry, inserted] = ranks_.try_emplace(rank.uid, rank);
  active_.insert(entry->second);
}

void WaitingQueue::Remove(std::string_view uid) {
  Detach(uid);
  if (const auto found = ranks_.find(uid); found != ranks_.end()) ranks_.erase(found);
}

void WaitingQueue::Detach(std::string_view uid) {
  const auto rank = ranks_.find(uid);
  if (rank == ranks_.end()) return;
  active_.erase(rank->second);
  if (const auto found = parked_.find(uid); found != parked_.end()) parked_.erase(found);
  if (const auto found = backing_off_.find(uid); found != backing_off_.end()) {
    due_.erase({found->second, found->first});
    backing_off_.erase(found);
  }
}

std::optional<std::string> WaitingQueue::PopActive() {
  if (active_.empty()) return std::nullopt;
  std::string uid = active_.begin()->uid;
  active_.erase(active_.begin());
  return uid;
}

void WaitingQueue::Park(std::string_view uid) {
  MUSTER_CHECK(ranks_.find(uid) != ranks_.end(), "only a gang of the queue can be parked");
  Detach(uid);
  parked_.emplace(uid);
}

void WaitingQueue::BackOff(std::string_view uid, Time until) {
  MUSTER_CHECK(ranks_.find(uid) != ranks_.end(), "only a gang of the queue can back off");
  Detach(uid);
  backing_off_.emplace(uid, until);
  due_.emplace(until, uid);
}

void WaitingQueue::ActivateParked() {
  for (const std::string& uid : parked_) active_.insert(ranks_.find(uid)->second);
  parked_.clear();
}

void WaitingQueue::ActivateDue(Time now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const std::string uid = due_.begin()->second;
    due_.erase(due_.begin());
    backing_off_.erase(uid);
    active_.insert(ranks_.find(uid)->second);
  }
}

std::optional<Time> WaitingQueue::NextDue() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

}  // namespace muster::queue
