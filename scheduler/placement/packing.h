#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "scheduler/framework/profile.h"
#include "scheduler/model/node_table.h"

namespace muster::placement {

struct Filled {
  model::NodeIndex node = model::kNoNode;
  std::int64_t count = 0;
};

/// Fills `count` identical pods into the nodes: preferred nodes first, then the roomiest, and at
/// the end the tightest that takes all that is left. `capacity[i]` is what node i can take. Returns
/// (node, pods) in filling order; nullopt when the capacities do not suffice. Cost: O(nodes log
/// nodes). Ties end in the node's name.
std::optional<std::vector<Filled>> FillRoomiestFirst(const model::NodeTable& nodes,
                                                     std::span<const std::int64_t> capacity,
                                                     std::span<const model::NodeIndex> preferred,
                                                     std::int64_t count);

/// The first step of the same, for when every step changes the capacities of other nodes; no pods
/// when no node can take any. Cost: O(nodes).
Filled FillOneNode(const model::NodeTable& nodes, std::span<const std::int64_t> capacity,
                   std::span<const model::NodeIndex> preferred, std::int64_t count);

}  // namespace muster::placement
