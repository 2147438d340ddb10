// What the watch shows: pods and nodes come, change and go.

#include <algorithm>
#include <utility>

#include "scheduler/api/pod_requests.h"
#include "scheduler/capacity/stand_in.h"
#include "scheduler/core/state.h"

namespace muster::core {

using gang::GangKind;
using gang::GangPhase;

bool SchedulerCore::State::IsOurs(const api::Pod& pod) const {
  return pod.spec.scheduler_name == options_.scheduler_name;
}

SchedulerCore::State::Gang* SchedulerCore::State::FindGang(std::string_view uid) {
  const auto found = gangs_.find(uid);
  return found == gangs_.end() ? nullptr : &found->second;
}

/// The application of an executor: the driver controls it, in the same namespace. Executors that no
/// pod controls (client mode without spark.kubernetes.driver.pod.name, StatefulSet and Deployment
/// allocators) belong to the one driver of their namespace that they name; in doubt to none.
SchedulerCore::State::Gang* SchedulerCore::State::FindApplication(const api::Pod& executor) {
  if (!spark::IsExecutor(executor)) return nullptr;
  if (const auto driver_uid = gang::ControllingPod(executor)) {
    Gang* gang = FindGang(*driver_uid);
    const bool found = gang != nullptr && gang->kind == GangKind::kApplication &&
                       gang->anchor.metadata.namespace_name == executor.metadata.namespace_name;
    return found ? gang : nullptr;
  }
  if (const auto known = executor_applications_.find(executor.metadata.uid);
      known != executor_applications_.end()) {
    return FindGang(known->second);
  }
  Gang* named = nullptr;
  for (auto& [uid, gang] : gangs_) {
    if (gang.kind != GangKind::kApplication || gang.phase != GangPhase::kReserved) continue;
    if (!spark::NamesDriver(executor, gang.anchor, gang.driver_host)) continue;
    if (named != nullptr) return nullptr;
    named = &gang;
  }
  return named;
}

void SchedulerCore::State::On(const PodObserved& event) {
  const api::Pod& pod = event.pod;
  if (capacity::IsStandIn(pod, options_.scheduler_name)) {
    hints_.OnSeen(pod, options_.capacity);
    return;
  }
  first_list_.erase(pod.metadata.uid);
  const bool matters = IsOurs(pod) || spark::IsExecutor(pod);
  if (!Synced() && matters && !api::IsTerminal(pod)) {
    first_list_.emplace(pod.metadata.uid, pod);
  } else {
    ApplyPod(pod);
  }
}

void SchedulerCore::State::ApplyPod(const api::Pod& pod) {
  if (api::IsTerminal(pod)) {
    ForgetPod(pod.metadata.uid);
    return;
  }
  if (!IsOurs(pod) && spark::IsExecutor(pod)) GiveWayToOtherScheduler(pod);
  if (!pod.spec.node_name.empty()) {
    ApplyBoundPod(pod);
  } else if (IsOurs(pod)) {
    ApplyPendingPod(pod);
  }
}

void SchedulerCore::State::ApplyBoundPod(const api::Pod& pod) {
  const std::string& uid = pod.metadata.uid;
  const model::NodeIndex node = model_.Nodes().FindOrAddGhost(pod.spec.node_name);
  const model::NodeIndex before = model_.NodeOfPod(uid);
  const auto change =
      model_.PlacePod(uid, node, AsEvicted(uid, model::MakePodInfo(pod, model_.Names())));
  if (IsOurs(pod)) {
    if (Gang* gang = FindGang(uid); gang != nullptr && gang->phase != GangPhase::kReserved) {
      OnBound(*gang);
    } else if (gang == nullptr && !spark::IsExecutor(pod)) {
      RecoverApplication(pod);
    }
    if (spark::IsExecutor(pod)) AdoptBoundExecutor(pod);
    FollowDriver(pod);
  }
  if (change == model::ClusterModel::Change::kNothing) return;
  // Moved or changed: somewhere there may be room. New: what waits for a neighbour may have one.
  if (before != model::kNoNode || !waiting_for_others_.empty()) CapacityGrew();
  if (!model::IsOverCommitted(model_.Nodes().Free(node))) return;
  LetGoOfRoomOn(node);
  RevalidateSlotsOn(node);
}

void SchedulerCore::State::ApplyPendingPod(const api::Pod& pod) {
  const std::string& uid = pod.metadata.uid;
  if (pod.metadata.deletion_timestamp) {
    ForgetPod(uid);
    return;
  }
  if (Gang* known = FindGang(uid)) {
    if (known->phase != GangPhase::kReserved) known->anchor = pod;
    // While it is being bound, the model has the pod as it was placed.
    if (known->phase == GangPhase::kGathering || known->phase == GangPhase::kWaiting) {
      known->anchor_info = model::MakePodInfo(pod, model_.Names());
    }
    return;
  }
  // Bound by us already, and this version of the pod is older than our bind.
  if (model_.NodeOfPod(uid) != model::kNoNode) return;
  if (!pod.spec.scheduling_gates.empty()) return;

  Gang& gang = gangs_[uid];
  gang.anchor = pod;
  gang.anchor_info = model::MakePodInfo(pod, model_.Names());
  gang.reported_nomination = pod.status.nominated_node_name;
  for (const api::PodCondition& condition : pod.status.conditions) {
    if (condition.type == "PodScheduled") gang.reported = condition;
  }
  if (spark::KindOfDriver(pod) != spark::DriverKind::kNone) {
    StartGathering(gang);
    return;
  }
  if (const Gang* application = FindApplication(pod)) gang.application_uid = application->Uid();
  Enqueue(gang);
}

void SchedulerCore::State::On(const PodGone& event) {
  hints_.OnGone(event, now_);
  first_list_.erase(event.uid);
  ForgetPod(event.uid);
}

void SchedulerCore::State::ForgetPod(const std::string& uid) {
  if (model_.RemovePod(uid) != model::kNoNode) CapacityGrew();
  ForgetExecutor(uid, Leaving::kEnded);
  ForgetGang(uid);
  NoteVictimGone(uid);
}

void SchedulerCore::State::ForgetGang(const std::string& uid) {
  Gang* gang = FindGang(uid);
  if (gang == nullptr) return;
  ForgetVolumes(*gang);
  EndRound(*gang);
  ReleaseSlots(*gang);
  for (const auto& [executor, bound] : gang->executors) executor_applications_.erase(executor);
  queue_.Remove(uid);
  waiting_for_others_.erase(uid);
  DriverSettled(uid);
  gangs_.erase(gangs_.find(uid));
}

void SchedulerCore::State::On(const NodeObserved& event) {
  const std::size_t nodes_before = model_.Nodes().PresentCount();
  if (!model_.Nodes().Upsert(event.node, model_.Names())) return;
  CapacityGrew();
  if (model_.Nodes().PresentCount() > nodes_before) {
    hints_.NoteNode(now_, event.node.metadata.creation_timestamp);
  }
  const model::NodeIndex node = model_.Nodes().Find(event.node.metadata.name);
  LetGoOfRoomOn(node);
  RevalidateSlotsOn(node);
}

void SchedulerCore::State::On(const NodeGone& event) {
  // Slots first: they are accounted on the node, and may be the last thing that keeps it known.
  const model::NodeIndex node = model_.Nodes().Find(event.name);
  if (node == model::kNoNode) return;
  LetGoOfRoomOn(node);
  LoseSlotsOn(node);
  model_.Nodes().Remove(event.name);
  volumes_changed_ = true;  // claims may be on their way to it
}

void SchedulerCore::State::On(const ResourceSynced& event) {
  const bool before = Synced();
  synced_.set(static_cast<std::size_t>(event.kind));
  if (!before && Synced()) ApplyFirstList();
}

/// Bound drivers bring the plans, then bound executors take the slots of the plans, and only then
/// pending pods are looked at.
void SchedulerCore::State::ApplyFirstList() {
  const auto stage = [](const api::Pod& pod) {
    if (pod.spec.node_name.empty()) return 2;
    return spark::IsExecutor(pod) ? 1 : 0;
  };
  const std::map<std::string, api::Pod> pods = std::exchange(first_list_, {});
  applying_first_list_ = true;
  for (int wanted = 0; wanted <= 2; ++wanted) {
    if (wanted == 2) GiveBackEndedSlots(pods);
    for (const auto& [uid, pod] : pods) {
      if (stage(pod) == wanted) ApplyPod(pod);
    }
  }
  RevalidateBrokenNodes();
  applying_first_list_ = false;
}

void SchedulerCore::State::On(const CallCompleted& event) {
  if (hints_.OnAnswer(event, now_)) return;
  const auto call = calls_.find(event.call);
  if (call == calls_.end()) return;
  const Call known = call->second;
  calls_.erase(call);
  Gang* gang = FindGang(known.uid);
  if (gang == nullptr) return;
  if (known.kind == CallKind::kMarkVictim || known.kind == CallKind::kDeleteVictim) {
    OnVictimCall(*gang, known, event.outcome);
  } else if (known.kind == CallKind::kBind) {
    OnBindOutcome(*gang, event.outcome);
  } else if (known.kind == CallKind::kVolume) {
    OnVolumeWritten(*gang, event.call, event.outcome);
  } else if (known.kind == CallKind::kPatch && event.outcome.result != CallResult::kOk) {
    gang->reported.reset();  // not written, as far as we know
    ArmTimer(now_ + std::chrono::seconds(10), TimerKind::kReport, known.uid);
  }
}

void SchedulerCore::State::On(const ConfigMapFetched& event) {
  const auto call = calls_.find(event.call);
  if (call == calls_.end()) return;
  const std::string uid = call->second.uid;
  calls_.erase(call);
  Gang* gang = FindGang(uid);
  if (gang != nullptr && gang->phase == GangPhase::kGathering) OnConfigMap(*gang, event);
}

void SchedulerCore::State::On(const CustomResourceFetched& event) {
  const auto call = calls_.find(event.call);
  if (call == calls_.end()) return;
  const std::string uid = call->second.uid;
  calls_.erase(call);
  Gang* gang = FindGang(uid);
  if (gang != nullptr && gang->phase == GangPhase::kGathering) OnSparkApplication(*gang, event);
}

void SchedulerCore::State::On(const PodFetched& event) {
  const auto call = calls_.find(event.call);
  if (call == calls_.end()) return;
  const std::string uid = call->second.uid;
  calls_.erase(call);
  Gang* gang = FindGang(uid);
  if (gang != nullptr && gang->phase == GangPhase::kBinding) OnResolved(*gang, event);
}

}  // namespace muster::core
