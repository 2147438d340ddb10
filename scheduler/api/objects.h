#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/api/claim_spec.h"
#include "scheduler/api/constraints.h"
#include "scheduler/base/quantity.h"
#include "scheduler/base/time.h"

/// The parts of Kubernetes objects that scheduling reads, as plain data. Field names are those of
/// the API (k8s.io/api core/v1) in the project's spelling; what is absent there is empty here.
namespace muster::api {

using ResourceList = std::map<std::string, Quantity>;

struct OwnerReference {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string uid;
  bool controller = false;
  bool operator==(const OwnerReference&) const = default;
};

struct ObjectMeta {
  std::string name;
  std::string namespace_name;
  std::string uid;
  std::string resource_version;
  std::int64_t generation = 0;
  Time creation_timestamp{};
  std::optional<Time> deletion_timestamp;
  StringMap labels;
  StringMap annotations;
  std::vector<OwnerReference> owner_references;
  bool operator==(const ObjectMeta&) const = default;
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

/// A port of the node itself; no two pods of a node can have the same.
struct HostPort {
  std::int32_t port = 0;
  std::string protocol;  // "" means TCP
  std::string host_ip;   // "" means every address
  auto operator<=>(const HostPort&) const = default;
};

struct Container {
  std::string name;
  std::string image;
  std::vector<std::string> command;
  std::vector<std::string> args;
  StringMap environment;  // literal values only
  ResourceRequirements resources;
  std::vector<VolumeMount> volume_mounts;
  std::string restart_policy;  // "Always" makes an init container a sidecar
  /// Of a pod on the host's network every port is one, as the API server has it.
  std::vector<HostPort> host_ports;
};

struct KeyToPath {
  std::string key;
  std::string path;
  auto operator<=>(const KeyToPath&) const = default;
};

/// The kinds of volumes that scheduling tells apart; all others (emptyDir, secret, ...) are kOther.
enum class VolumeType {
  kOther,
  kConfigMap,
  kPersistentVolumeClaim,  // source: the claim's name
  kEphemeral,              // a claim made from a template: POD-VOLUME
  kCsi,                    // source: the driver
  kNfs,
  kHostPath,
  kGcePersistentDisk,     // source: pdName
  kAwsElasticBlockStore,  // source: volumeID
  kIscsi,                 // source: iqn
  kRbd,                   // source: POOL/IMAGE
  kAzureDisk,             // source: diskURI
  kCinder,                // source: volumeID
  kPortworx,              // source: volumeID
  kImage,                 // source: reference
};

struct Volume {
  std::string name;
  std::optional<std::string> config_map_name;  // set for a ConfigMap volume
  std::vector<KeyToPath> items;                // empty: every key under its own name
  VolumeType type = VolumeType::kOther;
  bool read_only = false;  // of the disks, which may then be shared
  std::string source = {};
  std::vector<std::string> monitors = {};  // of kRbd
  /// Of kEphemeral: the claim that will be made. Of a kPersistentVolumeClaim without a source: the
  /// claim that Spark will make for an executor that does not exist yet.
  std::optional<PersistentVolumeClaimSpec> claim_template = std::nullopt;
  auto operator<=>(const Volume&) const = default;
};

/// A claim to devices: one that exists, or the template of one for each pod.
struct ResourceClaim {
  std::string name;
  std::string claim_name;
  std::string template_name;
  auto operator<=>(const ResourceClaim&) const = default;
};

struct PodSpec {
  std::string node_name;
  std::string scheduler_name;
  StringMap node_selector;
  NodeAffinity node_affinity;
  PodAffinity pod_affinity;
  PodAffinity pod_anti_affinity;
  std::vector<TopologySpreadConstraint> topology_spread;
  std::vector<Toleration> tolerations;
  std::vector<Container> containers;
  std::vector<Container> init_containers;
  std::vector<Volume> volumes;
  ResourceList overhead;
  std::optional<ResourceRequirements> pod_resources;  // pod-level resources (KEP-2837)
  std::string priority_class_name;
  std::int32_t priority = 0;
  bool never_preempts = false;  // preemptionPolicy: Never
  std::vector<std::string> scheduling_gates;
  std::string runtime_class_name;
  bool host_network = false;
  std::vector<ResourceClaim> resource_claims;
};

struct PodCondition {
  std::string type;
  std::string status;
  std::string reason;
  std::string message;
  auto operator<=>(const PodCondition&) const = default;
};

/// What a node has set aside for a container, and what the container has: they differ from the spec
/// while a pod is resized where it runs.
struct ContainerStatus {
  std::string name;
  ResourceList allocated;
  std::optional<ResourceList> actual;  // requests; absent where the node does not say
};

struct PodStatus {
  std::string phase;
  std::string pod_ip;
  std::optional<Time> start_time;  // when its kubelet saw it first, shortly after the bind
  std::vector<PodCondition> conditions;
  std::string nominated_node_name;
  std::vector<ContainerStatus> containers;  // init containers too
  /// Of the pod as a whole, as those of a container.
  ResourceList allocated;
  std::optional<ResourceList> actual;
};

struct Pod {
  ObjectMeta metadata;
  PodSpec spec;
  PodStatus status;
};

/// An image that a node has already.
struct ContainerImage {
  std::vector<std::string> names;
  Bytes size;
};

/// The kubelet reports 50 unless told otherwise; more than this are not read, as they only save a
/// download.
inline constexpr std::size_t kNodeImagesMax = 1000;

struct Node {
  ObjectMeta metadata;
  bool unschedulable = false;
  std::vector<Taint> taints;
  ResourceList allocatable;
  std::vector<ContainerImage> images;
};

/// Selectors of pod affinity choose namespaces by their labels.
struct Namespace {
  ObjectMeta metadata;
  bool operator==(const Namespace&) const = default;
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
