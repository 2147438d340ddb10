#pragma once

#include <cstdint>
#include <span>

#include "scheduler/model/node_table.h"

namespace muster::placement {

struct Filled {
  model::NodeIndex node = model::kNoNode;
  std::int64_t count = 0;
};

/// The next step of filling `count` identical pods into nodes of which node i can take capacity[i]:
/// preferred nodes first, in their order; then the roomiest, unless one takes all that is left:
/// then the tightest of these. Ties end in the node's name. No pods when no node can take any.
/// CapacityIndex::Fill does all steps at once, where a step changes nothing on other nodes.
/// Cost: O(nodes).
Filled FillOneNode(const model::NodeTable& nodes, std::span<const std::int64_t> capacity,
                   std::span<const model::NodeIndex> preferred, std::int64_t count);

}  // namespace muster::placement
