#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "scheduler/placement/engine.h"
#include "scheduler/placement/eviction_unit.h"

namespace muster::placement {

/// Marks the nodes where evictions could make room for a pod of some set: those that take one
/// already, or refuse for a reason that evictions can change. All zero when some set is refused
/// everywhere for another reason. Indexed by NodeIndex. Cost: O(nodes x filters).
std::vector<std::uint8_t> NodesWorthEvicting(const framework::Profile& profile,
                                             const model::ClusterModel& model,
                                             std::span<const PodSetDemand> demands);

/// Which units to evict so that a whole gang fits, and where it then goes.
struct PreemptionPlan {
  /// Indexes of the chosen units; empty with shares when the gang fits as it is.
  std::vector<std::size_t> victims;
  /// As in Attempt. Absent: the gang does not fit even without all of the units.
  std::optional<std::vector<std::vector<NodeShare>>> shares;
  /// Then kube-scheduler's words: "0/4 nodes are available: 4 No preemption victims found for
  /// incoming pod."
  std::string diagnosis;
};

/// Finds victims among `units`, which must all be of lower priority than the gang. `worth` is from
/// NodesWorthEvicting.
///
/// Rule: all units go off the model; if the gang fits then, they come back one after the other, the
/// dearest first, as long as the gang still fits. So a unit is a victim only if, without it, all
/// that is cheaper would not be enough, and no victim is superfluous. Dearer is: over the allowance
/// of a PodDisruptionBudget; higher priority; a needed executor, and above it a driver; more pods;
/// less room for the gang's largest set (which keeps the victims few); older; the earlier name.
/// Source of the rule: kube-scheduler's SelectVictimsOnNode and KEP-5710; there "more important" is
/// priority, then age.
///
/// Bound: whole ranges are given back at a time, so that k victims among n units cost about
/// k log(n / k) placements; after kNodeVisitsMax node visits the rest is decided coarsely, by nodes
/// and amounts, and may keep a superfluous victim. The model is as before afterwards.
/// Of `context.cache` only the topology is used. Threading: one thread.
PreemptionPlan PlanPreemption(const PlacementContext& context, const GangRequest& gang,
                              std::span<const EvictionUnit> units,
                              std::span<const std::uint8_t> worth);

inline constexpr std::int64_t kNodeVisitsMax = 4'000'000;

}  // namespace muster::placement
