#pragma once

#include <cstdint>
#include <vector>

#include "scheduler/framework/profile.h"
#include "scheduler/model/cluster_model.h"

namespace muster::placement {

/// Which nodes could take a pod of the set if they were empty and large enough: those that refuse
/// it neither for what they are nor for a rule of the pod's own. By NodeIndex; rules about other
/// pods (affinity, spread) are left out. Cost: O(nodes x filters).
std::vector<std::uint8_t> MatchingNodes(const framework::Profile& profile,
                                        const model::ClusterModel& model,
                                        const framework::PodSetView& pod_set);

}  // namespace muster::placement
