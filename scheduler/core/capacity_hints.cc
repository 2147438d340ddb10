#include "scheduler/core/capacity_hints.h"

#include <algorithm>
#include <utility>

#include "scheduler/gang/gang.h"

namespace muster::core {
namespace {

using capacity::Action;
using capacity::Answer;

Answer AnswerOf(const Action& action, const CallOutcome& outcome) {
  const bool creates = action.kind == Action::Kind::kCreate;
  switch (outcome.result) {
    case CallResult::kOk:
      return Answer::kDone;
    case CallResult::kConflict:
      // Of a create: there already, by a call of ours without an answer; or two calls met at a
      // quota, which is worth another try.
      if (creates && outcome.message.find("already exists") == std::string::npos) {
        return Answer::kRetry;
      }
      return Answer::kDone;
    case CallResult::kNotFound:
      return creates ? Answer::kRefused : Answer::kDone;  // of a pod: the watch will say so
    case CallResult::kUnavailable:
    case CallResult::kUnknown:
      return Answer::kRetry;
    case CallResult::kForbidden:
    case CallResult::kInvalid:
      return Answer::kRefused;
  }
  return Answer::kRefused;
}

}  // namespace

capacity::Publication* CapacityHints::Find(std::string_view driver_uid) {
  const auto found = entries_.find(driver_uid);
  return found == entries_.end() ? nullptr : &found->second.publication;
}

const capacity::Publication* CapacityHints::Find(std::string_view driver_uid) const {
  const auto found = entries_.find(driver_uid);
  return found == entries_.end() ? nullptr : &found->second.publication;
}

capacity::Publication& CapacityHints::FindOrAdd(const std::string& driver_uid,
                                                const std::string& namespace_name,
                                                const capacity::CapacityOptions& options) {
  const auto found = entries_.find(driver_uid);
  if (found != entries_.end()) return found->second.publication;
  return entries_.emplace(driver_uid, Entry{{namespace_name, options}}).first->second.publication;
}

void CapacityHints::OnSeen(const api::Pod& stand_in, const capacity::CapacityOptions& options) {
  const std::string driver_uid = gang::ControllingPod(stand_in).value_or("");
  drivers_[stand_in.metadata.uid] = driver_uid;
  FindOrAdd(driver_uid, stand_in.metadata.namespace_name, options).OnSeen(stand_in);
}

void CapacityHints::OnGone(const PodGone& event, Time now) {
  const auto known = drivers_.find(event.uid);
  if (known == drivers_.end()) return;
  if (capacity::Publication* publication = Find(known->second)) {
    publication->OnGone(event.name.name, now);
  }
  drivers_.erase(known);
}

bool CapacityHints::OnAnswer(const CallCompleted& event, Time now) {
  const auto found = calls_.find(event.call);
  if (found == calls_.end()) return false;
  const Call call = std::move(found->second);
  calls_.erase(found);
  if (capacity::Publication* publication = Find(call.driver_uid)) {
    publication->OnAnswer(call.action, AnswerOf(call.action, event.outcome), event.outcome.message,
                          now);
  }
  return true;
}

void CapacityHints::NoteCall(CallId call, const std::string& driver_uid,
                             const capacity::Action& action) {
  calls_.emplace(call, Call{driver_uid, {action.kind, action.name, action.uid, action.delay}});
}

void CapacityHints::NoteNode(Time now, Time created) {
  for (auto& [uid, entry] : entries_) entry.publication.NoteNode(now, created);
}

std::optional<Time> CapacityHints::WakeAt() const {
  std::optional<Time> first;
  for (const auto& [uid, entry] : entries_) {
    const std::optional<Time> at = entry.publication.WakeAt();
    if (at && (!first || *at < *first)) first = at;
  }
  return first;
}

std::size_t CapacityHints::CountStandIns() const {
  std::size_t count = 0;
  for (const auto& [uid, entry] : entries_) count += entry.publication.CountStandIns();
  return count;
}

}  // namespace muster::core
