#pragma once

#include <absl/container/flat_hash_map.h>

#include <memory>
#include <string>
#include <string_view>

#include "scheduler/model/namespace_table.h"
#include "scheduler/model/node_table.h"
#include "scheduler/model/resource_vector.h"
#include "scheduler/model/storage_table.h"

namespace muster::model {

/// The cluster as placement sees it: its nodes, and which pod takes what from which node, whoever
/// scheduled it. Empty slots are accounted on the nodes by Statement and by their gang.
/// Threading: one thread.
class ClusterModel {
 public:
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

  /// Accounts a pod on a node: bound, or about to be. Placing it again moves or resizes it.
  /// Returns true when something changed.
  bool PlacePod(std::string_view uid, NodeIndex node, const ResourceVector& amounts);
  /// Gives back what the pod took. Returns its node, or kNoNode when it was on none.
  NodeIndex RemovePod(std::string_view uid);
  /// kNoNode when the pod is on no node.
  NodeIndex NodeOfPod(std::string_view uid) const;
  /// The same nodes with nothing on them. Cost: copies the node table; the tables beside it are
  /// shared with this model.
  ClusterModel WithoutPods() const;
  std::size_t PlacedPodCount() const { return pods_.size(); }

 private:
  struct PlacedPod {
    NodeIndex node = kNoNode;
    ResourceVector amounts;
  };

  NodeTable nodes_;
  ResourceNames names_;
  // Shared with WithoutPods(), which is read and thrown away.
  std::shared_ptr<StorageTable> storage_ = std::make_shared<StorageTable>();
  std::shared_ptr<NamespaceTable> namespaces_ = std::make_shared<NamespaceTable>();
  std::shared_ptr<DisruptionBudgets> budgets_ = std::make_shared<DisruptionBudgets>();
  absl::flat_hash_map<std::string, PlacedPod> pods_;  // by UID, lookup only
};

}  // namespace muster::model
