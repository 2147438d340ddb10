#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "scheduler/framework/profile.h"

namespace muster::placement {

/// Sums the refusals of all nodes for one more pod of a set, in kube-scheduler's words and order:
/// "0/4 nodes are available: 1 node(s) were unschedulable, 3 Insufficient cpu."
/// Source: kube-scheduler framework/types.go FitError. Cost: O(nodes x filters), allocates.
std::string FitError(const model::ClusterModel& model, const framework::PreparedFilters& filters);

}  // namespace muster::placement
