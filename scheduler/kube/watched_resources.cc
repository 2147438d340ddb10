#include "scheduler/kube/watched_resources.h"

namespace muster::kube {

WatchedResource WatchedPods() {
  return {.kind = core::ResourceKind::kPod,
          .name = "pods",
          .path = "/api/v1/pods",
          .field_selector = "status.phase!=Succeeded,status.phase!=Failed",
          .has_wire_schema = true};
}

std::vector<WatchedResource> AllWatchedResources() {
  using Kind = core::ResourceKind;
  const auto core_kind = [](Kind kind, const std::string& name) {
    return WatchedResource{kind, name, "/api/v1/" + name, ""};
  };
  const auto storage_kind = [](Kind kind, const std::string& name) {
    return WatchedResource{kind, name, "/apis/storage.k8s.io/v1/" + name, ""};
  };
  return {
      core_kind(Kind::kNode, "nodes"),
      core_kind(Kind::kNamespace, "namespaces"),
      storage_kind(Kind::kStorageClass, "storageclasses"),
      storage_kind(Kind::kCsiDriver, "csidrivers"),
      storage_kind(Kind::kCsiNode, "csinodes"),
      storage_kind(Kind::kCsiStorageCapacity, "csistoragecapacities"),
      core_kind(Kind::kPersistentVolume, "persistentvolumes"),
      core_kind(Kind::kPersistentVolumeClaim, "persistentvolumeclaims"),
      storage_kind(Kind::kVolumeAttachment, "volumeattachments"),
      {Kind::kPodDisruptionBudget, "poddisruptionbudgets", "/apis/policy/v1/poddisruptionbudgets",
       ""},
      {Kind::kPriorityClass, "priorityclasses", "/apis/scheduling.k8s.io/v1/priorityclasses", ""},
      {Kind::kService, "services", "/api/v1/services", "", true},
      {Kind::kReplicationController, "replicationcontrollers", "/api/v1/replicationcontrollers", "",
       true},
      {Kind::kReplicaSet, "replicasets", "/apis/apps/v1/replicasets", "", true},
      {Kind::kStatefulSet, "statefulsets", "/apis/apps/v1/statefulsets", "", true},
      WatchedPods()};
}

}  // namespace muster::kube
