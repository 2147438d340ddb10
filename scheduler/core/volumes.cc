// Claims that wait for a first consumer: once their pod has its node, a provisioner is told or a
// volume is kept for them, and the pod is bound when they are. Source: kube-scheduler 1.36,
// plugins/volumebinding/binder.go, BindPodVolumes.

#include <algorithm>
#include <utility>

#include "scheduler/core/state.h"

namespace muster::core {
namespace {

using namespace std::chrono_literals;
using gang::GangPhase;
using gang::VolumeBinding;

// kube-scheduler's bindTimeoutSeconds.
constexpr Duration kVolumesMax = 600s;

bool HasClaims(const api::PodSpec& spec) {
  return std::any_of(spec.volumes.begin(), spec.volumes.end(), [](const api::Volume& volume) {
    return volume.type == api::VolumeType::kPersistentVolumeClaim ||
           volume.type == api::VolumeType::kEphemeral;
  });
}

std::string SelectedNodeOf(const api::PersistentVolumeClaim& claim) {
  const auto annotation = claim.metadata.annotations.find(api::kSelectedNodeAnnotation);
  return annotation == claim.metadata.annotations.end() ? "" : annotation->second;
}

}  // namespace

/// Leaves the gang in BindingVolumes when something must be bound first.
void SchedulerCore::State::StartBindingVolumes(Gang& gang, model::NodeIndex node) {
  gang.volume_bindings.clear();
  if (!HasClaims(gang.anchor.spec)) return;
  const framework::PodSetView view{gang.anchor, *gang.anchor_info};
  const framework::PreparedFilters filters(profile_, view, model_);
  for (framework::ClaimBinding& needed : filters.ClaimBindings(model_, node)) {
    gang.volume_bindings.push_back(
        {std::move(needed.claim), std::move(needed.volume), "", 0, false});
  }
  if (gang.volume_bindings.empty()) return;
  gang.phase = GangPhase::kBindingVolumes;
  binding_volumes_.insert(gang.Uid());
  ArmTimer(now_ + kVolumesMax, TimerKind::kVolumes, gang.Uid());
  for (VolumeBinding& binding : gang.volume_bindings) WriteVolumeBinding(gang, binding);
  volumes_changed_ = true;  // everything may be written already
}

/// Writes what has not been written, and assumes it from now on.
void SchedulerCore::State::WriteVolumeBinding(Gang& gang, VolumeBinding& binding) {
  model::StorageTable& storage = model_.Storage();
  const api::ObjectMeta& claim = storage.FindClaim(binding.claim)->metadata;
  if (binding.volume.empty()) {
    binding.is_written = SelectedNodeOf(*storage.FindClaim(binding.claim)) == gang.binding.node;
    storage.AssumeNode(binding.claim, gang.binding.node);
    if (binding.is_written) return;
    binding.written_at = claim.resource_version;
    binding.call = NewCall(CallKind::kVolume, gang.Uid());
    effects_.push_back(SelectNode{binding.call, binding.claim, claim.uid, claim.resource_version,
                                  gang.binding.node});
    return;
  }
  const api::PersistentVolume& volume = *storage.FindVolume(binding.volume);
  const api::ClaimReference wanted{claim.namespace_name, claim.name, claim.uid};
  binding.is_written = volume.claim == wanted;
  storage.AssumeClaim(binding.volume, wanted);
  if (binding.is_written) return;
  binding.written_at = volume.metadata.resource_version;
  binding.call = NewCall(CallKind::kVolume, gang.Uid());
  effects_.push_back(KeepVolume{binding.call, binding.volume, volume.metadata.uid,
                                volume.metadata.resource_version, wanted,
                                volume.claim.has_value()});
}

void SchedulerCore::State::OnVolumeWritten(Gang& gang, CallId call, const CallOutcome& outcome) {
  const auto binding = std::find_if(gang.volume_bindings.begin(), gang.volume_bindings.end(),
                                    [call](const VolumeBinding& one) { return one.call == call; });
  if (gang.phase != GangPhase::kBindingVolumes || binding == gang.volume_bindings.end()) return;
  if (outcome.result == CallResult::kUnknown) return;  // the watch tells, or the time runs out
  if (outcome.result != CallResult::kOk) {
    GiveUpVolumes(gang, outcome.message);
    return;
  }
  binding->is_written = true;
  FollowVolumes(gang);
}

/// Looks at all that wait, when something about volumes or nodes has changed.
void SchedulerCore::State::FollowVolumes() {
  if (!std::exchange(volumes_changed_, false)) return;
  const std::set<std::string> waiting = binding_volumes_;
  for (const std::string& uid : waiting) {
    if (Gang* gang = FindGang(uid)) FollowVolumes(*gang);
  }
}

void SchedulerCore::State::FollowVolumes(Gang& gang) {
  if (gang.phase != GangPhase::kBindingVolumes) return;
  const model::NodeIndex node = model_.Nodes().Find(gang.binding.node);
  if (node == model::kNoNode || !model_.Nodes().IsPresent(node)) {
    GiveUpVolumes(gang, "node \"" + gang.binding.node + "\" not found");
    return;
  }
  bool all_bound = true;
  for (const VolumeBinding& binding : gang.volume_bindings) {
    std::string problem;
    if (!IsVolumeBound(gang, binding, problem)) all_bound = false;
    if (problem.empty()) continue;
    GiveUpVolumes(gang, problem);
    return;
  }
  if (all_bound) {
    ForgetVolumes(gang);
    SendBind(gang);
  } else if (now_ >= gang.binding.sent_at + kVolumesMax) {
    GiveUpVolumes(gang, "context deadline exceeded");
  }
}

/// `problem` says why it will not come to that. What was written is visible in every version but
/// the one on which the write was based, so that its absence there is an answer: a provisioner that
/// cannot make a volume takes the annotation away.
bool SchedulerCore::State::IsVolumeBound(const Gang& gang, const VolumeBinding& binding,
                                         std::string& problem) {
  const model::StorageTable& storage = model_.Storage();
  const api::PersistentVolumeClaim* claim = storage.FindClaim(binding.claim);
  if (claim == nullptr) {
    problem = "persistentvolumeclaim \"" + binding.claim.name + "\" not found";
    return false;
  }
  if (api::IsFullyBound(*claim)) return true;
  if (binding.volume.empty()) {
    const bool shows_write =
        binding.is_written && claim->metadata.resource_version != binding.written_at;
    if (shows_write && SelectedNodeOf(*claim) != gang.binding.node) {
      problem = "provisioning failed for PVC \"" + binding.claim.name + "\"";
    }
    return false;
  }
  const api::PersistentVolume* volume = storage.FindVolume(binding.volume);
  if (volume == nullptr) {
    problem = "persistentvolume \"" + binding.volume + "\" not found";
  } else if (binding.is_written && volume->metadata.resource_version != binding.written_at &&
             (!volume->claim || volume->claim->uid.empty())) {
    problem = "ClaimRef got reset for pv \"" + binding.volume + "\"";
  }
  return false;
}

void SchedulerCore::State::GiveUpVolumes(Gang& gang, const std::string& why) {
  OnNotBound(gang, "running PreBind plugin \"VolumeBinding\": binding volumes: " + why);
}

void SchedulerCore::State::ForgetVolumes(Gang& gang) {
  for (const VolumeBinding& binding : std::exchange(gang.volume_bindings, {})) {
    if (binding.volume.empty()) {
      model_.Storage().ForgetAssumedNode(binding.claim);
    } else {
      model_.Storage().ForgetAssumedClaim(binding.volume);
    }
  }
  binding_volumes_.erase(gang.Uid());
}

}  // namespace muster::core
