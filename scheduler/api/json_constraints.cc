#include "scheduler/api/json_codec.h"
#include "scheduler/api/json_reader.h"

// Decoding of what pods and nodes say of each other; the form is that of json_codec.cc.
namespace muster::api {

static constexpr const char* kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
static constexpr const char* kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";

Status Read(JsonView value, const JsonPath& path, Toleration& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "key", out.key));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "operator", out.operator_name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "value", out.value));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "tolerationSeconds", out.toleration_seconds));
  return ReadField(value, path, "effect", out.effect);
}

Status Read(JsonView value, const JsonPath& path, Taint& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "key", out.key));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "value", out.value));
  return ReadField(value, path, "effect", out.effect);
}

static Status Read(JsonView value, const JsonPath& path, SelectorRequirement& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "key", out.key));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "operator", out.operator_name));
  return ReadField(value, path, "values", out.values);
}

Status Read(JsonView value, const JsonPath& path, NodeSelectorTerm& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "matchExpressions", out.match_expressions));
  return ReadField(value, path, "matchFields", out.match_fields);
}

static Status Read(JsonView value, const JsonPath& path, PreferredSchedulingTerm& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "weight", out.weight));
  return ReadField(value, path, "preference", out.preference);
}

Status Read(JsonView value, const JsonPath& path, NodeAffinity& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  if (const JsonView required = Find(value, kRequired)) {
    const JsonPath required_path(path, kRequired);
    MUSTER_RETURN_IF_ERROR(CheckObject(required, required_path));
    MUSTER_RETURN_IF_ERROR(
        ReadField(required, required_path, "nodeSelectorTerms", out.required.emplace()));
  }
  return ReadField(value, path, kPreferred, out.preferred);
}

Status Read(JsonView value, const JsonPath& path, LabelSelector& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "matchLabels", out.match_labels));
  return ReadField(value, path, "matchExpressions", out.match_expressions);
}

static Status Read(JsonView value, const JsonPath& path, PodAffinityTerm& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "labelSelector", out.label_selector));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "namespaces", out.namespaces));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "namespaceSelector", out.namespace_selector));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "topologyKey", out.topology_key));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "matchLabelKeys", out.match_label_keys));
  return ReadField(value, path, "mismatchLabelKeys", out.mismatch_label_keys);
}

static Status Read(JsonView value, const JsonPath& path, WeightedPodAffinityTerm& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "weight", out.weight));
  return ReadField(value, path, "podAffinityTerm", out.term);
}

Status Read(JsonView value, const JsonPath& path, PodAffinity& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, kRequired, out.required));
  return ReadField(value, path, kPreferred, out.preferred);
}

Status Read(JsonView value, const JsonPath& path, TopologySpreadConstraint& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "maxSkew", out.max_skew));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "topologyKey", out.topology_key));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "whenUnsatisfiable", out.when_unsatisfiable));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "labelSelector", out.label_selector));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "minDomains", out.min_domains));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "nodeAffinityPolicy", out.node_affinity_policy));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "nodeTaintsPolicy", out.node_taints_policy));
  return ReadField(value, path, "matchLabelKeys", out.match_label_keys);
}

Status ReadAffinity(JsonView value, const JsonPath& path, PodSpec& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "nodeAffinity", out.node_affinity));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "podAffinity", out.pod_affinity));
  return ReadField(value, path, "podAntiAffinity", out.pod_anti_affinity);
}

}  // namespace muster::api
