#pragma once

#include <string>

#include "scheduler/framework/profile.h"
#include "scheduler/model/cluster_model.h"

namespace muster::placement {

/// Says that no node could ever hold one pod of a set, even if it were empty, and what would fit:
/// the classic is an executor of 4 cores on nodes of 4 cores, of which the system keeps some.
/// Empty when some node could, or when none matches the set's constraints at all.
/// Cost: O(nodes x filters).
std::string SizeAdvice(const framework::Profile& profile, const model::ClusterModel& model,
                       const framework::PodSetView& pod_set, const std::string& label);

}  // namespace muster::placement
