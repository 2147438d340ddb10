#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/replay/constants.h"
#include "bench/replay/trace.h"

namespace muster::bench::replay {

using GangIndex = std::int32_t;
using NodeIndex = std::int32_t;

/// When the first second of the trace is.
inline constexpr Time kTraceStart = Time(std::chrono::hours(24));

/// One Spark application with static allocation: a driver and `executors` identical executors.
struct GangSpec {
  std::string name;
  Time submit{};
  std::int32_t executors = 1;
  Duration run_time{};  // with all executors
  double shuffle_bytes = 0;
  std::int32_t queue = 0;
};

struct NodeSpec {
  std::string name;
  PodShape allocatable;
  std::int32_t rack = 0;
  std::int32_t zone = 0;
};

/// What is replayed: who comes when, onto which nodes. Immutable while a policy runs.
struct Workload {
  std::vector<GangSpec> gangs = {};  // by submit time, then as in the trace
  std::vector<NodeSpec> nodes = {};
  PodShape driver;
  PodShape executor;
  Duration span{};                        // of the arrivals, as far as the offered load goes
  double offered_load = 0;                // CPU time asked / CPU time of the nodes in `span`
  std::vector<GangIndex> never_fit = {};  // gangs larger than the whole empty cluster
};

/// Jobs -> gangs, by the rules of `constants`; `seed` draws the queues and the shifts of copies.
std::vector<GangSpec> MakeGangs(const std::vector<TraceJob>& jobs, const WorldConstants& constants,
                                std::uint64_t seed);

/// As many nodes, in their order after a shuffle by `seed`, as bring the offered load closest to
/// `load`; all of them when they are too few, which `offered_load` then shows.
Workload MakeWorkload(std::vector<GangSpec> gangs, const std::vector<TraceNode>& nodes,
                      const WorldConstants& constants, double load, std::uint64_t seed);

/// How many pods of a shape a node can take that has this much free.
std::int64_t CapacityFor(const PodShape& free, const PodShape& pod);

/// Driver and all executors at once on the empty nodes?
bool FitsEmptyCluster(const Workload& workload, std::int64_t executors);

}  // namespace muster::bench::replay
