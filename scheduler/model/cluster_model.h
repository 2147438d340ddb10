#pragma once

#include <absl/container/node_hash_map.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/model/namespace_table.h"
#include "scheduler/model/node_table.h"
#include "scheduler/model/pod_info.h"
#include "scheduler/model/resource_vector.h"
#include "scheduler/model/storage_table.h"
#include "scheduler/model/workload_selectors.h"

namespace muster::model {

/// A pod on a node, whoever scheduled it.
struct PlacedPod {
  std::string uid;
  NodeIndex node = kNoNode;
  PodInfoPtr info;
};

/// Identical pods on a node: one that exists, or `count` places held for pods that do not yet.
struct PodsOnNode {
  PodInfoPtr info;
  std::int64_t count = 1;
  const PlacedPod* pod = nullptr;  // null for held places
};

/// Required anti-affinity of pods of a namespace: all their terms.
struct AntiAffinity {
  std::string namespace_name;
  std::vector<api::PodAffinityTerm> terms;
  auto operator<=>(const AntiAffinity&) const = default;
};

/// The cluster as placement sees it: its nodes, and which pods are on which node, whoever scheduled
/// them. Empty slots count as pods that are held places.
/// Invariant: what NodeTable has accounted on a node is the sum over PodsOn(node).
/// Threading: one thread.
class ClusterModel {
 public:
  ClusterModel() = default;
  ~ClusterModel() = default;
  ClusterModel(ClusterModel&&) = default;
  ClusterModel& operator=(ClusterModel&&) = default;
  ClusterModel(const ClusterModel&) = delete;
  ClusterModel& operator=(const ClusterModel&) = delete;

  NodeTable& Nodes() { return nodes_; }
  const NodeTable& Nodes() const { return nodes_; }
  ResourceNames& Names() { return names_; }
  const ResourceNames& Names() const { return names_; }
  StorageTable& Storage() { return *storage_; }
  const StorageTable& Storage() const { return *storage_; }
  NamespaceTable& Namespaces() { return *namespaces_; }
  const NamespaceTable& Namespaces() const { return *namespaces_; }
  DisruptionBudgets& Budgets() { return *budgets_; }
  const DisruptionBudgets& Budgets() const { return *budgets_; }
  WorkloadSelectors& Workloads() { return *workloads_; }
  const WorkloadSelectors& Workloads() const { return *workloads_; }

  enum class Change {
    kNothing,      // as it was
    kAppearance,   // takes the same from the same node, but shows something else to others
    kPlaceOrSize,  // is new on this node, has moved, or takes something else
  };
  /// Puts a pod on a node: bound, or about to be. Placing it again moves or changes it.
  Change PlacePod(std::string_view uid, NodeIndex node, PodInfoPtr info);
  /// Takes the pod off. Returns its node, or kNoNode when it was on none.
  NodeIndex RemovePod(std::string_view uid);
  /// kNoNode when the pod is on no node.
  NodeIndex NodeOfPod(std::string_view uid) const;
  const PlacedPod* FindPod(std::string_view uid) const;

  /// Holds `count` places for such pods on the node; a negative count gives them back.
  void HoldPlaces(NodeIndex node, const PodInfoPtr& info, std::int64_t count);

  /// The pods and held places of a node, in no order that means anything.
  std::span<const PodsOnNode> PodsOn(NodeIndex node) const;
  /// What keeps other pods away from the topology domain of pods that are placed, with the number
  /// of those pods: few, because the pods of a workload share one.
  const std::map<AntiAffinity, std::int64_t>& RequiredAntiAffinities() const {
    return required_anti_affinities_;
  }
  /// True when a pod with one of them is on the node.
  bool HasRequiredAntiAffinityOn(NodeIndex node) const {
    return node < required_anti_affinity_on_.size() && required_anti_affinity_on_[node] > 0;
  }

  /// Pods and held places on the node that want to be near others or away from them.
  std::int64_t CountWithAffinityOn(NodeIndex node) const;
  /// The same on all nodes.
  std::int64_t CountWithAffinity() const { return with_affinity_; }
  /// The lowest priority of the pods that exist; absent when there are none.
  std::optional<std::int32_t> LowestPriority() const;

  /// The same nodes with nothing on them. Cost: copies the node table; the tables beside it are
  /// shared with this model.
  ClusterModel WithoutPods() const;
  std::size_t PlacedPodCount() const { return pods_.size(); }

 private:
  void Put(NodeIndex node, const PodInfoPtr& info, std::int64_t count, const PlacedPod* pod);
  void Take(NodeIndex node, const PodInfoPtr& info, std::int64_t count, const PlacedPod* pod);
  void CountAffinity(NodeIndex node, const PodInfo& info, std::int64_t count);

  NodeTable nodes_;
  ResourceNames names_;
  // Shared with WithoutPods(), which is read and thrown away.
  std::shared_ptr<StorageTable> storage_ = std::make_shared<StorageTable>();
  std::shared_ptr<NamespaceTable> namespaces_ = std::make_shared<NamespaceTable>();
  std::shared_ptr<DisruptionBudgets> budgets_ = std::make_shared<DisruptionBudgets>();
  std::shared_ptr<WorkloadSelectors> workloads_ = std::make_shared<WorkloadSelectors>();
  /// By UID, lookup only; its entries do not move, and pods_on_ points to them.
  absl::node_hash_map<std::string, PlacedPod> pods_;
  std::vector<std::vector<PodsOnNode>> pods_on_;  // by NodeIndex, as far as it was needed
  std::map<AntiAffinity, std::int64_t> required_anti_affinities_;
  std::vector<std::int64_t> required_anti_affinity_on_;  // by NodeIndex, as pods_on_
  std::vector<std::int64_t> with_affinity_on_;           // the same
  std::int64_t with_affinity_ = 0;
  std::map<std::int32_t, std::int64_t> pods_by_priority_;  // of the pods that exist
};

}  // namespace muster::model
