// What the watch shows beside pods and nodes: volumes and all that belongs to them, namespaces,
// budgets, priority classes, workloads.

#include "scheduler/base/check.h"
#include "scheduler/core/state.h"

namespace muster::core {
namespace {

/// Puts an object into its table; true when what waits may now have what it waited for.
struct Take {
  model::ClusterModel& model;
  model::PriorityClassTable& priority_classes;

  bool operator()(const api::Namespace& seen) const { return model.Namespaces().Upsert(seen); }
  bool operator()(const api::PodDisruptionBudget& seen) const {
    model.Budgets().insert_or_assign(api::NameOf(seen.metadata), seen);
    return false;
  }
  bool operator()(const api::PriorityClass& seen) const {
    priority_classes.Upsert(seen);
    return false;
  }
  bool operator()(const api::VolumeAttachment& seen) const {
    model.Storage().Upsert(seen);
    return false;  // it takes room, at most
  }
  bool operator()(const api::Workload& seen) const {
    model.Workloads().Upsert(seen);
    return false;  // only scores change
  }
  template <class Object>
  bool operator()(const Object& seen) const {
    return model.Storage().Upsert(seen);
  }
};

}  // namespace

void SchedulerCore::State::On(const ObjectObserved& event) {
  // Each change of a workload's status comes by, and has nothing to do with volumes.
  if (!std::holds_alternative<api::Workload>(event.object)) volumes_changed_ = true;
  if (std::visit(Take{model_, priority_classes_}, event.object)) CapacityGrew();
}

void SchedulerCore::State::On(const ObjectGone& event) {
  model::StorageTable& storage = model_.Storage();
  const std::string& name = event.name.name;
  switch (event.kind) {
    case ResourceKind::kPod:
    case ResourceKind::kNode:
      MUSTER_CHECK(false, "pods and nodes have events of their own");
      return;
    case ResourceKind::kPersistentVolumeClaim:
      storage.RemoveClaim(event.name);
      break;
    case ResourceKind::kPersistentVolume:
      storage.RemoveVolume(name);
      break;
    case ResourceKind::kStorageClass:
      storage.RemoveClass(name);
      break;
    case ResourceKind::kCsiNode:
      storage.RemoveCsiNode(name);
      break;
    case ResourceKind::kCsiDriver:
      storage.RemoveCsiDriver(name);
      break;
    case ResourceKind::kCsiStorageCapacity:
      storage.RemoveCapacity(event.name);
      break;
    case ResourceKind::kVolumeAttachment:
      storage.RemoveAttachment(name);
      break;
    case ResourceKind::kNamespace:
      model_.Namespaces().Remove(name);
      break;
    case ResourceKind::kPodDisruptionBudget:
      model_.Budgets().erase(event.name);
      break;
    case ResourceKind::kPriorityClass:
      priority_classes_.Remove(name);
      break;
    case ResourceKind::kService:
    case ResourceKind::kReplicationController:
    case ResourceKind::kReplicaSet:
    case ResourceKind::kStatefulSet:
      model_.Workloads().Remove(WorkloadKindOf(event.kind), event.name);
      return;  // only scores change
  }
  volumes_changed_ = true;
  CapacityGrew();
}

}  // namespace muster::core
