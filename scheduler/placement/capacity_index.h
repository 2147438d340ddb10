#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "scheduler/framework/profile.h"
#include "scheduler/placement/packing.h"
#include "scheduler/placement/rank_set.h"

namespace muster::placement {

/// More than any gang asks: capacities are not cut off at the gang's size, so that the packing can
/// tell a tight node from a roomy one.
inline constexpr std::int64_t kUnlimited = std::int64_t{1} << 31;

/// How many pods of one set each node can take, in order: roomiest first, equal ones by name. Kept
/// up to date by what has changed on the nodes, so that a gang costs what it touches and not the
/// size of the cluster. For filters that do not couple nodes.
/// Memory: 8 bytes a node, and a bit a node for each capacity that occurs.
class CapacityIndex {
 public:
  /// Follows the nodes to their present state. Cost: O(nodes touched since the last time), or
  /// O(nodes) the first time and when the set of nodes has changed.
  void Refresh(const model::ClusterModel& model, const framework::PreparedFilters& filters);

  std::int64_t CapacityOf(model::NodeIndex node) const { return capacity_[node]; }
  /// Places in the whole cluster.
  std::int64_t Total() const { return total_; }

  /// Fills `count` pods, or as many as there are places, into the nodes: the preferred ones first,
  /// in their order and each named once; then the roomiest; and at the end the tightest that takes
  /// all that is left. Cost: O(nodes that are filled).
  std::vector<Filled> Fill(std::span<const model::NodeIndex> preferred, std::int64_t count) const;

  enum class Order { kRoomiest, kTightest };  // equal ones by name in both
  /// Of the nodes that take any, the first in this order. Cost: O(limit).
  std::vector<model::NodeIndex> First(Order order, std::size_t limit) const;

 private:
  /// Capacities from this on share one place in the order.
  static constexpr std::int64_t kOrderMax = 1023;

  /// A node in the order.
  struct Position {
    std::uint32_t place = 0;  // in by_capacity_
    std::uint32_t rank = 0;   // of its name
  };
  std::optional<Position> Next(std::optional<Position> position, Order order) const;
  /// kNoNode when none that is not filled does.
  model::NodeIndex TightestThatTakes(std::int64_t count, const std::vector<Filled>& filled) const;

  void Rebuild(const model::ClusterModel& model, const framework::PreparedFilters& filters);
  void Enter(model::NodeIndex node, std::int64_t capacity);
  void Leave(model::NodeIndex node);

  std::vector<std::int64_t> capacity_;  // by NodeIndex
  /// Nodes that take min(i, kOrderMax), as the ranks of their names. Empty for 0.
  std::vector<RankSet> by_capacity_;
  RankSet occurring_;  // the i of by_capacity_ that are not empty
  std::int64_t total_ = 0;
  std::optional<std::uint64_t> version_;  // of the nodes; absent: never built
  std::vector<std::uint32_t> ranks_;
  std::vector<model::NodeIndex> by_name_;
};

}  // namespace muster::placement
