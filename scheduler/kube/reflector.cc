#include "scheduler/kube/reflector.h"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "scheduler/api/json_view.h"
#include "scheduler/kube/api_paths.h"
#include "scheduler/kube/api_status.h"
#include "scheduler/kube/http_transport.h"
#include "scheduler/kube/known_objects.h"
#include "scheduler/kube/object_decoder.h"
#include "scheduler/kube/protobuf_json.h"
#include "scheduler/kube/reflector_machine.h"
#include "scheduler/kube/watch_stream.h"

namespace muster::kube {
namespace {

using SteadyClock = std::chrono::steady_clock;
using StepKind = ReflectorCall::Kind;
using EndKind = ReflectorCallEnd::Kind;

constexpr std::chrono::seconds kPageDeadline(60);
constexpr std::chrono::seconds kYoungList(1);
// A server that keeps a stream open beyond its own timeout is not trusted.
constexpr std::chrono::seconds kStreamGrace(30);
constexpr std::size_t kFailureBytesMax = 64 * 1024;
// A consistent list of nothing: no object has this name. Without a limit, which would send servers
// before 1.34 to etcd past their watch cache, and the cache would not catch up.
constexpr char kNoObjects[] = "?fieldSelector=metadata.name%3Dmuster-asks-for-the-version";

/// Waits unless told to stop.
void WaitFor(std::chrono::milliseconds duration, const std::stop_token& stop) {
  if (duration.count() <= 0) return;
  std::mutex mutex;
  std::condition_variable_any condition;
  std::unique_lock lock(mutex);
  condition.wait_for(lock, stop, duration, [] { return false; });
}

}  // namespace

/// All that the reflector's thread works with.
class Reflector::Loop {
 public:
  Loop(const WatchedResource& resource, const ClusterAccess& access, TokenSource& tokens,
       EventQueue& queue, ReflectorOptions options)
      : resource_(resource),
        options_(options),
        tokens_(tokens),
        queue_(queue),
        stream_(access, tokens),
        machine_(options.seed),
        known_(resource.kind, [this](core::Event event) { Emit(std::move(event)); }) {}

  void Run(std::stop_token stop) {
    // At most 15 characters, as in "top -H".
    pthread_setname_np(pthread_self(), ("watch " + resource_.name).substr(0, 15).c_str());
    stop_ = std::move(stop);
    const std::stop_callback end_call(stop_, [this] { EndCall(); });
    while (!stop_.stop_requested()) {
      BeginCall();
      if (missed_) TellSynced();
      const ReflectorCall call = machine_.Next();
      WaitFor(call.wait_before, call_stop_);
      if (call_stop_.stop_requested()) continue;
      if (machine_.Listing() && call.continue_token.empty()) known_.BeginReplace();
      if (call.kind == StepKind::kWatch || call.kind == StepKind::kWatchList) {
        RunStream(call);
      } else {
        RunPage(call);
      }
    }
  }

  void Confirm() {
    std::lock_guard lock(mutex_);
    confirm_wanted_ = true;
    // A first list that has been under way for long is worth more than the moment until it is
    // there; one that begins now is proof.
    const bool is_young = SteadyClock::now() - call_begin_ < kYoungList;
    if (statistics_.synced || statistics_.missed || is_young) call_source_.request_stop();
  }

  ReflectorStatistics Statistics() const {
    std::lock_guard lock(mutex_);
    return statistics_;
  }

 private:
  /// What happened inside one stream.
  struct StreamState {
    explicit StreamState(std::size_t bytes_max) : splitter(bytes_max), frames(bytes_max) {}
    JsonObjectSplitter splitter;
    ProtobufFrameSplitter frames;
    std::optional<bool> is_protobuf;  // known from the first byte
    std::uint64_t event_count = 0;
    std::optional<WatchEvent> error_event;
    Status broken = OkStatus();
  };

  void Emit(core::Event event) { queue_.Push(std::move(event), stop_); }

  /// From now on the next call can be ended by Confirm.
  void BeginCall() {
    std::lock_guard lock(mutex_);
    call_source_ = std::stop_source();
    call_stop_ = call_source_.get_token();
    if (stop_.stop_requested()) call_source_.request_stop();
    call_begin_ = SteadyClock::now();
    if (std::exchange(confirm_wanted_, false)) {
      using Proof = ReflectorMachine::Proof;
      const bool is_small = known_.size() <= options_.relist_objects_max;
      machine_.RequireFresh(is_small ? Proof::kNewList : Proof::kVersion);
      confirming_ = true;
    }
  }

  void EndCall() {
    std::lock_guard lock(mutex_);
    call_source_.request_stop();
  }

  /// Confirm was called before or while the list was under way that is done now: its stream would
  /// go on with changes.
  bool MustConfirm() const {
    if (machine_.Listing()) return false;
    if (machine_.MustAskVersion()) return true;
    std::lock_guard lock(mutex_);
    return confirm_wanted_;
  }

  /// Tells the core once, when all that it waits for is there.
  void TellSynced() {
    if (confirming_ && machine_.Fresh()) {
      confirming_ = false;
      confirmed_ = true;
      Update([](ReflectorStatistics& statistics) { statistics.confirmed = true; });
    }
    const bool shown = listed_ && (confirmed_ || !options_.synced_after_confirm);
    if (told_synced_ || !(shown || MayGoOnWithout())) return;
    told_synced_ = true;
    Emit(core::ResourceSynced{resource_.kind});
  }

  /// A standby goes on without it only once it leads.
  bool MayGoOnWithout() const {
    return missed_ && (confirming_ || confirmed_ || !options_.synced_after_confirm);
  }

  void NoteMissed(const ReflectorCallEnd& end) {
    const bool refused = end.kind == EndKind::kHttpStatus && end.status.code == 403;
    if (!resource_.can_be_missed || !refused) return;
    if (!std::exchange(missed_, true)) {
      spdlog::warn("{}: may not be read; going on without: pods are spread only as they ask for it",
                   resource_.name);
    }
    Update([](ReflectorStatistics& statistics) { statistics.missed = true; });
    TellSynced();
  }

  template <class Change>
  void Update(Change change) {
    std::lock_guard lock(mutex_);
    change(statistics_);
  }

  std::string Target(const ReflectorCall& call) const {
    std::string target = resource_.path + "?";
    if (!resource_.field_selector.empty()) {
      target += "fieldSelector=" + PercentEncode(resource_.field_selector) + "&";
    }
    if (call.kind == StepKind::kVersion) return resource_.path + kNoObjects;
    if (call.kind == StepKind::kListPage) {
      target += "limit=" + std::to_string(options_.page_objects);
      // A version on a page would ask for exactly that version; the newest is always right.
      if (!call.continue_token.empty()) target += "&continue=" + PercentEncode(call.continue_token);
      return target;
    }
    target += "watch=true&allowWatchBookmarks=true&timeoutSeconds=" +
              std::to_string(call.timeout_seconds);
    if (call.kind == StepKind::kWatchList) {
      target += "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    }
    if (!call.resource_version.empty()) {
      target += "&resourceVersion=" + PercentEncode(call.resource_version);
    }
    return target;
  }

  void NoteContact() {
    machine_.OnContact();
    missed_ = false;
    Update([](ReflectorStatistics& statistics) {
      statistics.in_contact = true;
      statistics.missed = false;
      statistics.problem.clear();
      statistics.last_contact = SteadyClock::now();
    });
  }

  void NoteSynced() {
    known_.FinishReplace();
    if (!listed_) {
      listed_ = true;
      spdlog::info("{}: listed, {} objects", resource_.name, known_.size());
    }
    Update([this](ReflectorStatistics& statistics) {
      statistics.synced = true;
      statistics.full_lists = machine_.full_lists();
      statistics.objects = known_.size();
    });
    TellSynced();
  }

  void NoteDecodeError(const Status& error) {
    spdlog::warn("{}: object skipped: {}", resource_.name, Printable(MessageOf(error), 1024));
    Update([](ReflectorStatistics& statistics) { ++statistics.decode_errors; });
  }

  void RunPage(const ReflectorCall& call) {
    HttpRequest request;
    request.target = Target(call);
    request.deadline = kPageDeadline;
    request.response_bytes_max = kFailureBytesMax;
    std::string page;
    bool too_large = false;
    const HttpSink sink{[this] { NoteContact(); },
                        [&](std::string_view bytes) {
                          too_large = page.size() + bytes.size() > options_.page_bytes_max;
                          if (!too_large) page.append(bytes);
                          return !too_large;
                        }};
    const SteadyClock::time_point begin = SteadyClock::now();
    const HttpResult result = stream_.Run(request, sink, call_stop_);
    if (call_stop_.stop_requested()) return;
    Update([&](ReflectorStatistics& statistics) { statistics.bytes += page.size(); });
    Status taken = OkStatus();
    if (too_large) taken = OutOfRangeError("a page is larger than allowed");
    if (taken.ok() && result.status == 200 && result.body_complete) taken = TakePage(call, page);
    if (!taken.ok() || result.status != 200 || !result.body_complete) {
      End(result, taken, StreamState(0), begin);
    }
  }

  Status TakePage(const ReflectorCall& call, const std::string& text) {
    MUSTER_ASSIGN_OR_RETURN(const api::JsonView page, parser_.Parse(text, options_.page_bytes_max));
    const api::JsonView metadata = page.Find("metadata");
    const api::JsonView items = page.Find("items");
    const bool is_null = items && items.type() == api::JsonView::Type::kNull;
    if (!metadata || !items || !(items.IsList() || is_null)) {
      return InvalidArgumentError("the answer is no list");
    }
    if (call.kind == StepKind::kVersion) {
      machine_.OnVersionRead(TextAt(metadata, "resourceVersion"));
      TellSynced();
      return OkStatus();
    }
    if (!is_null) {
      MUSTER_RETURN_IF_ERROR(
          items.ForEachElement([this](api::JsonView item, std::size_t /*index*/) {
            TakeListed(item);
            return OkStatus();
          }));
    }
    const std::string continue_token = TextAt(metadata, "continue");
    machine_.OnListPage(TextAt(metadata, "resourceVersion"), continue_token);
    if (continue_token.empty()) NoteSynced();
    return OkStatus();
  }

  void TakeListed(api::JsonView object) {
    StatusOr<SeenObject> seen = DecodeSeenObject(resource_.kind, object);
    if (seen.ok()) {
      known_.ObserveListed(*std::move(seen));
    } else {
      NoteDecodeError(seen.status());
      known_.KeepListed(NameOfObject(object));
    }
  }

  void RunStream(const ReflectorCall& call) {
    HttpRequest request;
    request.target = Target(call);
    request.deadline = std::chrono::seconds(call.timeout_seconds) + kStreamGrace;
    request.silence_max = options_.silence_max;
    if (resource_.has_wire_schema) request.accept = kAcceptProtobuf;
    request.response_bytes_max = kFailureBytesMax;
    StreamState state(options_.event_bytes_max);
    const HttpSink sink{[this] { NoteContact(); },
                        [&](std::string_view bytes) {
                          Update([&](ReflectorStatistics& statistics) {
                            statistics.bytes += bytes.size();
                            statistics.last_contact = SteadyClock::now();
                          });
                          state.broken = Feed(bytes, state);
                          return state.broken.ok() && !state.error_event &&
                                 !stop_.stop_requested() && !MustConfirm();
                        }};
    const SteadyClock::time_point begin = SteadyClock::now();
    const HttpResult result = stream_.Run(request, sink, call_stop_);
    if (!call_stop_.stop_requested() && !MustConfirm()) End(result, state.broken, state, begin);
  }

  /// The server chooses one of the forms that it was offered. A frame begins with its length, which
  /// is limited to less than 2^24; so its first byte is 0, and that of JSON is none.
  Status Feed(std::string_view bytes, StreamState& state) {
    if (!state.is_protobuf && !bytes.empty()) state.is_protobuf = bytes.front() == '\0';
    if (!state.is_protobuf.value_or(false)) {
      return state.splitter.Feed(bytes,
                                 [&](std::string_view object) { return Take(object, state); });
    }
    return state.frames.Feed(bytes, [&](std::string_view frame) {
      const StatusOr<std::string> json = WatchFrameToJson(frame);
      if (json.ok()) return Take(*json, state);
      NoteDecodeError(json.status());
      return true;
    });
  }

  /// Takes one event of a stream; false ends the stream.
  bool Take(std::string_view text, StreamState& state) {
    const StatusOr<api::JsonView> json = parser_.Parse(text, options_.event_bytes_max);
    if (!json.ok()) {
      NoteDecodeError(json.status());
      return true;
    }
    StatusOr<WatchEvent> event = ReadWatchEvent(*json);
    if (!event.ok()) {
      NoteDecodeError(event.status());
      return true;
    }
    ++state.event_count;
    if (event->type == WatchEventType::kError) {
      state.error_event = *std::move(event);
      return false;
    }
    if (event->type == WatchEventType::kBookmark) {
      TakeBookmark(*event);
    } else {
      TakeChange(*event, json->Find("object"));
    }
    return !stop_.stop_requested();
  }

  void TakeBookmark(const WatchEvent& event) {
    Update([](ReflectorStatistics& statistics) { ++statistics.bookmarks; });
    if (machine_.Listing() && event.initial_events_end) {
      machine_.OnInitialEventsEnd(event.resource_version);
      NoteSynced();
    } else {
      machine_.OnVersion(event.resource_version);
      TellSynced();
    }
  }

  void TakeChange(const WatchEvent& event, api::JsonView object) {
    if (machine_.Listing() && event.type == WatchEventType::kAdded) {
      TakeListed(object);
    } else if (event.type == WatchEventType::kDeleted) {
      // Only the identity counts, so a deleted object that cannot be decoded is gone all the same.
      known_.Remove(NameOfObject(object), TextAt(object.Find("metadata"), "uid"),
                    event.resource_version);
    } else {
      StatusOr<SeenObject> seen = DecodeSeenObject(resource_.kind, object);
      if (!seen.ok()) {
        NoteDecodeError(seen.status());
      } else if (machine_.Listing()) {
        known_.ObserveListed(*std::move(seen));
      } else {
        known_.Observe(*std::move(seen));
      }
    }
    machine_.OnVersion(event.resource_version);
    TellSynced();
    Update([this](ReflectorStatistics& statistics) {
      ++statistics.events;
      statistics.objects = known_.size();
    });
  }

  void End(HttpResult result, const Status& broken, const StreamState& state,
           SteadyClock::time_point begin) {
    if (IsProtobufBody(result.body)) {
      if (auto json = ProtobufBodyToJson(result.body); json.ok()) result.body = *std::move(json);
    }
    const SteadyClock::time_point now = SteadyClock::now();
    ReflectorCallEnd end;
    end.event_count = state.event_count;
    end.lasted = std::chrono::duration_cast<std::chrono::milliseconds>(now - begin);
    end.retry_after = result.retry_after;
    if (state.error_event) {
      end.kind = EndKind::kErrorEvent;
      end.status.code = state.error_event->error_code;
      end.status.reason = state.error_event->error_reason;
      end.description = "the watch ended with " + std::to_string(end.status.code) + " " +
                        end.status.reason + ": " + state.error_event->error_message;
    } else if (!broken.ok()) {
      end.kind = EndKind::kTransport;
      end.description = MessageOf(broken);
    } else if (result.delivery == Delivery::kAnswered && result.status != 200) {
      end.kind = EndKind::kHttpStatus;
      end.status = ReadApiStatus(result);
      end.description = DescribeFailure(result);
    } else if (result.silent) {
      end.kind = EndKind::kSilent;
    } else if (!result.body_complete) {
      end.kind = EndKind::kTransport;
      end.description = result.delivery == Delivery::kAnswered ? "cut off: " + result.error
                                                               : DescribeFailure(result);
    }
    Conclude(machine_.OnEnd(end, now));
    NoteMissed(end);
  }

  void Conclude(const ReflectorAdvice& advice) {
    if (advice.refresh_token) tokens_.Invalidate();
    std::string previous;
    Update([&](ReflectorStatistics& statistics) {
      previous = statistics.problem;
      statistics.lists_after_expiry = machine_.lists_after_expiry();
      if (advice.problem.empty()) return;
      ++statistics.failed_calls;
      statistics.in_contact = false;
      statistics.problem = Printable(advice.problem, 1024);
    });
    // The same words again are not worth a line: back-off repeats for as long as it takes.
    if (!advice.problem.empty() && advice.problem != previous) {
      spdlog::warn("{}: {}; trying again", resource_.name, Printable(advice.problem, 1024));
    }
  }

  const WatchedResource& resource_;
  const ReflectorOptions options_;
  TokenSource& tokens_;
  EventQueue& queue_;
  HttpStream stream_;
  ReflectorMachine machine_;
  KnownObjects known_;
  api::JsonParser parser_;
  std::stop_token stop_;
  std::stop_token call_stop_;  // of the call that runs
  bool listed_ = false;
  bool missed_ = false;      // the last answer was that it may not be read, and it need not be
  bool confirming_ = false;  // the machine was told to prove that it is fresh
  bool confirmed_ = false;
  bool told_synced_ = false;
  mutable std::mutex mutex_;
  std::stop_source call_source_;          // guarded by mutex_
  SteadyClock::time_point call_begin_{};  // guarded by mutex_
  bool confirm_wanted_ = false;           // guarded by mutex_
  ReflectorStatistics statistics_;        // guarded by mutex_
};

Reflector::Reflector(WatchedResource resource, const ClusterAccess& access, TokenSource& tokens,
                     EventQueue& queue, ReflectorOptions options)
    : resource_(std::move(resource)),
      loop_(std::make_unique<Loop>(resource_, access, tokens, queue, options)),
      thread_([this](std::stop_token stop) { loop_->Run(std::move(stop)); }) {}

Reflector::~Reflector() = default;

void Reflector::Confirm() { loop_->Confirm(); }

ReflectorStatistics Reflector::Statistics() const { return loop_->Statistics(); }

}  // namespace muster::kube
