#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// A spread constraint of one pod set, with what is absent filled in.
/// Source: kube-scheduler, plugins/podtopologyspread/common.go.
struct SpreadConstraint {
  std::string topology_key;
  std::int64_t max_skew = 0;
  std::int64_t min_domains = 1;
  bool honors_node_affinity = true;
  bool honors_node_taints = false;
  /// With the pod's own values of matchLabelKeys. Absent: matches no pod.
  std::optional<api::LabelSelector> selector;
};

/// DoNotSchedule: one that the filter asks.
bool IsHard(const api::TopologySpreadConstraint& constraint);
/// The hard constraints, in their order.
std::vector<SpreadConstraint> HardSpreadConstraints(const framework::PodSetView& pod_set);
/// Those with ScheduleAnyway.
std::vector<SpreadConstraint> SoftSpreadConstraints(const framework::PodSetView& pod_set);
/// Why Kubernetes would not take them; empty when it does.
std::string HardSpreadConstraintsError(const api::PodSpec& spec);

/// True when a pod that runs counts as one of those to be spread. An empty selector counts no pod,
/// though it matches the pod that is placed: so has it kube-scheduler.
bool Counts(const SpreadConstraint& constraint, const std::string& namespace_name,
            const model::PodInfo& running);

/// True when the node's domain is one to spread over, as far as the policies say.
bool IsIncluded(const SpreadConstraint& constraint, const api::PodSpec& spec,
                const model::NodeTable& nodes, model::NodeIndex node);

}  // namespace muster::plugins
