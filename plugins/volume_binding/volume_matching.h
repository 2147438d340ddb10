#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scheduler/model/cluster_model.h"

/// Which volume a claim that waits for its first consumer would get on a node.
/// Source: k8s.io/component-helpers storage/volume/pv_helpers.go, FindMatchingVolume;
/// kube-scheduler 1.36, plugins/volumebinding/binder.go. Threading: pure functions.
namespace muster::plugins {

/// A claim to be bound: one that exists, or one that will be made for a pod.
struct WaitingClaim {
  const api::PersistentVolumeClaim* claim = nullptr;  // null for one that will be made
  api::PersistentVolumeClaimSpec spec;
  std::string class_name;
};

/// Names of volumes that must not be given out again.
using TakenVolumes = std::set<std::string, std::less<>>;

/// True when the volume can be reached from a node with these labels.
bool IsReachable(const std::optional<std::vector<api::NodeSelectorTerm>>& node_affinity,
                 const api::StringMap& node_labels);

/// The volume kept for the claim, else the smallest that suits it, ties by name; nullptr when there
/// is none on this node. Cost: O(volumes of the class).
const api::PersistentVolume* FindMatchingVolume(const WaitingClaim& waiting,
                                                const model::ClusterModel& model,
                                                model::NodeIndex node, const TakenVolumes& taken);

/// What would be done for the claims of one pod on a node, and why not.
struct VolumePlan {
  struct Match {
    const WaitingClaim* claim = nullptr;
    const api::PersistentVolume* volume = nullptr;
  };
  std::vector<Match> matches;
  std::vector<const WaitingClaim*> to_provision;
  bool finds_volumes = true;
  bool has_enough_storage = true;
};

/// Smallest claim first. `claims` is borrowed by the result.
VolumePlan PlanVolumes(const std::vector<WaitingClaim>& claims, const model::ClusterModel& model,
                       model::NodeIndex node, const TakenVolumes& taken);

/// The class of claims without one is filled in by the API server: this is what it would be.
std::string ClassOfMadeClaim(const api::PersistentVolumeClaimSpec& spec,
                             const model::StorageTable& storage);

}  // namespace muster::plugins
