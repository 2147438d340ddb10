#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "bench/replay/policy.h"
#include "bench/replay/report/figures.h"

namespace muster::bench::replay {

/// What Muster is held to, beside what it reached: no deadlock, nothing held idle, avoidable bytes
/// at most 0.35 of the best other policy's, and delays no worse than the best of others. Empty when
/// Muster did not run. Policies that no scheduler could be are left out of "others".
std::string GoalSection(std::span<const PolicyDescription> policies,
                        const std::vector<RunGroup>& groups, const std::vector<double>& loads);

/// What the world leaves out, one sentence each.
inline constexpr std::array<const char*, 9> kWorldSimplifications = {
    "A bind takes no time, and no pod, node or call ever fails.",
    "Applications have static allocation; all executors are alike; none is lost while it runs.",
    "Run time depends on the executors that there are, not on where they are: shuffle bytes are "
    "the "
    "result, no network is modelled.",
    "Executors and run times are derived from bytes: the trace has neither.",
    "Nodes count by CPU and memory; GPUs are left out, and there is no limit of pods on a node.",
    "Racks, zones and queues are made up: the traces have none.",
    "Shuffle is all-to-all between executors, evenly: what leaves a node is 1 - sum of (executors "
    "there / all)^2, weighted by the time that it lasts.",
    "A gang that blocks in a deadlock is ended by the simulation, the youngest first, and "
    "submitted "
    "again; its delay counts from its first submission.",
    "A driver's ConfigMap is there when the driver is."};

}  // namespace muster::bench::replay
