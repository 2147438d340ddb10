#include "scheduler/kube/dispatcher.h"

#include <absl/container/flat_hash_map.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>

#include "scheduler/kube/call_limit.h"
#include "scheduler/kube/call_queue.h"
#include "scheduler/kube/http_transport.h"

namespace muster::kube {
namespace {

using core::CallResult;
using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kShutdownMax(5);
constexpr std::chrono::seconds kPatienceMax(30);
constexpr std::chrono::milliseconds kIdlePoll(10'000);
constexpr std::chrono::milliseconds kFencePoll(100);
constexpr std::size_t kCallsInFlightMin = 4;
// An event costs the server as much as a bind, so while calls wait events come now and then only.
constexpr std::chrono::milliseconds kEventPauseBesideWaiting(250);
// A write that was sent and not answered is over by then: the server drops it 3 s after it came
// (?timeout=3s), and the client has waited 5 s already.
constexpr std::chrono::seconds kSettledAfter(5);

static_assert(std::variant_size_v<core::Effect> == DispatcherStatistics::kVerbs);

/// What calls must keep their order on: the name holds across UIDs, which is stricter than needed.
std::string ObjectOf(const core::Effect& effect) {
  return std::visit(
      [](const auto& one) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(one)>, core::FetchConfigMap>) {
          return "configmap " + one.config_map.ToString();
        } else if constexpr (std::is_same_v<std::decay_t<decltype(one)>,
                                            core::FetchCustomResource>) {
          return one.plural + " " + one.name.ToString();
        } else if constexpr (std::is_same_v<std::decay_t<decltype(one)>, core::SelectNode>) {
          return "claim " + one.claim.ToString();
        } else if constexpr (std::is_same_v<std::decay_t<decltype(one)>, core::KeepVolume>) {
          return "volume " + one.volume;
        } else if constexpr (std::is_same_v<std::decay_t<decltype(one)>, core::DeletePod>) {
          return "pod " + one.before.value_or(one.pod).ToString();
        } else if constexpr (std::is_same_v<std::decay_t<decltype(one)>, core::CreateStandIn>) {
          return "pod " + api::NameOf(one.pod.metadata).ToString();
        } else {
          return "pod " + one.pod.ToString();
        }
      },
      effect);
}

StatusOr<HttpRequest> RequestOf(const core::Effect& effect) {
  struct Visitor {
    StatusOr<HttpRequest> operator()(const core::BindPod& e) const { return BindRequest(e); }
    StatusOr<HttpRequest> operator()(const core::PatchPodCondition& e) const {
      return ConditionRequest(e);
    }
    StatusOr<HttpRequest> operator()(const core::FetchConfigMap& e) const {
      return ConfigMapRequest(e.config_map);
    }
    StatusOr<HttpRequest> operator()(const core::FetchCustomResource& e) const {
      return CustomResourceRequest(e);
    }
    StatusOr<HttpRequest> operator()(const core::FetchPod& e) const { return PodRequest(e.pod); }
    StatusOr<HttpRequest> operator()(const core::DeletePod& e) const { return DeleteRequest(e); }
    StatusOr<HttpRequest> operator()(const core::RecordEvent&) const {
      return InvalidArgumentError("events go through the recorder");
    }
    StatusOr<HttpRequest> operator()(const core::SelectNode& e) const {
      return SelectNodeRequest(e);
    }
    StatusOr<HttpRequest> operator()(const core::KeepVolume& e) const {
      return KeepVolumeRequest(e);
    }
    StatusOr<HttpRequest> operator()(const core::CreateStandIn& e) const {
      return StandInRequest(e);
    }
    StatusOr<HttpRequest> operator()(const core::AnnotatePod& e) const {
      return AnnotationRequest(e);
    }
  };
  return std::visit(Visitor{}, effect);
}

/// Makes the answer to an effect of which no more than the outcome is known.
struct AnswerOfOutcome {
  core::CallOutcome& outcome;

  std::optional<core::Event> operator()(const core::FetchConfigMap& fetch) const {
    return core::ConfigMapFetched{fetch.call, std::move(outcome), std::nullopt};
  }
  std::optional<core::Event> operator()(const core::FetchCustomResource& fetch) const {
    return core::CustomResourceFetched{fetch.call, std::move(outcome), {}};
  }
  std::optional<core::Event> operator()(const core::FetchPod& fetch) const {
    return core::PodFetched{fetch.call, std::move(outcome), std::nullopt};
  }
  std::optional<core::Event> operator()(const core::RecordEvent&) const { return std::nullopt; }
  template <class Write>
  std::optional<core::Event> operator()(const Write& write) const {
    return core::CallCompleted{write.call, std::move(outcome)};
  }
};

/// The answer to an effect whose call ended without an HTTP body worth reading.
std::optional<core::Event> AnswerWith(const core::Effect& effect, core::CallOutcome outcome) {
  return std::visit(AnswerOfOutcome{outcome}, effect);
}

std::optional<core::Event> Answer(const core::Effect& effect, const HttpResult& result) {
  if (const auto* fetch = std::get_if<core::FetchConfigMap>(&effect)) {
    return ReadConfigMapAnswer(fetch->call, result);
  }
  if (const auto* fetch = std::get_if<core::FetchCustomResource>(&effect)) {
    return ReadCustomResourceAnswer(fetch->call, result);
  }
  if (const auto* fetch = std::get_if<core::FetchPod>(&effect)) {
    return ReadPodAnswer(fetch->call, result);
  }
  return AnswerWith(effect, OutcomeOf(result, CallKind::kWrite));
}

CallResult ResultOf(const core::Event& answer) {
  return std::visit(
      [](const auto& one) -> CallResult {
        if constexpr (requires { one.outcome; }) {
          return one.outcome.result;
        } else {
          return CallResult::kOk;
        }
      },
      answer);
}

/// The connection as such is fine when the server answered and knew us.
std::string ProblemOf(const HttpResult& result) {
  if (result.delivery == Delivery::kAnswered && result.status != 401) return {};
  return DescribeFailure(result);
}

}  // namespace

class Dispatcher::Loop {
 public:
  Loop(const ClusterAccess& access, TokenSource& tokens, EventQueue& outcomes,
       DispatcherOptions options)
      : options_(std::move(options)),
        tokens_(tokens),
        outcomes_(outcomes),
        http_(access, tokens, options_.calls_in_flight_max + options_.event_calls_in_flight_max),
        limit_({.min = kCallsInFlightMin, .max = options_.calls_in_flight_max}),
        calls_(options_.calls_waiting_max),
        recorder_(options_.reporter),
        thread_([this](const std::stop_token& stop) { Run(stop); }) {}

  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() { Stop(); }

  bool Stop() {
    if (thread_.joinable()) {
      thread_.request_stop();
      http_.Wake();
      thread_.join();
    }
    return flights_.empty() && SteadyClock::now() >= settled_at_;
  }

  void Submit(std::vector<core::Effect> effects) {
    std::vector<core::Event> refused;
    {
      std::lock_guard lock(mutex_);
      for (core::Effect& effect : effects) Add(std::move(effect), refused);
      CountWaiting();
    }
    for (core::Event& answer : refused) outcomes_.PushAnswer(std::move(answer));
    http_.Wake();
  }

  DispatcherStatistics Statistics() const {
    std::lock_guard lock(mutex_);
    return statistics_;
  }

 private:
  struct Flight {
    std::string object;
    core::Effect effect;
    bool repeated = false;
    SteadyClock::time_point begin;
    HttpRequest event_request;  // of a RecordEvent, for its repetition
  };

  /// Requires mutex_ held.
  void Add(core::Effect effect, std::vector<core::Event>& refused) {
    if (const auto* event = std::get_if<core::RecordEvent>(&effect)) {
      recorder_.Record(*event);
      return;
    }
    if (calls_.waiting() < options_.calls_waiting_max) {
      std::string object = ObjectOf(effect);
      calls_.Add(std::move(object), std::move(effect));
      return;
    }
    ++statistics_.calls_refused;
    auto answer = AnswerWith(effect, {CallResult::kUnavailable, "too many calls are waiting"});
    if (answer) refused.push_back(*std::move(answer));
  }

  /// Requires mutex_ held.
  void CountWaiting() {
    statistics_.calls_waiting = calls_.waiting();
    statistics_.events_waiting = recorder_.waiting();
    statistics_.events = recorder_.statistics();
  }

  void Run(const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "dispatcher");
    while (!stop.stop_requested()) {
      StartCalls();
      Collect(WaitMax());
    }
    const SteadyClock::time_point give_up = SteadyClock::now() + kShutdownMax;
    while (!flights_.empty() && SteadyClock::now() < give_up) {
      Collect(std::chrono::milliseconds(100));
    }
  }

  bool MayWrite() const { return !options_.may_write || options_.may_write(); }

  std::chrono::milliseconds WaitMax() const {
    if (held_back_) return kFencePoll;
    if (!patient_until_) return kIdlePoll;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*patient_until_ - SteadyClock::now());
    return std::clamp(left, std::chrono::milliseconds(0), kIdlePoll);
  }

  void StartCalls() {
    if (patient_until_ && SteadyClock::now() < *patient_until_) return;
    patient_until_.reset();
    // Reads wait too: what they are for could not be done.
    held_back_ = !MayWrite();
    if (held_back_) return;
    bool more_wait = true;
    while (flights_.size() - events_in_flight_ < limit_.limit()) {
      std::optional<CallQueue::Call> call = TakeCall();
      more_wait = call.has_value();
      if (!more_wait) break;
      StartCall(
          Flight{std::move(call->object), std::move(call->effect), false, SteadyClock::now(), {}});
    }
    if (more_wait) {
      limit_.OnFull();
      StartEventCalls(SteadyClock::now() - last_event_start_ < kEventPauseBesideWaiting ? 0 : 1);
    } else {
      StartEventCalls(options_.event_calls_in_flight_max);
    }
  }

  void StartEventCalls(std::size_t in_flight_max) {
    while (events_in_flight_ < in_flight_max) {
      std::optional<HttpRequest> request = TakeEventRequest();
      if (!request) break;
      ++events_in_flight_;
      last_event_start_ = SteadyClock::now();
      Flight flight{{}, core::RecordEvent{}, false, SteadyClock::now(), *request};
      StartFlight(std::move(flight), *std::move(request));
    }
  }

  std::optional<CallQueue::Call> TakeCall() {
    std::lock_guard lock(mutex_);
    return calls_.Take();
  }

  std::optional<HttpRequest> TakeEventRequest() {
    std::lock_guard lock(mutex_);
    return recorder_.Take();
  }

  void StartCall(Flight&& flight) {
    StatusOr<HttpRequest> request = RequestOf(flight.effect);
    if (!request.ok()) {
      auto answer = AnswerWith(flight.effect,
                               {CallResult::kInvalid, std::string(MessageOf(request.status()))});
      if (answer) outcomes_.PushAnswer(*std::move(answer));
      std::lock_guard lock(mutex_);
      calls_.Done(flight.object);
      return;
    }
    StartFlight(std::move(flight), *std::move(request));
  }

  void StartFlight(Flight&& flight, HttpRequest&& request) {
    request.may_send = options_.may_write;
    const HttpMultiplexer::RequestId id = ++last_id_;
    flights_.emplace(id, std::move(flight));
    http_.Start(id, std::move(request));
  }

  void Collect(std::chrono::milliseconds wait_max) {
    std::vector<HttpMultiplexer::Finished> finished = http_.Poll(wait_max);
    for (const HttpMultiplexer::Finished& one : finished) Finish(one);
    std::lock_guard lock(mutex_);
    CountWaiting();
    statistics_.calls_in_flight = flights_.size();
    statistics_.calls_in_flight_limit = limit_.limit();
  }

  void Finish(const HttpMultiplexer::Finished& finished) {
    auto entry = flights_.find(finished.id);
    Flight flight = std::move(entry->second);
    flights_.erase(entry);
    const HttpResult& result = finished.result;
    if (result.status == 401 && !flight.repeated) {
      Repeat(std::move(flight));
      return;
    }
    LearnLimit(flight, result);
    std::optional<core::Event> answer = Answer(flight.effect, result);
    const CallResult outcome =
        answer ? ResultOf(*answer) : OutcomeOf(result, CallKind::kWrite).result;
    if (outcome == CallResult::kUnknown) settled_at_ = SteadyClock::now() + kSettledAfter;
    {
      std::lock_guard lock(mutex_);
      Count(flight, result, outcome);
      if (!flight.object.empty()) calls_.Done(flight.object);
    }
    if (std::holds_alternative<core::RecordEvent>(flight.effect)) --events_in_flight_;
    LogTrouble(outcome, result);
    if (answer) outcomes_.PushAnswer(*std::move(answer));
  }

  /// What the answer says about how much the server can take.
  void LearnLimit(const Flight& flight, const HttpResult& result) {
    const SteadyClock::time_point now = SteadyClock::now();
    const bool asked = result.retry_after && (result.status == 429 || result.status == 503);
    if (asked) {
      patient_until_ = now + std::min<std::chrono::seconds>(*result.retry_after, kPatienceMax);
    }
    if (asked || result.status == 429) {
      limit_.OnThrottled(flight.begin, now);
    } else if (std::holds_alternative<core::BindPod>(flight.effect) &&
               result.delivery != Delivery::kNotSent) {
      limit_.OnAnswer(flight.begin, now);
    }
  }

  /// Says what an operator must know; the same words again are not worth a line.
  void LogTrouble(CallResult outcome, const HttpResult& result) {
    const bool expected = outcome == CallResult::kOk || outcome == CallResult::kNotFound ||
                          outcome == CallResult::kConflict;
    if (expected) return;
    std::string words = DescribeFailure(result);
    if (words == last_trouble_) return;
    spdlog::warn("API call failed: {}", words);
    last_trouble_ = std::move(words);
  }

  /// A 401 comes before anything is done, so one more try is safe even for a bind.
  void Repeat(Flight flight) {
    tokens_.Invalidate();
    {
      std::lock_guard lock(mutex_);
      ++statistics_.tokens_refreshed;
    }
    flight.repeated = true;
    if (std::holds_alternative<core::RecordEvent>(flight.effect)) {
      HttpRequest request = flight.event_request;
      StartFlight(std::move(flight), std::move(request));
    } else {
      StartCall(std::move(flight));
    }
  }

  /// Requires mutex_ held.
  void Count(const Flight& flight, const HttpResult& result, CallResult outcome) {
    const std::size_t verb = flight.effect.index();
    ++statistics_.finished[verb][static_cast<std::size_t>(outcome)];
    statistics_.seconds_total[verb] +=
        std::chrono::duration<double>(SteadyClock::now() - flight.begin).count();
    if (result.retry_after) ++statistics_.throttled;
    statistics_.problem = ProblemOf(result);
  }

  const DispatcherOptions options_;
  TokenSource& tokens_;
  EventQueue& outcomes_;
  HttpMultiplexer http_;

  // Of the loop's thread.
  absl::flat_hash_map<HttpMultiplexer::RequestId, Flight> flights_;  // for lookup only
  std::size_t events_in_flight_ = 0;
  SteadyClock::time_point last_event_start_{};
  HttpMultiplexer::RequestId last_id_ = 0;
  CallLimit limit_;
  std::optional<SteadyClock::time_point> patient_until_;
  bool held_back_ = false;                // by may_write
  SteadyClock::time_point settled_at_{};  // no write without an answer is older
  std::string last_trouble_;

  mutable std::mutex mutex_;
  CallQueue calls_;                  // guarded by mutex_
  EventRecorder recorder_;           // guarded by mutex_
  DispatcherStatistics statistics_;  // guarded by mutex_

  std::jthread thread_;  // last: started when everything above exists
};

Dispatcher::Dispatcher(const ClusterAccess& access, TokenSource& tokens, EventQueue& outcomes,
                       DispatcherOptions options)
    : loop_(std::make_unique<Loop>(access, tokens, outcomes, std::move(options))) {}

Dispatcher::~Dispatcher() = default;

bool Dispatcher::Stop() { return loop_->Stop(); }

void Dispatcher::Submit(std::vector<core::Effect> effects) { loop_->Submit(std::move(effects)); }

DispatcherStatistics Dispatcher::Statistics() const { return loop_->Statistics(); }

}  // namespace muster::kube
