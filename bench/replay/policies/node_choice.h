#pragma once

#include <optional>
#include <vector>

#include "bench/replay/node_room.h"

namespace muster::bench::replay {

/// Which node one pod goes to: the score plugins of kube-scheduler's NodeResourcesFit.
enum class NodeScore { kLeastAllocated, kMostAllocated };

/// The node with the best score for the pod; ties by index. -1: none has room. Cost: O(nodes).
NodeIndex ChooseNode(const NodeRoom& room, const PodShape& pod, NodeScore score);

/// How a whole gang is packed.
enum class Packing {
  kSpread,    // pod by pod, LeastAllocated
  kTight,     // the fullest nodes first, each to its brim
  kRoomiest,  // the nodes with most places first, the last by best fit
};

/// A place for every member, driver first; empty when it does not fit as a whole. Cost: O(nodes x
/// log nodes), for kSpread O(members x nodes).
std::vector<NodeIndex> PlaceWhole(const NodeRoom& room, const PodShape& driver,
                                  const PodShape& executor, std::int64_t executors,
                                  Packing packing);

}  // namespace muster::bench::replay
