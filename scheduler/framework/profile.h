#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/framework/plugin.h"
#include "scheduler/framework/score.h"

namespace muster::framework {

/// The plugins that judge the nodes, in the order in which kube-scheduler asks them: the first
/// filter that refuses a node gives the reason.
struct Profile {
  std::vector<std::unique_ptr<FilterPlugin>> filters;
  std::vector<WeightedScorePlugin> scores;

  /// The key under which the judgement of a pod set may be kept; nullopt when some plugin has none.
  /// Cost: O(plugins + what the pod asks for), no walk over nodes.
  std::optional<std::string> KeyOf(const PodSetView& pod_set,
                                   const model::ClusterModel& model) const;
};

/// All filters of a profile, prepared for one pod set on the cluster as it is.
/// Ownership: borrows the pod set and the plugins.
class PreparedFilters {
 public:
  PreparedFilters(const Profile& profile, const PodSetView& pod_set,
                  const model::ClusterModel& model);

  /// Set when no node can take a pod of the set: the reason of the first filter that no eviction
  /// can satisfy, else of the last one (kube-scheduler, framework/runtime, RunPreFilterPlugins).
  const std::optional<Refusal>& RefusedEverywhere() const { return refused_everywhere_; }

  /// How many pods of the set each node can take; 0 for nodes that are not there. `capacity` is
  /// resized to the model; at most `limit` a node.
  void Capacities(const model::ClusterModel& model, std::int64_t limit,
                  std::vector<std::int64_t>& capacity) const;

  /// The same for one node, as it is now.
  std::int64_t CapacityOf(const model::ClusterModel& model, model::NodeIndex node,
                          std::int64_t limit) const;

  /// The same in two parts, for sets that are placed step by step: what the rules that do not
  /// couple nodes leave, which a step changes for its own node only, and what the others take off
  /// it.
  void CapacitiesOfUncoupled(const model::ClusterModel& model, std::int64_t limit,
                             std::vector<std::int64_t>& capacity) const;
  std::int64_t CapacityOfUncoupled(const model::ClusterModel& model, model::NodeIndex node,
                                   std::int64_t limit) const;
  void LimitByCoupling(const model::ClusterModel& model, std::vector<std::int64_t>& capacity) const;

  /// The reasons of the first filter that refuses the node; empty when none does.
  std::vector<Refusal> Explain(const model::ClusterModel& model, model::NodeIndex node) const;

  /// True when a pod on one node changes what another can take.
  bool CoupleNodes() const { return !coupling_.empty(); }
  /// Tells the filters that follow placement; see NodeFilter::OnPlaced.
  void OnPlaced(const model::ClusterModel& model, model::NodeIndex node, const model::PodInfo& pods,
                std::int64_t count);

  /// What must be bound before the pod can be; see NodeFilter::AddClaimBindings.
  std::vector<ClaimBinding> ClaimBindings(const model::ClusterModel& model,
                                          model::NodeIndex node) const;

 private:
  bool KeepOnly(const std::vector<std::string>& nodes, std::string_view plugin);

  std::vector<std::unique_ptr<NodeFilter>> filters_;
  std::vector<NodeFilter*> uncoupled_;
  std::vector<NodeFilter*> coupling_;
  std::vector<NodeFilter*> following_;
  std::optional<Refusal> refused_everywhere_;
  /// The nodes that all filters leave which name theirs, and the names of their plugins.
  std::optional<std::vector<std::string>> only_nodes_;
  std::vector<std::string> naming_plugins_;
};

}  // namespace muster::framework
