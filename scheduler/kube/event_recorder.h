#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "scheduler/core/effects.h"
#include "scheduler/kube/api_client.h"

namespace muster::kube {

struct EventRecorderStatistics {
  std::uint64_t recorded = 0;  // taken from the core
  std::uint64_t merged = 0;    // counted in a series without a call
  std::uint64_t dropped = 0;   // the queue was full, or a name is no path segment
};

/// Turns the events the core wants recorded into few calls: the first of its kind is created, the
/// second turns it into a series, later ones are counted and the series is refreshed every 30
/// minutes; after 6 idle minutes the next one is a new event. Kinds are told apart by type, action,
/// reason and pod, not by note. Waiting calls and series are bounded; the oldest goes first.
/// Time is that of the events. Source: client-go tools/events. Threading: one thread at a time.
class EventRecorder {
 public:
  explicit EventRecorder(EventReporter reporter) : reporter_(std::move(reporter)) {}

  void Record(const core::RecordEvent& event);
  /// The next call to make.
  std::optional<HttpRequest> Take();

  std::size_t waiting() const { return waiting_.size(); }
  const EventRecorderStatistics& statistics() const { return statistics_; }

 private:
  using Kind = std::tuple<core::RecordEvent::Type, std::string, std::string, api::NamespacedName,
                          std::string>;
  struct Series {
    std::string event_name;
    int count = 1;
    Time last_seen{};
    Time last_call{};
  };

  /// Becomes a request when it is taken: pods are bound first.
  struct Waiting {
    core::RecordEvent event;
    std::string name;      // of the event
    int series_count = 0;  // 0: it is created
  };

  void Create(const core::RecordEvent& event, Kind kind);
  void Enqueue(Waiting waiting);
  StatusOr<HttpRequest> RequestOf(const Waiting& waiting) const;
  std::string UniqueName(const core::RecordEvent& event);

  const EventReporter reporter_;
  std::map<Kind, Series> series_;
  std::deque<Kind> series_by_age_;
  std::deque<Waiting> waiting_;
  std::int64_t last_name_nanoseconds_ = 0;
  EventRecorderStatistics statistics_;
};

}  // namespace muster::kube
