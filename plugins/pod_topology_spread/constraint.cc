#include "plugins/pod_topology_spread/constraint.h"

#include "plugins/node_affinity/node_selector.h"
#include "plugins/taint_toleration/tolerates.h"
#include "scheduler/model/selectors.h"

namespace muster::plugins {
namespace {

/// The API server has put the values into the selector, from 1.34 on; doing it again changes
/// nothing then.
void AddMatchLabelKeys(const api::TopologySpreadConstraint& constraint,
                       const model::LabelSet& labels, api::LabelSelector& selector) {
  for (const std::string& key : constraint.match_label_keys) {
    if (const auto value = labels.Find(key)) {
      selector.match_expressions.push_back({key, "In", {std::string(*value)}});
    }
  }
}

std::vector<SpreadConstraint> ConstraintsWith(std::string_view when_unsatisfiable,
                                              const framework::PodSetView& pod_set) {
  std::vector<SpreadConstraint> constraints;
  for (const api::TopologySpreadConstraint& source : pod_set.pod.spec.topology_spread) {
    if (source.when_unsatisfiable != when_unsatisfiable) continue;
    SpreadConstraint constraint;
    constraint.topology_key = source.topology_key;
    constraint.max_skew = source.max_skew;
    constraint.min_domains = source.min_domains.value_or(1);
    const auto& affinity_policy = source.node_affinity_policy;
    constraint.honors_node_affinity = affinity_policy.empty() || affinity_policy == "Honor";
    constraint.honors_node_taints = source.node_taints_policy == "Honor";
    constraint.selector = source.label_selector;
    if (constraint.selector) AddMatchLabelKeys(source, pod_set.info.labels, *constraint.selector);
    constraints.push_back(std::move(constraint));
  }
  return constraints;
}

}  // namespace

bool IsHard(const api::TopologySpreadConstraint& constraint) {
  return constraint.when_unsatisfiable == "DoNotSchedule";
}

std::vector<SpreadConstraint> HardSpreadConstraints(const framework::PodSetView& pod_set) {
  return ConstraintsWith("DoNotSchedule", pod_set);
}

std::vector<SpreadConstraint> SoftSpreadConstraints(const framework::PodSetView& pod_set) {
  return ConstraintsWith("ScheduleAnyway", pod_set);
}

std::string HardSpreadConstraintsError(const api::PodSpec& spec) {
  for (const api::TopologySpreadConstraint& constraint : spec.topology_spread) {
    if (!IsHard(constraint) || !constraint.label_selector) continue;
    const std::string error = model::SelectorError(*constraint.label_selector);
    if (!error.empty()) return "obtaining pod's hard topology spread constraints: " + error;
  }
  return "";
}

bool Counts(const SpreadConstraint& constraint, const std::string& namespace_name,
            const model::PodInfo& running) {
  if (!constraint.selector || *constraint.selector == api::LabelSelector{}) return false;
  return !running.terminating && running.namespace_name == namespace_name &&
         model::Matches(*constraint.selector, running.labels);
}

bool IsIncluded(const SpreadConstraint& constraint, const api::PodSpec& spec,
                const model::NodeTable& nodes, model::NodeIndex node) {
  if (constraint.honors_node_affinity &&
      !MatchesRequiredNodeAffinity(spec, nodes.Name(node), nodes.Labels(node))) {
    return false;
  }
  return !constraint.honors_node_taints ||
         ToleratesAllThatForbid(spec.tolerations, nodes.Taints(node));
}

}  // namespace muster::plugins
