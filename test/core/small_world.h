#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/simulation/simulated_world.h"
#include "scheduler/core/scheduler_core.h"

/// What the tests of the core ask a simulated world.
namespace muster::bench {

inline constexpr Duration kLongEnough = std::chrono::minutes(20);

/// A world that Muster schedules, with the usual delays.
WorldOptions MusterWorld(std::uint64_t seed, const core::CoreOptions& core = {});
/// The same without any delay between the API server and Muster, so that there is no race.
WorldOptions WorldWithoutDelays(std::uint64_t seed);

/// Adds `count` nodes node-a, node-b, ... of this size, with 64 GiB each.
void AddNodes(SimulatedWorld& world, std::int64_t count, std::int64_t cpus);

/// Runs until the condition that a user of the cluster would see, or kLongEnough.
bool RunUntilDriverBound(SimulatedWorld& world, const ApplicationRecord& record);
bool RunUntilState(SimulatedWorld& world, const ApplicationRecord& record,
                   ApplicationRecord::State state);
bool RunUntilAllSucceeded(SimulatedWorld& world);

const api::Pod& DriverOf(SimulatedWorld& world, const ApplicationRecord& record);
/// Slots by node, all pod sets together, as the driver's annotation says.
std::map<std::string, std::int64_t> PlannedSlots(SimulatedWorld& world,
                                                 const ApplicationRecord& record);
/// The application's living executors by node; those without a node under "".
std::map<std::string, std::int64_t> ExecutorsByNode(SimulatedWorld& world,
                                                    const ApplicationRecord& record);
/// Condition PodScheduled of the driver; empty when it has none.
api::PodCondition ScheduledCondition(SimulatedWorld& world, const ApplicationRecord& record);
/// The notes of the events with this reason on this pod, in order.
std::vector<std::string> Notes(SimulatedWorld& world, const api::NamespacedName& pod,
                               const std::string& reason);

/// MUSTER_SEED and the like: how a failing random world is run again alone.
std::uint64_t NumberFromEnvironment(const char* name, std::uint64_t otherwise);

/// A line for each violation, for a test's message.
std::string Join(const std::vector<std::string>& lines);

}  // namespace muster::bench
