#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "scheduler/framework/profile.h"
#include "scheduler/placement/domain_order.h"
#include "scheduler/topology/topology_tree.h"

namespace muster::placement {

/// More than any gang asks: capacities are not cut off at the gang's size, so that the packing can
/// tell a tight node from a roomy one.
inline constexpr std::int64_t kUnlimited = std::int64_t{1} << 31;

/// A part of the cluster in which a gang may be placed: a domain of a level of the topology tree,
/// or all of it.
struct Scope {
  std::optional<std::size_t> level;  // absent: the whole cluster
  topology::DomainIndex domain = 0;
  bool IsWhole() const { return !level.has_value(); }

  /// No node is in it.
  static Scope Nowhere() { return {0, topology::kNoDomain - 1}; }
  bool IsNowhere() const { return domain == topology::kNoDomain - 1; }
};

/// How many pods of one set each node can take, in the order of packing, for the whole cluster and
/// for each of its topology domains. Kept up to date by what has changed on the nodes, so that a
/// gang costs what it touches and not the size of the cluster. For filters that do not couple
/// nodes. Memory: 20 bytes a node, and for each level that was asked for its order what DomainOrder
/// takes. Threading: one thread, const functions too: orders are made when they are asked for.
class CapacityIndex {
 public:
  /// Follows the nodes to their present state; `tree` must be up to date. Cost: O(nodes touched
  /// since the last time x levels), or O(nodes x levels) the first time and when nodes have come,
  /// gone or changed in what they are.
  void Refresh(const model::ClusterModel& model, const framework::PreparedFilters& filters,
               const topology::TopologyTree& tree, const model::ResourceVector& pod_amounts);

  std::int64_t CapacityOf(model::NodeIndex node) const { return capacity_[node]; }
  /// How many the node would take if it were empty, as far as its amounts tell.
  std::int64_t SizeOf(model::NodeIndex node) const { return size_[node]; }

  /// Levels that divide the cluster in more than one way, the widest first. The finest of all, one
  /// domain for each node, is left out: packing tries single nodes by itself.
  std::span<const std::size_t> Levels() const { return levels_; }
  /// Places in a scope. Requires: the level is one of Levels().
  std::int64_t Places(const Scope& scope) const { return DivisionOf(scope).places[scope.domain]; }
  topology::DomainIndex DomainCount(std::size_t level) const {
    return static_cast<topology::DomainIndex>(DivisionOf({level, 0}).places.size());
  }

  /// As placement::PlanFill, among the nodes of the scope. Cost: O(nodes filled x rooms).
  PackingPlan Plan(const Scope& scope, std::int64_t count, PackingWeights weights) const;

  /// The node of the scope with the best value that takes all of them.
  std::optional<Candidate> HolderOf(const Scope& scope, std::int64_t count) const;

  /// Of the nodes that take any, those with the least room; equal ones by size, then name.
  template <class Visit>  // bool(NodeIndex): false to stop
  void WalkTightest(const Scope& scope, Visit visit) const {
    OrderOf(scope).WalkTightest(scope.domain, visit);
  }

 private:
  /// The whole cluster, or a level of the tree.
  struct Division {
    /// The tree's, which stays where it is until nodes come or domains change; then all of this is
    /// made anew. Empty: all are in domain 0.
    std::span<const topology::DomainIndex> domain_of;
    std::vector<std::int64_t> places;          // by domain
    mutable std::optional<DomainOrder> order;  // absent: nobody has asked for it

    void AddPlaces(model::NodeIndex node, std::int64_t count);
  };

  void Rebuild(const model::ClusterModel& model, const framework::PreparedFilters& filters,
               const topology::TopologyTree& tree, const model::ResourceVector& pod_amounts);
  std::vector<model::NodeIndex> MeasureNodes(const model::NodeTable& nodes,
                                             const model::ResourceVector& pod_amounts);
  void SetCapacity(model::NodeIndex node, std::int64_t capacity);
  void AddDivision(std::span<const topology::DomainIndex> domain_of,
                   topology::DomainIndex domain_count);
  void CountRoom(std::int64_t room);
  const Division& DivisionOf(const Scope& scope) const;
  const DomainOrder& OrderOf(const Scope& scope) const;

  std::vector<std::int64_t> capacity_;     // by NodeIndex
  std::vector<std::int64_t> size_;         // by NodeIndex
  std::vector<model::NodeIndex> by_size_;  // nodes by size, then name
  std::vector<std::size_t> levels_;
  std::vector<Division> divisions_;             // the whole cluster, then levels_
  std::vector<std::uint32_t> nodes_with_room_;  // by class of room
  RankSet rooms_;                               // that some node has
  std::optional<std::uint64_t> version_;        // of the nodes; absent: never built
  std::optional<std::uint64_t> tree_version_;
};

}  // namespace muster::placement
