#include "plugins/volume_binding/volume_matching.h"

#include <algorithm>
#include <functional>

#include "plugins/node_affinity/node_selector.h"
#include "plugins/volume_binding/storage_capacity.h"
#include "scheduler/model/selectors.h"

namespace muster::plugins {
namespace {

using api::PersistentVolume;

bool IsSameMode(const std::string& a, const std::string& b) {
  const auto is_file_system = [](const std::string& mode) {
    return mode.empty() || mode == "Filesystem";
  };
  return is_file_system(a) ? is_file_system(b) : a == b;
}

/// The volume is bound to the claim or kept for it; a claim that will be made has no volume yet.
bool IsFor(const api::ClaimReference& reference, const WaitingClaim& waiting) {
  if (waiting.claim == nullptr) return false;
  const api::ObjectMeta& claim = waiting.claim->metadata;
  return reference.name == claim.name && reference.namespace_name == claim.namespace_name &&
         (reference.uid.empty() || reference.uid == claim.uid);
}

bool HasModes(const PersistentVolume& volume, const std::vector<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& mode) {
    return std::find(volume.access_modes.begin(), volume.access_modes.end(), mode) !=
           volume.access_modes.end();
  });
}

Quantity CapacityOf(const PersistentVolume& volume) { return volume.capacity.value_or(Quantity()); }

/// What holds for a volume that was kept for the claim, too.
bool IsLargeEnoughAndAlike(const PersistentVolume& volume, const WaitingClaim& waiting) {
  return CapacityOf(volume) >= waiting.spec.storage_request.value_or(Quantity()) &&
         IsSameMode(volume.volume_mode, waiting.spec.volume_mode) &&
         volume.volume_attributes_class == waiting.spec.volume_attributes_class &&
         !volume.metadata.deletion_timestamp;
}

bool IsOffered(const PersistentVolume& volume, const WaitingClaim& waiting) {
  const auto& selector = waiting.spec.selector;
  return volume.phase == "Available" &&
         (!selector || model::Matches(*selector, volume.metadata.labels)) &&
         HasModes(volume, waiting.spec.access_modes);
}

bool MatchesTopology(const std::vector<api::TopologySelectorTerm>& terms,
                     const api::StringMap& labels) {
  if (terms.empty()) return true;
  return std::any_of(terms.begin(), terms.end(), [&](const api::TopologySelectorTerm& term) {
    const auto& requirements = term.match_label_expressions;
    return !requirements.empty() &&
           std::all_of(requirements.begin(), requirements.end(), [&](const auto& one) {
             return model::Meets({one.key, "In", one.values}, labels);
           });
  });
}

/// Judges the claims for which volumes must be made, in their order, up to the first that fails.
void JudgeProvisioning(const model::ClusterModel& model, model::NodeIndex node, VolumePlan& plan) {
  plan.finds_volumes = true;
  const api::StringMap& labels = model.Nodes().Labels(node);
  for (const WaitingClaim* waiting : plan.to_provision) {
    const api::StorageClass* storage_class = model.Storage().FindClass(waiting->class_name);
    if (storage_class == nullptr || storage_class->provisioner.empty() ||
        storage_class->provisioner == api::kNoProvisioner ||
        !MatchesTopology(storage_class->allowed_topologies, labels)) {
      plan.finds_volumes = false;
      return;
    }
    if (!HasCapacity(*waiting, *storage_class, model.Storage(), labels)) {
      plan.has_enough_storage = false;
      return;
    }
  }
}

}  // namespace

bool IsReachable(const std::optional<std::vector<api::NodeSelectorTerm>>& node_affinity,
                 const api::StringMap& node_labels) {
  if (!node_affinity) return true;
  // Only labels count: kube-scheduler hands no name in, and a requirement of a field is then met.
  return std::any_of(node_affinity->begin(), node_affinity->end(),
                     [&](const api::NodeSelectorTerm& term) {
                       if (term.match_expressions.empty()) return !term.match_fields.empty();
                       return MatchesAnyTerm({{term.match_expressions, {}}}, "", node_labels);
                     });
}

const PersistentVolume* FindMatchingVolume(const WaitingClaim& waiting,
                                           const model::ClusterModel& model, model::NodeIndex node,
                                           const TakenVolumes& taken) {
  const model::StorageTable& storage = model.Storage();
  const api::StringMap& labels = model.Nodes().Labels(node);
  const PersistentVolume* smallest = nullptr;
  for (const std::string& name : storage.VolumesOfClass(waiting.class_name)) {
    if (taken.contains(name)) continue;
    const PersistentVolume& volume = *storage.FindVolume(name);
    const auto reference = storage.ClaimOf(volume);
    const bool is_for_claim = reference && IsFor(*reference, waiting);
    if ((reference && !is_for_claim) || !IsLargeEnoughAndAlike(volume, waiting)) continue;
    if (is_for_claim) return IsReachable(volume.node_affinity, labels) ? &volume : nullptr;
    if (!IsOffered(volume, waiting)) continue;
    const bool is_smaller = smallest == nullptr || CapacityOf(volume) < CapacityOf(*smallest);
    if (is_smaller && IsReachable(volume.node_affinity, labels)) smallest = &volume;
  }
  return smallest;
}

VolumePlan PlanVolumes(const std::vector<WaitingClaim>& claims, const model::ClusterModel& model,
                       model::NodeIndex node, const TakenVolumes& taken) {
  VolumePlan plan;
  std::vector<const WaitingClaim*> to_match;
  for (const WaitingClaim& waiting : claims) {
    const auto selected =
        waiting.claim == nullptr ? std::nullopt : model.Storage().SelectedNode(*waiting.claim);
    if (!selected) {
      to_match.push_back(&waiting);
      continue;
    }
    if (*selected != model.Nodes().Name(node)) {
      plan.finds_volumes = false;
      return plan;
    }
    plan.to_provision.push_back(&waiting);
  }
  // The smallest first; equal ones as the pod lists them, which is the order of their addresses.
  std::sort(to_match.begin(), to_match.end(), [](const auto* a, const auto* b) {
    const Quantity asked_by_a = a->spec.storage_request.value_or(Quantity());
    const Quantity asked_by_b = b->spec.storage_request.value_or(Quantity());
    return asked_by_a < asked_by_b || (!(asked_by_b < asked_by_a) && std::less<>()(a, b));
  });
  TakenVolumes chosen = taken;
  for (const WaitingClaim* waiting : to_match) {
    const PersistentVolume* volume = FindMatchingVolume(*waiting, model, node, chosen);
    if (volume == nullptr) {
      plan.to_provision.push_back(waiting);
      continue;
    }
    chosen.insert(volume->metadata.name);
    plan.matches.push_back({waiting, volume});
  }
  JudgeProvisioning(model, node, plan);
  return plan;
}

std::string ClassOfMadeClaim(const api::PersistentVolumeClaimSpec& spec,
                             const model::StorageTable& storage) {
  if (spec.storage_class_name) return *spec.storage_class_name;
  const api::StorageClass* by_default = storage.DefaultClass();
  return by_default == nullptr ? "" : by_default->metadata.name;
}

}  // namespace muster::plugins
