#pragma once

#include "scheduler/api/json_view.h"
#include "scheduler/api/storage_objects.h"
#include "scheduler/base/status.h"

/// The objects of storage_objects.h from their JSON form; the same rules as in json_codec.h. What a
/// watch can deliver is bounded by the reader's limit for one object.
namespace muster::api {

StatusOr<PersistentVolumeClaim> DecodePersistentVolumeClaim(JsonView object);
StatusOr<PersistentVolume> DecodePersistentVolume(JsonView object);
StatusOr<StorageClass> DecodeStorageClass(JsonView object);
StatusOr<CsiNode> DecodeCsiNode(JsonView object);
StatusOr<CsiDriver> DecodeCsiDriver(JsonView object);
StatusOr<CsiStorageCapacity> DecodeCsiStorageCapacity(JsonView object);
StatusOr<VolumeAttachment> DecodeVolumeAttachment(JsonView object);
StatusOr<Namespace> DecodeNamespace(JsonView object);
StatusOr<PodDisruptionBudget> DecodePodDisruptionBudget(JsonView object);
StatusOr<PriorityClass> DecodePriorityClass(JsonView object);

}  // namespace muster::api
