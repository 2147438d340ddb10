#include "scheduler/kube/reflector_machine.h"

#include <algorithm>
#include <utility>

#include "scheduler/kube/known_objects.h"

namespace muster::kube {
namespace {

using StepKind = ReflectorCall::Kind;
using EndKind = ReflectorCallEnd::Kind;

constexpr int kWatchSecondsMin = 300;
constexpr int kWatchSecondsMax = 600;
constexpr std::chrono::milliseconds kShortestGoodWatch(1000);
constexpr int kErrorEventsMax = 3;
// The server sends a bookmark 2 s before it ends a watch, so about 1 s after its begin.
constexpr int kShortWatchSeconds = 3;
constexpr int kShortWatchesMax = 3;

bool IsExpired(const ApiStatus& status) {
  return status.code == 410 || status.reason == "Expired" || status.reason == "Gone";
}

}  // namespace

ReflectorCall ReflectorMachine::Next() {
  ReflectorCall call;
  call.wait_before = std::exchange(wait_, std::chrono::milliseconds(0));
  call.timeout_seconds = backoff_.Uniform(kWatchSecondsMin, kWatchSecondsMax);
  if (freshness_ == Freshness::kAsk) AskByList();
  if (!listing_ && freshness_ == Freshness::kAsk) {
    call.kind = StepKind::kVersion;
  } else if (!listing_) {
    call.kind = StepKind::kWatch;
    call.resource_version = resource_version_;
    if (CatchingUp()) {
      call.timeout_seconds = kShortWatchSeconds;
      ++short_watches_;
    }
  } else {
    call.kind = use_watch_list_ ? StepKind::kWatchList : StepKind::kListPage;
    call.resource_version = list_version_;
    call.continue_token = continue_token_;
  }
  return call;
}

void ReflectorMachine::OnListPage(const std::string& resource_version,
                                  const std::string& continue_token) {
  OnContact();
  continue_token_ = continue_token;
  if (continue_token_.empty()) OnInitialEventsEnd(resource_version);
}

void ReflectorMachine::OnInitialEventsEnd(const std::string& resource_version) {
  listing_ = false;
  // A list of the most recent state that was begun after the version was read.
  if (CatchingUp() && list_version_.empty()) freshness_ = Freshness::kProven;
  list_version_.clear();
  continue_token_.clear();
  resource_version_ = resource_version;
  ++full_lists_;
  CheckFreshness();
}

void ReflectorMachine::OnVersionRead(const std::string& resource_version) {
  OnContact();
  freshness_ = Freshness::kCatchUp;
  fresh_from_ = resource_version;
  short_watches_ = 0;
  CheckFreshness();
}

void ReflectorMachine::CheckFreshness() {
  if (CatchingUp() && !listing_ && !IsNewerVersion(fresh_from_, resource_version_)) {
    freshness_ = Freshness::kProven;
  }
}

void ReflectorMachine::OnVersion(const std::string& resource_version) {
  // Initial events are not in the order of their versions.
  if (!listing_ && !resource_version.empty()) resource_version_ = resource_version;
  error_events_ = 0;
  CheckFreshness();
}

/// A list of the most recent state that begins now is as new as it must be.
void ReflectorMachine::AskByList() {
  if (!listing_ && proof_ == Proof::kNewList) StartFullList("");
  const bool begins_now = listing_ && list_version_.empty() && continue_token_.empty();
  if (!begins_now) return;
  freshness_ = Freshness::kCatchUp;
  fresh_from_.clear();
  short_watches_ = 0;
}

void ReflectorMachine::StartFullList(std::string resource_version) {
  listing_ = true;
  continue_token_.clear();
  list_version_ = std::move(resource_version);
}

void ReflectorMachine::Wait(const ReflectorCallEnd& end, SteadyTime now) {
  wait_ = backoff_.Next(now);
  if (end.retry_after) {
    wait_ = std::max<std::chrono::milliseconds>(wait_, *end.retry_after);
  }
}

void ReflectorMachine::OnExpired(const ReflectorCallEnd& end, SteadyTime now) {
  if (!listing_) {
    // At least as new as what the core has been shown already.
    ++lists_after_expiry_;
    StartFullList(resource_version_);
    return;
  }
  // Also an expired page token: the list starts again, after a wait so that it cannot spin.
  Wait(end, now);
  StartFullList("");
}

ReflectorAdvice ReflectorMachine::OnUnauthorized(const ReflectorCallEnd& end, SteadyTime now) {
  if (!refused_token_) {
    refused_token_ = true;
    return {.refresh_token = true, .problem = {}};
  }
  Wait(end, now);
  return {.refresh_token = true, .problem = "401 Unauthorized: the token was refused"};
}

ReflectorAdvice ReflectorMachine::OnHttpStatus(const ReflectorCallEnd& end, SteadyTime now) {
  const ApiStatus& status = end.status;
  if (status.code == 401) return OnUnauthorized(end, now);
  refused_token_ = false;
  if (IsExpired(status) || status.resource_version_too_large) {
    OnExpired(end, now);
    return {};
  }
  const bool temporary = status.code == 429 || status.code >= 500 || status.code == 403;
  if (!temporary && listing_ && use_watch_list_) {
    use_watch_list_ = false;  // a server without the feature answers 422
    return {};
  }
  Wait(end, now);
  // The watch itself is refused. (A version that is refused is asked for again.)
  if (!temporary && !listing_ && freshness_ != Freshness::kAsk) StartFullList("");
  return {.refresh_token = false, .problem = end.description};
}

ReflectorAdvice ReflectorMachine::OnEnd(const ReflectorCallEnd& end, SteadyTime now) {
  switch (end.kind) {
    case EndKind::kHttpStatus:
      return OnHttpStatus(end, now);
    case EndKind::kErrorEvent:
      if (IsExpired(end.status)) {
        OnExpired(end, now);
        return {};
      }
      Wait(end, now);
      if (++error_events_ >= kErrorEventsMax) {
        error_events_ = 0;
        StartFullList("");
      }
      return {.refresh_token = false, .problem = end.description};
    case EndKind::kTransport:
      continue_token_.clear();
      Wait(end, now);
      return {.refresh_token = false, .problem = end.description};
    case EndKind::kSilent:
    case EndKind::kClosed:
      break;
  }
  if (listing_ && use_watch_list_) {
    use_watch_list_ = false;  // a server that does not know the parameter sends no end bookmark
    Wait(end, now);
    return {};
  }
  if (CatchingUp() && short_watches_ >= kShortWatchesMax) {
    StartFullList("");  // a consistent list is as new as it must be
    return {};
  }
  // A stream that ends at once and empty would be asked for again without pause.
  if (end.kind == EndKind::kClosed && end.event_count == 0 && end.lasted < kShortestGoodWatch) {
    Wait(end, now);
    return {.refresh_token = false, .problem = "the watch ended at once without an event"};
  }
  return {};
}

}  // namespace muster::kube
