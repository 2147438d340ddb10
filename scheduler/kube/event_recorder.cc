#include "scheduler/kube/event_recorder.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace muster::kube {
namespace {

// About 0.5 KiB each. Events wait while pods are bound, so this is a burst of pods.
constexpr std::size_t kRequestsMax = 16'384;
constexpr std::size_t kSeriesMax = 4096;
constexpr std::chrono::minutes kSeriesIdleMax(6);
constexpr std::chrono::minutes kSeriesRefresh(30);
// An object name has at most 253 characters: ".", 16 hexadecimal digits, and the rest is the pod's.
constexpr std::size_t kPodNameBytesMax = 236;

}  // namespace

std::string EventRecorder::UniqueName(const core::RecordEvent& event) {
  const std::int64_t time = event.time.time_since_epoch().count();
  last_name_nanoseconds_ = std::max(time, last_name_nanoseconds_ + 1);
  char digits[17];
  auto [end, error] = std::to_chars(digits, digits + sizeof(digits), last_name_nanoseconds_, 16);
  return event.pod.name.substr(0, kPodNameBytesMax) + "." + std::string(digits, end);
}

void EventRecorder::Enqueue(Waiting waiting) {
  if (waiting_.size() >= kRequestsMax) {
    waiting_.pop_front();
    ++statistics_.dropped;
  }
  waiting_.push_back(std::move(waiting));
}

StatusOr<HttpRequest> EventRecorder::RequestOf(const Waiting& waiting) const {
  const core::RecordEvent& event = waiting.event;
  if (waiting.series_count == 0) return EventRequest(event, waiting.name, reporter_);
  return EventSeriesRequest(event.pod.namespace_name, waiting.name, waiting.series_count,
                            event.time);
}

void EventRecorder::Create(const core::RecordEvent& event, Kind kind) {
  if (series_.size() >= kSeriesMax) {
    series_.erase(series_by_age_.front());
    series_by_age_.pop_front();
  }
  Series series{UniqueName(event), 1, event.time, event.time};
  Enqueue({event, series.event_name, 0});
  series_by_age_.push_back(kind);
  series_.emplace(std::move(kind), std::move(series));
}

void EventRecorder::Record(const core::RecordEvent& event) {
  ++statistics_.recorded;
  Kind kind{event.type, event.action, event.reason, event.pod, event.pod_uid};
  auto known = series_.find(kind);
  if (known == series_.end()) {
    Create(event, std::move(kind));
    return;
  }
  Series& series = known->second;
  if (event.time - series.last_seen > kSeriesIdleMax) {
    series = {UniqueName(event), 1, event.time, event.time};
    Enqueue({event, series.event_name, 0});
    return;
  }
  ++series.count;
  series.last_seen = event.time;
  if (series.count > 2 && event.time - series.last_call < kSeriesRefresh) {
    ++statistics_.merged;
    return;
  }
  series.last_call = event.time;
  Enqueue({event, series.event_name, series.count});
}

std::optional<HttpRequest> EventRecorder::Take() {
  while (!waiting_.empty()) {
    StatusOr<HttpRequest> request = RequestOf(waiting_.front());
    waiting_.pop_front();
    if (request.ok()) return *std::move(request);
    ++statistics_.dropped;
  }
  return std::nullopt;
}

}  // namespace muster::kube
