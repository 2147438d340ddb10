#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/framework/pod_set_key.h"
#include "scheduler/model/cluster_model.h"

/// The extension points. A plugin judges the nodes for one pod set at a time: identical pods are
/// judged once, however many they are.
namespace muster::framework {

/// One pod set as plugins see it. Borrowed: valid while the filter made from it is used.
struct PodSetView {
  /// One pod of the set. Without UID and name where the pods do not exist yet.
  const api::Pod& pod;
  const model::PodInfo& info;
  /// The other sets that are placed in the same attempt: the driver beside its executors.
  std::span<const model::PodInfoPtr> companions = {};
};

/// Why a node refused: kube-scheduler's words. `resolvable` says that evicting pods could help.
struct Refusal {
  std::string reason;
  bool resolvable = true;
};

/// A claim that must be bound before its pod: to this volume, or, without a name, to one that a
/// provisioner makes for the node.
struct ClaimBinding {
  api::NamespacedName claim;
  std::string volume;
};

/// One plugin's judgement of the nodes for one pod set.
class NodeFilter {
 public:
  virtual ~NodeFilter() = default;

  /// Set when no node can take a pod of the set, whatever they are: kube-scheduler's PreFilter
  /// rejects it. The other functions are not called then.
  virtual std::optional<Refusal> RefusesEverywhere() const { return std::nullopt; }

  /// The names, sorted, of the only nodes that can take a pod of the set, where the pod itself
  /// names them; null: any. A subset of what LimitCapacity leaves is wrong, a superset is not. Only
  /// the diagnosis asks: other filters are silent about the rest of the nodes, as in kube-scheduler
  /// (PreFilterResult).
  virtual const std::vector<std::string>* OnlyNodes() const { return nullptr; }

  /// Lowers capacity[i] to the number of pods of the set that node first+i can take on top of what
  /// is there now, as far as this plugin is concerned and if no other node changes; 0 refuses the
  /// node. Never raises it. Called for all nodes at once when a placement starts, and for single
  /// ones while it tries; nodes with capacity 0 need not be judged. Cost: O(capacity.size()).
  virtual void LimitCapacity(const model::ClusterModel& model, model::NodeIndex first,
                             std::span<std::int64_t> capacity) const = 0;

  /// Appends why the node refuses a pod of the set; nothing when it does not. Called only for the
  /// diagnosis, after a placement has failed. Must agree with LimitCapacity.
  virtual void Explain(const model::ClusterModel& model, model::NodeIndex node,
                       std::vector<Refusal>& refusals) const = 0;

  /// True when a pod of the gang on one node changes what another node can take: zones to spread
  /// over, affinity, shared volumes. The gang is then placed step by step.
  virtual bool CouplesNodes() const { return false; }

  /// True when the filter keeps counters of its own that pods of the gang change, also where these
  /// count for their own node only.
  virtual bool FollowsPlacement() const { return CouplesNodes(); }

  /// `count` pods of the gang, of this set or another, have been placed on the node since Prepare;
  /// negative: taken back. The model shows it already. Called only where FollowsPlacement.
  virtual void OnPlaced(const model::ClusterModel& /*model*/, model::NodeIndex /*node*/,
                        const model::PodInfo& /*pods*/, std::int64_t /*count*/) {}

  /// Appends what must be bound first when the pod, which exists, goes to the node:
  /// kube-scheduler's Reserve. The pod itself may be in the model already.
  virtual void AddClaimBindings(const model::ClusterModel& /*model*/, model::NodeIndex /*node*/,
                                std::vector<ClaimBinding>& /*bindings*/) const {}
};

/// A rule about which nodes a pod may run on.
class FilterPlugin {
 public:
  virtual ~FilterPlugin() = default;
  virtual std::string_view Name() const = 0;

  /// Prepares the rule for one pod set on the cluster as it is now; nullptr when it has nothing to
  /// say about it, so that it costs nothing. What can be worked out once per pod set is worked out
  /// here. The pods of the set and its companions are not in the model yet.
  virtual std::unique_ptr<NodeFilter> Prepare(const PodSetView& pod_set,
                                              const model::ClusterModel& model) const = 0;

  /// Adds all that the judgement of a node depends on beside what the model says of that one node,
  /// and returns true: pod sets with equal keys are then judged alike on every node, for as long as
  /// their keys stay equal, and their filter is kept. False when there is no such key, because
  /// other nodes or pods elsewhere matter; the set is then judged anew each time.
  virtual bool AddToKey(const PodSetView& /*pod_set*/, const model::ClusterModel& /*model*/,
                        PodSetKey& /*key*/) const {
    return false;
  }
};

}  // namespace muster::framework
