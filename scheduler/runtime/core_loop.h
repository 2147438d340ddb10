#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "scheduler/core/effects.h"
#include "scheduler/core/events.h"
#include "scheduler/core/scheduler_core.h"
#include "scheduler/http/metrics.h"
#include "scheduler/http/status_server.h"
#include "scheduler/kube/event_queue.h"

namespace muster::runtime {

/// What the loop drives; a struct of functions, so that the loop is tested without a core.
struct CoreLoopParts {
  std::function<core::StepResult(Time, std::span<const core::Event>)> step;
  std::function<core::CoreStatistics()> statistics;
  std::function<bool()> synced;
  std::function<void(std::vector<core::Effect>)> submit;
  std::function<Time()> now;
};

/// The state of the core as the other threads may see it.
struct CoreLoopStatus {
  core::CoreStatistics statistics;
  bool synced = false;
  Time last_turn{};  // when the loop last came around
};

/// Turns: takes a batch of events, or none when it is time to wake up, and steps the core. Comes
/// around every 10 s at least, so that a loop that does not is known to be stuck.
/// Threading: Run on one thread; the rest from any.
class CoreLoop {
 public:
  /// Borrows the queue.
  CoreLoop(kube::EventQueue& queue, CoreLoopParts parts);

  /// Returns soon after the stop is requested.
  void Run(const std::stop_token& stop);
  /// One turn; waits for events at most until the wake-up time, or until Status is due. Public
  /// for tests.
  void Turn(const std::stop_token& stop);

  /// At most 100 ms old while the loop turns.
  CoreLoopStatus Status() const;
  /// Not ok when the loop has not come around for a minute.
  http::ProbeAnswer Liveness(Time now) const;
  const http::DurationHistogram& step_durations() const { return step_durations_; }

 private:
  std::chrono::nanoseconds WaitMax(Time now) const;
  void PublishSoon(Time now);
  void Publish(Time now);

  kube::EventQueue& queue_;
  const CoreLoopParts parts_;
  std::optional<Time> wake_at_;
  std::optional<Time> published_at_;
  std::optional<Time> publish_at_;  // there is news since published_at_
  http::DurationHistogram step_durations_;
  mutable std::mutex mutex_;
  CoreLoopStatus status_;  // guarded by mutex_
};

}  // namespace muster::runtime
