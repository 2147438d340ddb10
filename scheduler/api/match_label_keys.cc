#include "scheduler/api/match_label_keys.h"

namespace muster::api {
namespace {

void Apply(const std::vector<std::string>& keys, const char* operator_name, const StringMap& labels,
           LabelSelector& selector) {
  for (const std::string& key : keys) {
    const auto label = labels.find(key);
    if (label == labels.end()) continue;
    selector.match_expressions.push_back({key, operator_name, {label->second}});
  }
}

/// A selector that is not there matches no pod, and is left so.
void Apply(PodAffinityTerm& term, const StringMap& labels) {
  if (!term.label_selector) return;
  Apply(term.match_label_keys, "In", labels, *term.label_selector);
  Apply(term.mismatch_label_keys, "NotIn", labels, *term.label_selector);
}

void Apply(PodAffinity& affinity, const StringMap& labels) {
  for (PodAffinityTerm& term : affinity.required) Apply(term, labels);
  for (WeightedPodAffinityTerm& weighted : affinity.preferred) Apply(weighted.term, labels);
}

}  // namespace

void ApplyMatchLabelKeys(Pod& pod) {
  const StringMap& labels = pod.metadata.labels;
  Apply(pod.spec.pod_affinity, labels);
  Apply(pod.spec.pod_anti_affinity, labels);
  for (TopologySpreadConstraint& constraint : pod.spec.topology_spread) {
    if (!constraint.label_selector) continue;
    Apply(constraint.match_label_keys, "In", labels, *constraint.label_selector);
  }
}

}  // namespace muster::api
