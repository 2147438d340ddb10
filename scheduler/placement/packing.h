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

/// What packing knows of the nodes; borrowed, each by NodeIndex.
struct PackingView {
  const model::NodeTable& nodes;
  /// How many pods each node can take.
  std::span<const std::int64_t> capacity;
  /// How much the pods prefer the node; empty: all alike. Nodes that are preferred more are filled
  /// before all that are preferred less, however roomy.
  std::span<const std::int64_t> preference;

  std::int64_t PreferenceOf(model::NodeIndex node) const {
    return preference.empty() ? 0 : preference[node];
  }
};

/// Fills `count` identical pods into the nodes: the `first` ones first, then, among those of equal
/// preference, the roomiest, and at the end the tightest that takes all that is left. Returns
/// (node, pods) in filling order; nullopt when the capacities do not suffice. Cost: O(nodes log
/// nodes). Ties end in the node's name.
std::optional<std::vector<Filled>> FillRoomiestFirst(const PackingView& view,
                                                     std::span<const model::NodeIndex> first,
                                                     std::int64_t count);

/// The first step of the same, for when every step changes the capacities of other nodes; no pods
/// when no node can take any. Cost: O(nodes).
Filled FillOneNode(const PackingView& view, std::span<const model::NodeIndex> first,
                   std::int64_t count);

}  // namespace muster::placement
