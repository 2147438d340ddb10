#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scheduler/model/node_table.h"
#include "scheduler/topology/packing_policy.h"

namespace muster::topology {

/// A domain of one level. Numbers mean nothing but identity: they depend on the order in which
/// domains were seen, so ties between domains end in names.
using DomainIndex = std::uint32_t;
inline constexpr DomainIndex kNoDomain = UINT32_MAX;

/// Which nodes are near each other: for each level (region, zone, rack, ...) the domain of each
/// node, from the nodes' labels. A node without the label of a level is in no domain of it.
/// Kept by plain columns: the tree is only ever asked for the domain of a node, and a graph library
/// has nothing to add to that (adr/0006). Threading: one thread.
class TopologyTree {
 public:
  explicit TopologyTree(TopologySettings settings) : settings_(std::move(settings)) {
    levels_.resize(settings_.levels.size());
  }

  /// Follows the nodes to their present state. Cost: O(nodes that have changed in what they are);
  /// O(nodes) the first time.
  void Refresh(const model::NodeTable& nodes);
  /// Changes whenever some node has another domain than before.
  std::uint64_t Version() const { return version_; }

  const TopologySettings& Settings() const { return settings_; }
  std::size_t LevelCount() const { return levels_.size(); }
  std::optional<std::size_t> FindLevel(std::string_view label) const;

  /// Domains seen so far; some may have lost their last node.
  DomainIndex DomainCount(std::size_t level) const {
    return static_cast<DomainIndex>(levels_[level].names.size());
  }
  DomainIndex DomainOf(std::size_t level, model::NodeIndex node) const {
    return levels_[level].of_node[node];
  }
  const std::vector<DomainIndex>& Domains(std::size_t level) const {
    return levels_[level].of_node;
  }
  /// The value of the level's label.
  const std::string& NameOf(std::size_t level, DomainIndex domain) const {
    return *levels_[level].names[domain];
  }
  /// Its place among the domains of the level, in the order of their names and those of the wider
  /// domains around them: what ties end in.
  std::uint32_t RankOf(std::size_t level, DomainIndex domain) const {
    return levels_[level].ranks[domain];
  }

  bool IsInterruptible(model::NodeIndex node) const { return interruptible_[node] != 0; }
  bool HasInterruptible() const { return interruptible_count_ > 0; }

 private:
  struct Level {
    std::vector<DomainIndex> of_node;
    std::map<std::vector<std::string>, DomainIndex> by_path;  // labels of all levels up to this
    std::vector<const std::string*> names;                    // by DomainIndex, in by_path
    std::vector<std::uint32_t> ranks;                         // by DomainIndex
  };

  void Look(const model::NodeTable& nodes, model::NodeIndex node);
  bool HasManyDeadDomains(std::size_t nodes) const;
  void RankDomains();

  TopologySettings settings_;
  std::vector<Level> levels_;
  std::vector<std::uint8_t> interruptible_;  // by NodeIndex
  std::int64_t interruptible_count_ = 0;
  std::uint64_t version_ = 0;
  std::optional<std::uint64_t> followed_;  // of the nodes; absent: never looked at
};

}  // namespace muster::topology
