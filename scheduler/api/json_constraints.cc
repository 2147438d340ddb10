#include "scheduler/api/json_codec.h"
#include "scheduler/api/json_reader.h"

// Decoding of what pods and nodes say of each other; the form is that of json_codec.cc.
namespace muster::api {

static constexpr const char* kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
static constexpr const char* kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";

Status Read(JsonView value, const JsonPath& path, Toleration& out) {
  return ReadFields(value, path, Into("key", out.key), Into("operator", out.operator_name),
                    Into("value", out.value), Into("tolerationSeconds", out.toleration_seconds),
                    Into("effect", out.effect));
}

Status Read(JsonView value, const JsonPath& path, Taint& out) {
  return ReadFields(value, path, Into("key", out.key), Into("value", out.value),
                    Into("effect", out.effect));
}

static Status Read(JsonView value, const JsonPath& path, SelectorRequirement& out) {
  return ReadFields(value, path, Into("key", out.key), Into("operator", out.operator_name),
                    Into("values", out.values));
}

Status Read(JsonView value, const JsonPath& path, NodeSelectorTerm& out) {
  return ReadFields(value, path, Into("matchExpressions", out.match_expressions),
                    Into("matchFields", out.match_fields));
}

static Status Read(JsonView value, const JsonPath& path, PreferredSchedulingTerm& out) {
  return ReadFields(value, path, Into("weight", out.weight), Into("preference", out.preference));
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
  return ReadFields(value, path, Into("matchLabels", out.match_labels),
                    Into("matchExpressions", out.match_expressions));
}

static Status Read(JsonView value, const JsonPath& path, PodAffinityTerm& out) {
  return ReadFields(
      value, path, Into("labelSelector", out.label_selector), Into("namespaces", out.namespaces),
      Into("namespaceSelector", out.namespace_selector), Into("topologyKey", out.topology_key),
      Into("matchLabelKeys", out.match_label_keys),
      Into("mismatchLabelKeys", out.mismatch_label_keys));
}

static Status Read(JsonView value, const JsonPath& path, WeightedPodAffinityTerm& out) {
  return ReadFields(value, path, Into("weight", out.weight), Into("podAffinityTerm", out.term));
}

Status Read(JsonView value, const JsonPath& path, PodAffinity& out) {
  return ReadFields(value, path, Into(kRequired, out.required), Into(kPreferred, out.preferred));
}

Status Read(JsonView value, const JsonPath& path, TopologySpreadConstraint& out) {
  return ReadFields(
      value, path, Into("maxSkew", out.max_skew), Into("topologyKey", out.topology_key),
      Into("whenUnsatisfiable", out.when_unsatisfiable), Into("labelSelector", out.label_selector),
      Into("minDomains", out.min_domains), Into("nodeAffinityPolicy", out.node_affinity_policy),
      Into("nodeTaintsPolicy", out.node_taints_policy),
      Into("matchLabelKeys", out.match_label_keys));
}

Status ReadAffinity(JsonView value, const JsonPath& path, PodSpec& out) {
  return ReadFields(value, path, Into("nodeAffinity", out.node_affinity),
                    Into("podAffinity", out.pod_affinity),
                    Into("podAntiAffinity", out.pod_anti_affinity));
}

}  // namespace muster::api
