#include "scheduler/kube/leader_elector.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "scheduler/kube/api_status.h"

namespace muster::kube {
namespace {

constexpr std::chrono::milliseconds kShortestDeadline(1);

StatusOr<HttpRequest> RequestOf(const LeaseCall& call, const api::NamespacedName& name) {
  switch (call.verb) {
    case LeaseCall::Verb::kRead:
      return LeaseReadRequest(name);
    case LeaseCall::Verb::kCreate:
      return LeaseCreateRequest(name, call.lease.record);
    case LeaseCall::Verb::kUpdate:
      break;
  }
  return LeaseUpdateRequest(name, call.lease);
}

}  // namespace

LeaderElector::LeaderElector(const ClusterAccess& access, TokenSource& tokens, WriteFence& fence,
                             std::function<Time()> now, LeaderElectorOptions options)
    : options_(std::move(options)),
      tokens_(tokens),
      fence_(fence),
      now_(std::move(now)),
      stream_(access, tokens),
      machine_(options_.times, options_.identity, options_.seed) {}

LeaderElector::~LeaderElector() { Stop(false); }

void LeaderElector::Start(LeaderCallbacks callbacks) {
  callbacks_ = std::move(callbacks);
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void LeaderElector::Stop(bool give_back) {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  fence_.Close();  // now that nobody opens it again
  if (give_back) GiveBack();
}

void LeaderElector::Run(const std::stop_token& stop) {
  while (!stop.stop_requested() && machine_.role() != LeaseRole::kLost) {
    const std::optional<LeaseCall> call = machine_.Next(now_());
    if (call) {
      const LeaseAnswer answer = Make(*call, stop);
      if (stop.stop_requested()) return;  // cut short by ourselves: no answer at all
      machine_.OnAnswer(answer, now_());
      Publish(&answer);
    }
    NoteRole();
    if (!call) Wait(stop);
  }
}

LeaseAnswer LeaderElector::Make(const LeaseCall& call, const std::stop_token& stop) {
  StatusOr<HttpRequest> request = RequestOf(call, options_.lease);
  if (!request.ok()) {
    return {LeaseAnswer::Result::kFailed, std::nullopt, std::string(MessageOf(request.status()))};
  }
  request->deadline = std::max(std::chrono::duration_cast<std::chrono::milliseconds>(call.deadline),
                               kShortestDeadline);
  std::string body;
  bool too_large = false;
  const HttpSink sink{[] {},
                      [&](std::string_view bytes) {
                        too_large = body.size() + bytes.size() > request->response_bytes_max;
                        if (!too_large) body.append(bytes);
                        return !too_large;
                      }};
  HttpResult result = stream_.Run(*request, sink, stop);
  if (!body.empty()) result.body = std::move(body);
  if (result.status == 401) tokens_.Invalidate();  // the next try has the token read again
  return ReadLeaseAnswer(result);
}

/// Tells what has changed. The fence is moved before anybody hears of it.
void LeaderElector::NoteRole() {
  const LeaseRole role = machine_.role();
  if (role == LeaseRole::kLeader) fence_.OpenUntil(machine_.leads_until());
  if (role == noted_role_) {
    if (role == LeaseRole::kStandby) LogStandby();
    return;
  }
  noted_role_ = role;
  Publish(nullptr);
  if (role == LeaseRole::kLeader) {
    spdlog::info("leading: holds lease {} as {}", options_.lease.ToString(), options_.identity);
    callbacks_.on_leading();
  } else if (role == LeaseRole::kLost) {
    fence_.Close();
    callbacks_.on_lost("lease " + options_.lease.ToString() + ": " + machine_.problem());
  }
}

/// The same words again are not worth a line.
void LeaderElector::LogStandby() {
  const std::string& problem = machine_.problem();
  const std::string& holder = machine_.observed().holder;
  std::string words = "standby: lease " + options_.lease.ToString() +
                      (problem.empty() ? " is held by " + Printable(holder, 256) : ": " + problem);
  if (words == logged_ || (problem.empty() && holder.empty())) return;
  if (problem.empty()) {
    spdlog::info("{}", words);
  } else {
    spdlog::warn("{}", words);
  }
  logged_ = std::move(words);
}

void LeaderElector::Publish(const LeaseAnswer* answer) {
  std::lock_guard lock(mutex_);
  statistics_.role = machine_.role();
  statistics_.holder = Printable(machine_.observed().holder, 256);
  statistics_.problem = machine_.problem();
  statistics_.transitions = machine_.observed().transitions;
  if (answer != nullptr) {
    statistics_.in_contact = answer->result != LeaseAnswer::Result::kFailed;
    if (!machine_.problem().empty()) ++statistics_.failed_tries;
    if (machine_.leads_until() > statistics_.leads_until) ++statistics_.writes;
  }
  statistics_.leads_until = machine_.leads_until();
}

void LeaderElector::Wait(const std::stop_token& stop) {
  const Duration left = machine_.wake_at() - now_();
  if (left <= Duration::zero()) return;
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, stop, left, [] { return false; });
}

void LeaderElector::GiveBack() {
  const bool led = machine_.role() == LeaseRole::kLeader;
  machine_.Release();
  while (const std::optional<LeaseCall> call = machine_.Next(now_())) {
    machine_.OnAnswer(Make(*call, {}), now_());
  }
  Publish(nullptr);
  if (!led) return;
  if (machine_.problem().empty()) {
    spdlog::info("gave lease {} back", options_.lease.ToString());
  } else {
    spdlog::warn("could not give lease {} back, it will run out: {}", options_.lease.ToString(),
                 machine_.problem());
  }
}

LeaderStatistics LeaderElector::Statistics() const {
  std::lock_guard lock(mutex_);
  return statistics_;
}

}  // namespace muster::kube
