#pragma once

#include <cstdint>
#include <span>

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
  /// How much the pods prefer the node; empty: all alike.
  std::span<const std::int64_t> preference;

  std::int64_t PreferenceOf(model::NodeIndex node) const {
    return preference.empty() ? 0 : preference[node];
  }
};

/// The next step of filling `count` identical pods into nodes: the `first` ones first, in their
/// order; then those that the pods prefer most; of these the roomiest, unless one takes all that is
/// left: then the tightest of these. Ties end in the node's name. No pods when no node can take
/// any. CapacityIndex::Fill does all steps at once, where a step changes nothing on other nodes and
/// the pods prefer none. Cost: O(nodes).
Filled FillOneNode(const PackingView& view, std::span<const model::NodeIndex> first,
                   std::int64_t count);

}  // namespace muster::placement
