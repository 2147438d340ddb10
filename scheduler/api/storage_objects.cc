#include "scheduler/api/storage_objects.h"

#include <algorithm>

namespace muster::api {
namespace {

const std::string& ClassOf(const ObjectMeta& metadata, const std::string& field) {
  const auto annotation = metadata.annotations.find(kBetaStorageClassAnnotation);
  return annotation == metadata.annotations.end() ? field : annotation->second;
}

}  // namespace

const std::string& StorageClassOf(const PersistentVolumeClaim& claim) {
  static const std::string none;
  return ClassOf(claim.metadata,
                 claim.spec.storage_class_name ? *claim.spec.storage_class_name : none);
}

const std::string& StorageClassOf(const PersistentVolume& volume) {
  return ClassOf(volume.metadata, volume.storage_class_name);
}

bool IsFullyBound(const PersistentVolumeClaim& claim) {
  return !claim.spec.volume_name.empty() &&
         claim.metadata.annotations.contains(kBindCompletedAnnotation);
}

std::string EphemeralClaimName(const std::string& pod_name, const std::string& volume_name) {
  return pod_name + "-" + volume_name;
}

bool IsMadeForPod(const PersistentVolumeClaim& claim, const ObjectMeta& pod) {
  const auto& owners = claim.metadata.owner_references;
  const auto controller = std::find_if(
      owners.begin(), owners.end(), [](const OwnerReference& owner) { return owner.controller; });
  return claim.metadata.namespace_name == pod.namespace_name && controller != owners.end() &&
         controller->uid == pod.uid;
}

}  // namespace muster::api
