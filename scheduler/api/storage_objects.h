#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scheduler/api/claim_spec.h"
#include "scheduler/api/objects.h"

/// The objects about volumes that scheduling reads, and the two small ones beside them (namespaces
/// and disruption budgets), as plain data; see objects.h. Source: k8s.io/api core/v1, storage/v1,
/// policy/v1.
namespace muster::api {

inline constexpr char kSelectedNodeAnnotation[] = "volume.kubernetes.io/selected-node";
inline constexpr char kBindCompletedAnnotation[] = "pv.kubernetes.io/bind-completed";
inline constexpr char kBoundByControllerAnnotation[] = "pv.kubernetes.io/bound-by-controller";
inline constexpr char kBetaStorageClassAnnotation[] = "volume.beta.kubernetes.io/storage-class";
inline constexpr char kDefaultClassAnnotation[] = "storageclass.kubernetes.io/is-default-class";
inline constexpr char kMigratedPluginsAnnotation[] = "storage.alpha.kubernetes.io/migrated-plugins";

/// A provisioner that makes no volumes: they are there already.
inline constexpr char kNoProvisioner[] = "kubernetes.io/no-provisioner";
inline constexpr char kWaitForFirstConsumer[] = "WaitForFirstConsumer";

struct PersistentVolumeClaim {
  ObjectMeta metadata;
  PersistentVolumeClaimSpec spec;
  std::string phase;  // Pending, Bound, Lost
  bool operator==(const PersistentVolumeClaim&) const = default;
};

/// Which claim a volume is bound to, or kept for when the UID is empty.
struct ClaimReference {
  std::string namespace_name;
  std::string name;
  std::string uid;
  auto operator<=>(const ClaimReference&) const = default;
};

/// Where a volume's bytes are. The in-tree kinds are those that a CSI driver has taken over.
enum class VolumeSource {
  kOther,
  kCsi,
  kAwsElasticBlockStore,
  kGcePersistentDisk,
  kAzureDisk,
  kCinder,
  kPortworx,
};

struct PersistentVolume {
  ObjectMeta metadata;
  std::string phase;  // Available, Bound, Released, ...
  std::optional<Quantity> capacity;
  std::vector<std::string> access_modes;
  std::string storage_class_name;
  std::string volume_mode;  // "" means Filesystem
  std::string volume_attributes_class;
  std::optional<ClaimReference> claim;
  /// Absent: reachable from every node. Present and empty: from none.
  std::optional<std::vector<NodeSelectorTerm>> node_affinity;
  VolumeSource source = VolumeSource::kOther;
  std::string driver;  // of kCsi
  std::string handle;  // what tells volumes of one source apart
  bool operator==(const PersistentVolume&) const = default;
};

struct TopologySelectorRequirement {
  std::string key;
  std::vector<std::string> values;
  auto operator<=>(const TopologySelectorRequirement&) const = default;
};
struct TopologySelectorTerm {
  std::vector<TopologySelectorRequirement> match_label_expressions;
  auto operator<=>(const TopologySelectorTerm&) const = default;
};

struct StorageClass {
  ObjectMeta metadata;
  std::string provisioner;
  std::optional<std::string> volume_binding_mode;
  std::vector<TopologySelectorTerm> allowed_topologies;
  bool operator==(const StorageClass&) const = default;
};

struct CsiNodeDriver {
  std::string name;
  std::optional<std::int32_t> allocatable_count;  // absent: no limit is known
  auto operator<=>(const CsiNodeDriver&) const = default;
};

/// Which CSI drivers run on a node; has the name of the node.
struct CsiNode {
  ObjectMeta metadata;
  std::vector<CsiNodeDriver> drivers;
  bool operator==(const CsiNode&) const = default;
};

struct CsiDriver {
  ObjectMeta metadata;
  bool storage_capacity = false;  // publishes CSIStorageCapacity objects
  bool operator==(const CsiDriver&) const = default;
};

struct CsiStorageCapacity {
  ObjectMeta metadata;
  std::string storage_class_name;
  std::optional<LabelSelector> node_topology;  // absent: reachable from no node
  std::optional<Quantity> capacity;
  std::optional<Quantity> maximum_volume_size;
  bool operator==(const CsiStorageCapacity&) const = default;
};

/// A volume on its way to, or at, a node.
struct VolumeAttachment {
  ObjectMeta metadata;
  std::string attacher;  // the CSI driver
  std::string node_name;
  std::optional<std::string> persistent_volume_name;
  bool operator==(const VolumeAttachment&) const = default;
};

struct PodDisruptionBudget {
  ObjectMeta metadata;
  std::optional<LabelSelector> selector;  // absent: no pod
  std::int32_t disruptions_allowed = 0;
  std::vector<std::string> disrupted_pods;  // names, sorted: already counted in the above
  bool operator==(const PodDisruptionBudget&) const = default;
};

struct PriorityClass {
  ObjectMeta metadata;
  std::int32_t value = 0;
  bool global_default = false;  // for pods that name no class
  bool operator==(const PriorityClass&) const = default;
};

/// The class of a claim: its annotation of old, else the field; "" when it has none.
const std::string& StorageClassOf(const PersistentVolumeClaim& claim);
const std::string& StorageClassOf(const PersistentVolume& volume);

/// The PersistentVolume controller has finished the binding.
bool IsFullyBound(const PersistentVolumeClaim& claim);

/// The name of the claim that an ephemeral volume of a pod gets.
std::string EphemeralClaimName(const std::string& pod_name, const std::string& volume_name);

/// The claim was made for this pod: the pod controls it. Source: component-helpers
/// storage/ephemeral.
bool IsMadeForPod(const PersistentVolumeClaim& claim, const ObjectMeta& pod);

}  // namespace muster::api
