#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/replay/constants.h"
#include "bench/replay/recorder.h"
#include "bench/replay/workload.h"
#include "bench/replay/world.h"

namespace muster::bench::replay {

struct Distribution {
  double mean = 0, p50 = 0, p95 = 0, p99 = 0, max = 0;
  std::int64_t count = 0;
};

/// Of unsorted values; percentiles are the value at rank ceil(p x count) (nearest rank).
Distribution Describe(std::vector<double> values);

/// Jobs by their shuffle: the top 1 %, the rest of the top 10 %, the others.
enum class SizeClass : std::size_t { kTop1, kTop10, kRest };
inline constexpr std::size_t kSizeClasses = 3;
inline constexpr std::array<const char*, kSizeClasses> kSizeClassNames = {"top1percent",
                                                                          "top10percent", "rest"};

struct ShuffleBytes {
  double all = 0;
  double cross_node = 0;
  double least_cross_node = 0;
  double cross_zone = 0;
  double least_cross_zone = 0;
  double AvoidableNode() const { return cross_node - least_cross_node; }
  double AvoidableZone() const { return cross_zone - least_cross_zone; }
};

/// The metrics of one run; each is defined in bench/README.md. CPU time is in core-hours.
struct RunResult {
  std::string policy;
  double load = 0;  // asked for; offered_load is what came of it
  double offered_load = 0;
  std::uint64_t seed = 0;
  std::int64_t nodes = 0;
  double cores = 0;

  std::int64_t gangs = 0;
  std::int64_t never_admitted = 0;                // at the end of the run
  std::int64_t ended_incomplete = 0;              // ran to their end without ever being whole
  std::vector<std::string> never_admitted_names;  // the first 20
  Distribution delay_seconds;
  Distribution completion_seconds;
  Distribution slowdown;
  double makespan_seconds = 0;
  double utilisation = 0;
  double memory_utilisation = 0;
  double useful_utilisation = 0;
  double idle_in_hold = 0;
  double no_work_hold = 0;  // the part of it of gangs that did not run at all
  double pending_hold = 0;
  double start_up_hold = 0;
  double reserved_not_used = 0;
  std::int64_t deadlocks = 0;
  double deadlock_lost_seconds = 0;
  std::int64_t starved = 0;
  ShuffleBytes shuffle;
  std::array<ShuffleBytes, kSizeClasses> shuffle_by_class;
  double concentration = 0;     // mean sum of squared shares, weighted by shuffle bytes
  double nodes_over_least = 0;  // mean of nodes / least nodes over gangs of 2 or more executors
  double nodes_used = 0;
  double least_nodes = 0;
  double fragmentation = 0;
  double fairness = 1;
  std::int64_t binds = 0;
  std::vector<double> delay_quantiles;  // at 0, 1, .. 100 %
  std::vector<TimelinePoint> timeline;

  // Of the machine, not of the policy's choices: differ from run to run.
  Distribution decision_microseconds;  // of calls that bound a driver
  double policy_seconds = 0;
  double wall_seconds = 0;
};

/// What a run says, once it is over.
RunResult Summarise(const World& world, const Workload& workload);

}  // namespace muster::bench::replay
