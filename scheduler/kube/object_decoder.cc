#include "scheduler/kube/object_decoder.h"

#include <utility>

#include "scheduler/api/json_codec.h"
#include "scheduler/api/json_storage.h"
#include "scheduler/api/json_workload.h"
#include "scheduler/kube/api_status.h"

namespace muster::kube {
namespace {

SeenObject Describe(const api::ObjectMeta& metadata) {
  SeenObject seen;
  seen.name = api::NameOf(metadata);
  seen.uid = metadata.uid;
  seen.resource_version = metadata.resource_version;
  return seen;
}

/// What one decoder made of an object, as its event.
template <class Observed, class Object>
StatusOr<SeenObject> See(StatusOr<Object> object) {
  if (!object.ok()) return object.status();
  SeenObject seen = Describe(object->metadata);
  seen.observed = Observed{*std::move(object)};
  return seen;
}

StatusOr<SeenObject> DecodeAny(core::ResourceKind kind, api::JsonView object) {
  using core::ResourceKind;
  using Other = core::ObjectObserved;
  switch (kind) {
    case ResourceKind::kPod:
      return See<core::PodObserved>(api::DecodePod(object));
    case ResourceKind::kNode:
      return See<core::NodeObserved>(api::DecodeNode(object));
    case ResourceKind::kPersistentVolumeClaim:
      return See<Other>(api::DecodePersistentVolumeClaim(object));
    case ResourceKind::kPersistentVolume:
      return See<Other>(api::DecodePersistentVolume(object));
    case ResourceKind::kStorageClass:
      return See<Other>(api::DecodeStorageClass(object));
    case ResourceKind::kCsiNode:
      return See<Other>(api::DecodeCsiNode(object));
    case ResourceKind::kCsiDriver:
      return See<Other>(api::DecodeCsiDriver(object));
    case ResourceKind::kCsiStorageCapacity:
      return See<Other>(api::DecodeCsiStorageCapacity(object));
    case ResourceKind::kVolumeAttachment:
      return See<Other>(api::DecodeVolumeAttachment(object));
    case ResourceKind::kNamespace:
      return See<Other>(api::DecodeNamespace(object));
    case ResourceKind::kPodDisruptionBudget:
      return See<Other>(api::DecodePodDisruptionBudget(object));
    case ResourceKind::kPriorityClass:
      return See<Other>(api::DecodePriorityClass(object));
    case ResourceKind::kService:
    case ResourceKind::kReplicationController:
    case ResourceKind::kReplicaSet:
    case ResourceKind::kStatefulSet:
      return See<Other>(api::DecodeWorkload(core::WorkloadKindOf(kind), object));
  }
  return InvalidArgumentError("a kind that is not watched");
}

StatusOr<SeenObject> Decode(core::ResourceKind kind, api::JsonView object) {
  MUSTER_ASSIGN_OR_RETURN(SeenObject seen, DecodeAny(kind, object));
  if (seen.name.name.empty() || seen.uid.empty()) {
    return InvalidArgumentError("metadata.name and metadata.uid must be set");
  }
  return seen;
}

}  // namespace

api::NamespacedName NameOfObject(api::JsonView object) {
  const api::JsonView metadata = object.Find("metadata");
  return {TextAt(metadata, "namespace"), TextAt(metadata, "name")};
}

StatusOr<SeenObject> DecodeSeenObject(core::ResourceKind kind, api::JsonView object) {
  StatusOr<SeenObject> seen = Decode(kind, object);
  if (!seen.ok()) {
    return Annotate(seen.status(), Printable(NameOfObject(object).ToString(), 512));
  }
  return seen;
}

}  // namespace muster::kube
