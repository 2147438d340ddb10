#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/model/change_log.h"
#include "scheduler/model/image_table.h"
#include "scheduler/model/resource_vector.h"

namespace muster::model {

/// The nodes of the cluster, a column per property.
/// A node that was deleted, or that a pod names before it was seen, stays as a *ghost* for as long
/// as pods or slots are accounted on it: it takes part in nothing but the accounting. Invariant:
/// Requested(i) is the sum over all pods and empty slots placed on i. Ownership: copies what it
/// keeps. Threading: one thread.
class NodeTable {
 public:
  /// Adds a node or takes over its new state. Returns true when something that placement reads has
  /// changed: labels, taints, allocatable, unschedulable, or that it was not there. Images change
  /// no verdict, only scores.
  bool Upsert(const api::Node& node, ResourceNames& names);
  /// Makes the node a ghost. Returns its index, or kNoNode when it was not there.
  NodeIndex Remove(std::string_view name);

  /// kNoNode when no such node or ghost exists.
  NodeIndex Find(std::string_view name) const;
  /// The node's index; an unknown name becomes a ghost.
  NodeIndex FindOrAddGhost(std::string_view name);

  /// Accounts `count` such pods on the node; negative gives back. Forgets a ghost that is empty
  /// then.
  void Account(NodeIndex node, const ResourceVector& amounts, const NonZeroRequests& non_zero,
               std::int64_t count);

  /// Takes everything off all nodes; ghosts are forgotten.
  void ForgetAccounting();

  /// What NodeResourcesFit scans: allocatable minus requested of all nodes, negative where a node
  /// is over-committed. Whole numbers below 2^53; what is beyond fits nowhere either way.
  struct FreeColumns {
    std::vector<double> cpu;  // milli
    std::vector<double> memory;
    std::vector<double> ephemeral_storage;
    std::vector<double> pods;
  };
  const FreeColumns& FreeByColumn() const { return free_; }

  /// Counts everything that has happened to the nodes: what placement reads of them, and what is
  /// accounted on them.
  std::uint64_t Version() const { return touched_.Version(); }
  /// The nodes touched since a version; nullopt also when the set of nodes has changed.
  std::optional<std::span<const NodeIndex>> TouchedSince(std::uint64_t version) const {
    return touched_.Since(version);
  }

  /// Which nodes have come, gone, or changed in what they are (labels, taints, allocatable,
  /// unschedulable), whatever runs on them.
  const ChangeLog& DescriptionChanges() const { return described_; }

  /// The nodes, ghosts included, in the order of their names, and each node's place in it. Valid
  /// until a node is added or forgotten. Cost: O(nodes) after that, else nothing.
  const std::vector<NodeIndex>& ByName() const { return by_name_; }
  const std::vector<std::uint32_t>& NameRanks() const;

  /// Number of columns, ghosts and holes included: the bound for walks.
  NodeIndex Size() const { return static_cast<NodeIndex>(names_.size()); }
  /// Number of nodes that exist.
  std::size_t PresentCount() const { return present_count_; }
  /// Number of nodes with a taint PreferNoSchedule.
  std::size_t CountWithPreferNoSchedule() const { return prefer_no_schedule_count_; }
  bool IsPresent(NodeIndex node) const { return present_[node] != 0; }

  const std::string& Name(NodeIndex node) const { return names_[node]; }
  const api::StringMap& Labels(NodeIndex node) const { return labels_[node]; }
  const std::vector<api::Taint>& Taints(NodeIndex node) const { return taints_[node]; }
  bool IsUnschedulable(NodeIndex node) const { return unschedulable_[node] != 0; }
  const ResourceVector& Allocatable(NodeIndex node) const { return allocatable_[node]; }
  const ResourceVector& Requested(NodeIndex node) const { return requested_[node]; }
  /// The sum over the same pods, for scores.
  const NonZeroRequests& NonZeroRequested(NodeIndex node) const { return non_zero_[node]; }
  const ImageTable& Images() const { return images_; }
  /// Allocatable minus requested; negative where others have over-committed the node.
  ResourceVector Free(NodeIndex node) const {
    return Difference(allocatable_[node], requested_[node]);
  }

 private:
  NodeIndex Add(std::string_view name);
  std::size_t EntriesMax() const;
  std::vector<NodeIndex>::iterator PlaceByName(std::string_view name);
  void UpdateFree(NodeIndex node);
  void SetTaints(NodeIndex node, const std::vector<api::Taint>& taints);
  void ForgetIfEmptyGhost(NodeIndex node);

  std::vector<std::string> names_;  // "" marks a hole
  std::vector<std::uint8_t> present_;
  std::vector<std::uint8_t> unschedulable_;
  std::vector<api::StringMap> labels_;
  std::vector<std::vector<api::Taint>> taints_;
  std::vector<ResourceVector> allocatable_;
  std::vector<ResourceVector> requested_;
  std::vector<NonZeroRequests> non_zero_;
  FreeColumns free_;
  ImageTable images_;
  std::vector<NodeIndex> holes_;
  std::vector<NodeIndex> by_name_;
  mutable std::vector<std::uint32_t> name_ranks_;  // by NodeIndex; empty: to be worked out
  ChangeLog touched_;
  ChangeLog described_;
  absl::flat_hash_map<std::string, NodeIndex> index_;  // lookup only
  std::size_t present_count_ = 0;
  std::size_t prefer_no_schedule_count_ = 0;
};

}  // namespace muster::model
