#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "scheduler/capacity/publication.h"
#include "scheduler/core/effects.h"
#include "scheduler/core/events.h"

namespace muster::core {

/// The publications of all gangs, and the calls on their way for them.
/// Threading: one thread.
class CapacityHints {
 public:
  struct Entry {
    capacity::Publication publication;
    /// What the gang's condition, events and metrics know of it.
    capacity::Publication::State told = capacity::Publication::State::kHeld;
    std::int64_t told_asked_count = 0;
  };

  /// By UID of the driver.
  std::map<std::string, Entry, std::less<>>& All() { return entries_; }
  capacity::Publication* Find(std::string_view driver_uid);
  const capacity::Publication* Find(std::string_view driver_uid) const;
  capacity::Publication& FindOrAdd(const std::string& driver_uid, const std::string& namespace_name,
                                   const capacity::CapacityOptions& options);

  /// A stand-in as the watch shows it; of a driver that is not known (any more), too.
  void OnSeen(const api::Pod& stand_in, const capacity::CapacityOptions& options);
  /// Any pod may be named.
  void OnGone(const PodGone& event, Time now);
  /// False when the call is none of a publication.
  bool OnAnswer(const CallCompleted& event, Time now);
  void NoteCall(CallId call, const std::string& driver_uid, const capacity::Action& action);

  /// A node has come: whoever waits for some may wait longer.
  void NoteNode(Time now, Time created);
  std::optional<Time> WakeAt() const;
  std::size_t CountStandIns() const;

 private:
  struct Call {
    std::string driver_uid;
    capacity::Action action;  // without the pod
  };

  std::map<std::string, Entry, std::less<>> entries_;
  absl::flat_hash_map<std::string, std::string> drivers_;  // of stand-ins, by UID; lookup only
  absl::flat_hash_map<CallId, Call> calls_;                // lookup only
};

}  // namespace muster::core
