#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "scheduler/placement/engine.h"

namespace muster::placement {

/// How much of the exchange among the members of a set stays inside nodes: pairs of members that
/// share a node, counted as the sum of squares of the members of each node.
struct Concentration {
  std::int64_t pairs = 0;
  /// The most that these nodes allow once all that may leave has left.
  std::int64_t pairs_possible = 0;
};

/// Of a placement that is reserved on the model. `may_leave` says what ends one day, the gang's own
/// places included; what else runs on the nodes stays there.
/// Cost: O(nodes x filters + what runs on them).
Concentration ConcentrationOf(const PlacementContext& context, const PodSetDemand& demand,
                              std::span<const NodeShare> shares,
                              const std::function<bool(const model::PodsOnNode&)>& may_leave);

}  // namespace muster::placement
