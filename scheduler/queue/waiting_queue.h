#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "scheduler/api/objects.h"
#include "scheduler/base/time.h"

namespace muster::queue {

/// Who is next: higher priority first, then the older pod, then the name.
struct Rank {
  std::int32_t priority = 0;
  Time created{};
  api::NamespacedName name;
  std::string uid;

  friend bool operator<(const Rank& a, const Rank& b) {
    if (a.priority != b.priority) return a.priority > b.priority;
    if (a.created != b.created) return a.created < b.created;
    if (a.name != b.name) return a.name < b.name;
    return a.uid < b.uid;
  }
};

/// The gang that has been passed for long enough: nothing behind it is admitted before it is, or
/// before `until`.
struct LineHolder {
  Rank rank;
  Time until{};
  std::string told_to_others;  // why they wait
};

/// The gangs that wait, each in one of three places: *active* (to be tried now), *parked* (did not
/// fit; waits for the cluster to change) or *backing off* (waits for a moment).
/// Cost: O(log gangs) each, ActivateParked O(parked log gangs). Threading: one thread.
class WaitingQueue {
 public:
  /// Adds a gang as active. A gang that is there already keeps its rank and becomes active.
  void Add(const Rank& rank);
  void Remove(std::string_view uid);

  /// Takes the active gang of the highest rank; it is in no place until Park, BackOff or Add.
  std::optional<std::string> PopActive();
  void Park(std::string_view uid);
  void BackOff(std::string_view uid, Time until);

  /// The cluster has room that it did not have before: every parked gang is tried again.
  void ActivateParked();
  /// Activates the gangs whose moment has come.
  void ActivateDue(Time now);
  std::optional<Time> NextDue() const;

  bool HasActive() const { return !active_.empty(); }
  std::size_t Size() const { return ranks_.size(); }

 private:
  void Detach(std::string_view uid);

  std::map<std::string, Rank, std::less<>> ranks_;
  std::set<Rank> active_;
  std::set<std::string, std::less<>> parked_;
  std::map<std::string, Time, std::less<>> backing_off_;
  std::set<std::pair<Time, std::string>> due_;  // backing_off_, by time
};

}  // namespace muster::queue
