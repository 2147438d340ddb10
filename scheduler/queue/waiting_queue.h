#pragma once

#include <absl/container/flat_hash_map.h>

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
/// Cost: O(log gangs) each; ActivateParked O(1), and PopActive then O(gangs) for all of them.
/// Threading: one thread.
class WaitingQueue {
 public:
  WaitingQueue() = default;
  ~WaitingQueue() = default;
  WaitingQueue(const WaitingQueue&) = delete;
  WaitingQueue& operator=(const WaitingQueue&) = delete;

  /// Adds a gang as active. A gang that is there already keeps its rank and becomes active.
  void Add(const Rank& rank);
  void Remove(std::string_view uid);

  /// Takes the active gang of the highest rank; it is in no place until Park, BackOff or Add.
  /// nullptr: there is none. The rank is valid until Remove.
  const Rank* PopActive();
  void Park(std::string_view uid);
  void BackOff(std::string_view uid, Time until);

  /// The cluster has room that it did not have before: every parked gang is tried again.
  void ActivateParked();
  /// Activates the gangs whose moment has come.
  void ActivateDue(Time now);
  std::optional<Time> NextDue() const;

  bool HasActive() const { return active_count_ > 0; }
  std::size_t Size() const { return by_rank_.size(); }

 private:
  enum class Place { kNone, kActive, kParked, kBackingOff };
  struct State {
    Place place = Place::kNone;
    std::uint64_t parked_in = 0;  // the round; active again in every later one
    Time until{};                 // of kBackingOff
  };
  using ByRank = std::map<Rank, State>;

  bool IsActive(const State& state) const {
    return state.place == Place::kActive ||
           (state.place == Place::kParked && state.parked_in != round_);
  }
  ByRank::iterator Find(std::string_view uid);
  void Detach(ByRank::iterator entry);
  void Activate(ByRank::iterator entry);

  ByRank by_rank_;
  absl::flat_hash_map<std::string, ByRank::iterator> by_uid_;  // lookup only
  ByRank::iterator next_ = by_rank_.end();                     // no gang before it is active
  std::uint64_t round_ = 0;                                    // counts ActivateParked
  std::size_t active_count_ = 0;
  std::size_t parked_count_ = 0;  // in this round
  std::set<std::pair<Time, std::string>> due_;
};

}  // namespace muster::queue
