#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "scheduler/placement/engine.h"

namespace muster::placement {

/// Says of what runs on a node whether it ends one day, as applications do and services do not.
using MayLeave = std::function<bool(const model::PodsOnNode&)>;

/// How many pods of the set each node will take once all that may leave has left, at most the whole
/// set; by NodeIndex. Rules about other pods are left out.
/// Cost: O(nodes x filters + what runs on them).
std::vector<std::int64_t> RoomOnceLeft(const PlacementContext& context, const PodSetDemand& demand,
                                       const MayLeave& may_leave);

/// How much of the exchange among the members of a set stays inside nodes: pairs of members that
/// share a node, counted as the sum of squares of the members of each node.
struct Concentration {
  std::int64_t pairs = 0;
  /// The most that these nodes allow once all that may leave has left.
  std::int64_t pairs_possible = 0;
};

/// Of a placement that is reserved on the model; its own places may leave. Cost: as RoomOnceLeft.
Concentration ConcentrationOf(const PlacementContext& context, const PodSetDemand& demand,
                              std::span<const NodeShare> shares, const MayLeave& may_leave);

}  // namespace muster::placement
