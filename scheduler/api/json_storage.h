#pragma once

#include <nlohmann/json_fwd.hpp>

#include "scheduler/api/storage_objects.h"
#include "scheduler/base/status.h"

/// The objects of storage_objects.h from their JSON form; the same rules as in json_codec.h. What a
/// watch can deliver is bounded by the reader's limit for one object.
namespace muster::api {

StatusOr<PersistentVolumeClaim> DecodePersistentVolumeClaim(const nlohmann::json& object);
StatusOr<PersistentVolume> DecodePersistentVolume(const nlohmann::json& object);
StatusOr<StorageClass> DecodeStorageClass(const nlohmann::json& object);
StatusOr<CsiNode> DecodeCsiNode(const nlohmann::json& object);
StatusOr<CsiDriver> DecodeCsiDriver(const nlohmann::json& object);
StatusOr<CsiStorageCapacity> DecodeCsiStorageCapacity(const nlohmann::json& object);
StatusOr<VolumeAttachment> DecodeVolumeAttachment(const nlohmann::json& object);
StatusOr<Namespace> DecodeNamespace(const nlohmann::json& object);
StatusOr<PodDisruptionBudget> DecodePodDisruptionBudget(const nlohmann::json& object);

}  // namespace muster::api
