#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/base/quantity.h"
#include "scheduler/base/time.h"

/// The parts of Kubernetes objects that scheduling reads, as plain data. Field names are those of
/// the API (k8s.io/api core/v1) in the project's spelling; what is absent there is empty here.
namespace muster::api {

using ResourceList = std::map<std::string, Quantity>;
using StringMap = std::map<std::string, std::string>;

struct OwnerReference {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string uid;
  bool controller = false;
};

struct ObjectMeta {
  std::string name;
  std::string namespace_name;
  std::string uid;
  std::string resource_version;
  Time creation_timestamp{};
  std::optional<Time> deletion_timestamp;
  StringMap labels;
  StringMap annotations;
  std::vector<OwnerReference> owner_references;
};

struct Toleration {
  std::string key;
  std::string operator_name;  // "" means Equal
  std::string value;
  std::string effect;  // "" means every effect
  auto operator<=>(const Toleration&) const = default;
};

struct Taint {
  std::string key;
  std::string value;
  std::string effect;
  auto operator<=>(const Taint&) const = default;
};

/// A node selector requirement or a label selector expression.
struct SelectorRequirement {
  std::string key;
  std::string operator_name;  // In, NotIn, Exists, DoesNotExist, Gt, Lt
  std::vector<std::string> values;
  auto operator<=>(const SelectorRequirement&) const = default;
};

struct NodeSelectorTerm {
  std::vector<SelectorRequirement> match_expressions;
  std::vector<SelectorRequirement> match_fields;
  auto operator<=>(const NodeSelectorTerm&) const = default;
};

struct PreferredSchedulingTerm {
  std::int32_t weight = 0;
  NodeSelectorTerm preference;
  auto operator<=>(const PreferredSchedulingTerm&) const = default;
};

struct NodeAffinity {
  /// Absent: no requirement. Present and empty: matches nothing.
  std::optional<std::vector<NodeSelectorTerm>> required;
  std::vector<PreferredSchedulingTerm> preferred;
  auto operator<=>(const NodeAffinity&) const = default;
};

struct ResourceRequirements {
  ResourceList requests;
  ResourceList limits;
};

struct VolumeMount {
  std::string name;
  std::string mount_path;
  std::string sub_path;
};

struct Container {
  std::string name;
  std::vector<std::string> command;
  std::vector<std::string> args;
  StringMap environment;  // literal values only
  ResourceRequirements resources;
  std::vector<VolumeMount> volume_mounts;
  std::string restart_policy;  // "Always" makes an init container a sidecar
};

struct KeyToPath {
  std::string key;
  std::string path;
};

struct Volume {
  std::string name;
  std::optional<std::string> config_map_name;  // set for a ConfigMap volume
  std::vector<KeyToPath> items;                // empty: every key under its own name
};

struct PodSpec {
  std::string node_name;
  std::string scheduler_name;
  StringMap node_selector;
  NodeAffinity node_affinity;
  std::vector<Toleration> tolerations;
  std::vector<Container> containers;
  std::vector<Container> init_containers;
  std::vector<Volume> volumes;
  ResourceList overhead;
  std::optional<ResourceRequirements> pod_resources;  // pod-level resources (KEP-2837)
  std::string priority_class_name;
  std::int32_t priority = 0;
  std::vector<std::string> scheduling_gates;
  std::string runtime_class_name;
};

struct PodCondition {
  std::string type;
  std::string status;
  std::string reason;
  std::string message;
  auto operator<=>(const PodCondition&) const = default;
};

struct PodStatus {
  std::string phase;
  std::vector<PodCondition> conditions;
  std::string nominated_node_name;
};

struct Pod {
  ObjectMeta metadata;
  PodSpec spec;
  PodStatus status;
};

struct Node {
  ObjectMeta metadata;
  bool unschedulable = false;
  std::vector<Taint> taints;
  ResourceList allocatable;
};

struct ConfigMap {
  ObjectMeta metadata;
  StringMap data;
};

/// A namespaced name; also the identity of a pod as long as its UID stays the same.
struct NamespacedName {
  std::string namespace_name;
  std::string name;
  auto operator<=>(const NamespacedName&) const = default;
  std::string ToString() const { return namespace_name + "/" + name; }
};

inline NamespacedName NameOf(const ObjectMeta& metadata) {
  return {metadata.namespace_name, metadata.name};
}

/// Terminal pods hold nothing on their node.
inline bool IsTerminal(const Pod& pod) {
  return pod.status.phase == "Succeeded" || pod.status.phase == "Failed";
}

}  // namespace muster::api
