#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
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

/// How much of one pod set of a gang fits beside the others.
struct SetFit {
  std::string label;
  std::int64_t fitting = 0;
  std::int64_t asked = 0;
  std::string refusals;  // FitError's words; empty: all that is asked fits
};

/// One line for each pod set, those that do not fit first, because tools show the first line alone:
///
///     0/4 nodes are available: 4 Insufficient cpu. 12 of 20 executors fit.
///     1 of 1 driver fits.
///     The gang is admitted whole or not at all.
///
/// Refusals of many kinds are cut short, so that the counts of all sets stay within what an event
/// can hold.
std::string GangDiagnosis(std::span<const SetFit> sets);

}  // namespace muster::placement
