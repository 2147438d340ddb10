#include "scheduler/kube/event_recorder.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace muster::kube {
namespace {

// About 1.5 KiB each. Events wait while pods are bound, so this is a burst of pods.
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

void EventRecorder::Enqueue(StatusOr<HttpRequest> request) {
  if (!request.ok()) {
    ++statistics_.dropped;
    return;
  }
  if (requests_.size() >= kRequestsMax) {
    requests_.pop_front();
    ++statistics_.dropped;
  }
  requests_.push_back(*std::move(request));
}

void EventRecorder::Create(const core::RecordEvent& event, Kind kind) {
  if (series_.size() >= kSeriesMax) {
    series_.erase(series_by_age_.front());
    series_by_age_.pop_front();
  }
  Series series{UniqueName(event), 1, event.time, event.time};
  Enqueue(EventRequest(event, series.event_name, reporter_));
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
    Enqueue(EventRequest(event, series.event_name, reporter_));
    return;
  }
  ++series.count;
  series.last_seen = event.time;
  if (series.count > 2 && event.time - series.last_call < kSeriesRefresh) {
    ++statistics_.merged;
    return;
  }
  series.last_call = event.time;
  Enqueue(
      EventSeriesRequest(event.pod.namespace_name, series.event_name, series.count, event.time));
}

std::optional<HttpRequest> EventRecorder::Take() {
  if (requests_.empty()) return std::nullopt;
  HttpRequest request = std::move(requests_.front());
  requests_.pop_front();
  return request;
}

}  // namespace muster::kube
