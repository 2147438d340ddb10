#include "scheduler/placement/packing.h"

#include <algorithm>

namespace muster::placement {

Filled FillOneNode(const PackingView& view, std::span<const model::NodeIndex> first,
                   std::int64_t count) {
  const std::span<const std::int64_t> capacity = view.capacity;
  for (model::NodeIndex node : first) {
    if (capacity[node] > 0) return {node, std::min(count, capacity[node])};
  }
  model::NodeIndex best = model::kNoNode;
  const auto better = [&](model::NodeIndex node) {
    if (best == model::kNoNode) return true;
    const std::int64_t lead = view.PreferenceOf(node) - view.PreferenceOf(best);
    if (lead != 0) return lead > 0;
    const bool enough = capacity[node] >= count;
    if (enough != (capacity[best] >= count)) return enough;
    if (capacity[node] != capacity[best]) return (capacity[node] < capacity[best]) == enough;
    return view.nodes.Name(node) < view.nodes.Name(best);
  };
  for (model::NodeIndex node = 0; node < capacity.size(); ++node) {
    if (capacity[node] > 0 && better(node)) best = node;
  }
  return best == model::kNoNode ? Filled{} : Filled{best, std::min(count, capacity[best])};
}

}  // namespace muster::placement
