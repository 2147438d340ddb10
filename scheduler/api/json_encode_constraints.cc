#include <nlohmann/json.hpp>

#include "scheduler/api/json_codec.h"
#include "scheduler/api/json_writer.h"

// Encoding of what pods and nodes say of each other: the inverse of json_constraints.cc.
namespace muster::api {
namespace {

using nlohmann::json;

constexpr const char* kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr const char* kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";

json EncodeToleration(const Toleration& toleration) {
  json object = json::object();
  Put(object, "key", toleration.key);
  Put(object, "operator", toleration.operator_name);
  Put(object, "value", toleration.value);
  Put(object, "effect", toleration.effect);
  if (toleration.toleration_seconds) {
    object["tolerationSeconds"] = *toleration.toleration_seconds;
  }
  return object;
}

json EncodeRequirement(const SelectorRequirement& requirement) {
  json object = json::object();
  Put(object, "key", requirement.key);
  Put(object, "operator", requirement.operator_name);
  Put(object, "values", EncodeStrings(requirement.values));
  return object;
}

json EncodeTerm(const NodeSelectorTerm& term) {
  json object = json::object();
  Put(object, "matchExpressions", EncodeList(term.match_expressions, EncodeRequirement));
  Put(object, "matchFields", EncodeList(term.match_fields, EncodeRequirement));
  return object;
}

json EncodePreferred(const PreferredSchedulingTerm& term) {
  return {{"weight", term.weight}, {"preference", EncodeTerm(term.preference)}};
}

json EncodeNodeAffinity(const NodeAffinity& affinity) {
  json object = json::object();
  if (affinity.required) {
    // An empty requirement matches no node, so it must not be left out.
    object[kRequired] = {{"nodeSelectorTerms", EncodeList(*affinity.required, EncodeTerm)}};
  }
  Put(object, kPreferred, EncodeList(affinity.preferred, EncodePreferred));
  return object;
}

/// An empty selector is not the same as none.
void PutSelector(json& object, const char* key, const std::optional<LabelSelector>& selector) {
  if (!selector) return;
  object[key] = EncodeSelector(*selector);
}

json EncodePodTerm(const PodAffinityTerm& term) {
  json object = json::object();
  PutSelector(object, "labelSelector", term.label_selector);
  Put(object, "namespaces", EncodeStrings(term.namespaces));
  PutSelector(object, "namespaceSelector", term.namespace_selector);
  Put(object, "topologyKey", term.topology_key);
  Put(object, "matchLabelKeys", EncodeStrings(term.match_label_keys));
  Put(object, "mismatchLabelKeys", EncodeStrings(term.mismatch_label_keys));
  return object;
}

json EncodePodAffinity(const PodAffinity& affinity) {
  json object = json::object();
  Put(object, kRequired, EncodeList(affinity.required, EncodePodTerm));
  Put(object, kPreferred,
      EncodeList(affinity.preferred, [](const WeightedPodAffinityTerm& weighted) {
        return json{{"weight", weighted.weight}, {"podAffinityTerm", EncodePodTerm(weighted.term)}};
      }));
  return object;
}

json EncodeSpreadConstraint(const TopologySpreadConstraint& constraint) {
  json object = {{"maxSkew", constraint.max_skew}};
  Put(object, "topologyKey", constraint.topology_key);
  Put(object, "whenUnsatisfiable", constraint.when_unsatisfiable);
  PutSelector(object, "labelSelector", constraint.label_selector);
  if (constraint.min_domains) object["minDomains"] = *constraint.min_domains;
  Put(object, "nodeAffinityPolicy", constraint.node_affinity_policy);
  Put(object, "nodeTaintsPolicy", constraint.node_taints_policy);
  Put(object, "matchLabelKeys", EncodeStrings(constraint.match_label_keys));
  return object;
}

}  // namespace

json EncodeSelector(const LabelSelector& selector) {
  json object = json::object();
  Put(object, "matchLabels", EncodeMap(selector.match_labels));
  Put(object, "matchExpressions", EncodeList(selector.match_expressions, EncodeRequirement));
  return object;
}

json EncodeTaint(const Taint& taint) {
  json object = json::object();
  Put(object, "key", taint.key);
  Put(object, "value", taint.value);
  Put(object, "effect", taint.effect);
  return object;
}

json EncodeTolerations(const std::vector<Toleration>& tolerations) {
  return EncodeList(tolerations, EncodeToleration);
}

json EncodeAffinity(const PodSpec& spec) {
  json object = json::object();
  Put(object, "nodeAffinity", EncodeNodeAffinity(spec.node_affinity));
  Put(object, "podAffinity", EncodePodAffinity(spec.pod_affinity));
  Put(object, "podAntiAffinity", EncodePodAffinity(spec.pod_anti_affinity));
  return object;
}

json EncodeTopologySpread(const std::vector<TopologySpreadConstraint>& constraints) {
  return EncodeList(constraints, EncodeSpreadConstraint);
}

}  // namespace muster::api
