#include "scheduler/placement/matching_nodes.h"

namespace muster::placement {

std::vector<std::uint8_t> MatchingNodes(const framework::Profile& profile,
                                        const model::ClusterModel& model,
                                        const framework::PodSetView& pod_set) {
  // A pod that asks for nothing and has nothing to do with other pods is refused only by rules that
  // hold on an empty node too, and have nothing to do with size.
  model::PodInfo sizeless;
  sizeless.namespace_name = pod_set.info.namespace_name;
  api::Pod alone = pod_set.pod;
  alone.spec.pod_affinity = {};
  alone.spec.pod_anti_affinity = {};
  alone.spec.topology_spread.clear();
  const framework::PreparedFilters filters(profile, {alone, sizeless}, model);
  std::vector<std::uint8_t> matching(model.Nodes().Size(), 0);
  for (model::NodeIndex node = 0; node < matching.size(); ++node) {
    matching[node] = filters.CapacityOf(model, node, 1) > 0 ? 1 : 0;
  }
  return matching;
}

}  // namespace muster::placement
