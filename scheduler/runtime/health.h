#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "scheduler/http/metrics.h"
#include "scheduler/http/status_server.h"
#include "scheduler/kube/dispatcher.h"
#include "scheduler/kube/event_queue.h"
#include "scheduler/kube/leader_elector.h"
#include "scheduler/kube/reflector.h"
#include "scheduler/runtime/core_loop.h"

/// What the daemon tells about itself, from figures gathered elsewhere. Pure functions.
namespace muster::runtime {

struct WatchHealth {
  std::string resource;  // "pods"
  kube::ReflectorStatistics statistics;
};

struct ElectionHealth {
  std::string lease;  // "muster-system/muster"
  kube::LeaderStatistics statistics;
};

/// Ready when every resource is synced (or can be missed and is), the core has processed it, and
/// the last contact with the API server was fine; otherwise a line for each thing that is missing,
/// such as "pods: not synced: 401 Unauthorized: the token was refused". A standby is ready when it
/// could take over: all is listed and the lease can be read.
http::ProbeAnswer Readiness(const std::vector<WatchHealth>& watches, bool core_synced,
                            const std::optional<ElectionHealth>& election = std::nullopt);

/// Not ok when a leader should have ended long ago, because it could not renew the lease.
http::ProbeAnswer LivenessOfElection(const ElectionHealth& election, Time now);

struct DaemonFigures {
  std::string scheduler_name;
  core::CoreStatistics core;
  std::vector<WatchHealth> watches;
  std::optional<ElectionHealth> election;
  kube::DispatcherStatistics dispatcher;
  kube::EventQueueStatistics queue;
  http::DurationHistogram::Snapshot step_durations;
  std::chrono::steady_clock::time_point now;
};

/// The metrics in Prometheus' text format. Names carry their units; labels have fixed values.
std::string MetricsText(const DaemonFigures& figures);

}  // namespace muster::runtime
