#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "scheduler/framework/profile.h"

namespace muster::placement {

/// What to say of a node instead of what its filters say; "" lets them speak.
using NodeReason = std::function<std::string_view(model::NodeIndex)>;

struct NodeRefusals {
  std::string text;
  /// Nodes that refuse for a reason that no eviction can change.
  std::int64_t unresolvable_nodes = 0;
};

/// Sums the refusals of all nodes for one more pod of a set, in kube-scheduler's words and order:
/// "0/4 nodes are available: 1 node(s) were unschedulable, 3 Insufficient cpu."
/// Source: kube-scheduler framework/types.go FitError. Cost: O(nodes x filters), allocates.
NodeRefusals FitError(const model::ClusterModel& model, const framework::PreparedFilters& filters,
                      const NodeReason& instead = nullptr);

}  // namespace muster::placement
