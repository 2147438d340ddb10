#include "scheduler/placement/capacity_index.h"

#include <algorithm>

#include "scheduler/base/check.h"

namespace muster::placement {

using model::NodeIndex;

void CapacityIndex::Refresh(const model::ClusterModel& model,
                            const framework::PreparedFilters& filters,
                            const topology::TopologyTree& tree,
                            const model::ResourceVector& pod_amounts) {
  const model::NodeTable& nodes = model.Nodes();
  const bool is_new = !version_ || tree_version_ != tree.Version();
  const auto touched = is_new ? std::nullopt : nodes.TouchedSince(*version_);
  const auto has_other_size = [&](NodeIndex node) {
    return model::CountThatFit(nodes.Allocatable(node), pod_amounts, kUnlimited) != size_[node];
  };
  if (!touched || std::any_of(touched->begin(), touched->end(), has_other_size)) {
    Rebuild(model, filters, tree, pod_amounts);
  } else {
    for (NodeIndex node : *touched) {
      SetCapacity(node, filters.CapacityOf(model, node, kUnlimited));
    }
  }
  version_ = nodes.Version();
  tree_version_ = tree.Version();
}

void CapacityIndex::Rebuild(const model::ClusterModel& model,
                            const framework::PreparedFilters& filters,
                            const topology::TopologyTree& tree,
                            const model::ResourceVector& pod_amounts) {
  const model::NodeTable& nodes = model.Nodes();
  const std::vector<NodeIndex> by_size = MeasureNodes(nodes, pod_amounts);
  filters.Capacities(model, kUnlimited, capacity_);
  levels_.clear();
  orders_.resize(1);
  orders_.front().Build({by_size, {}, 1}, capacity_);
  for (std::size_t level = 0; level < tree.LevelCount(); ++level) {
    const topology::DomainIndex domains = tree.DomainCount(level);
    if (domains < 2 || domains >= nodes.PresentCount()) continue;
    levels_.push_back(level);
    orders_.emplace_back().Build({by_size, tree.Domains(level), domains}, capacity_);
  }
}

/// Works out the sizes of the nodes, and returns these in their order, then by name. By counting:
/// sorting would cost more than all the rest.
std::vector<NodeIndex> CapacityIndex::MeasureNodes(const model::NodeTable& nodes,
                                                   const model::ResourceVector& pod_amounts) {
  size_.resize(nodes.Size());
  bool is_uniform = true;
  for (NodeIndex node = 0; node < nodes.Size(); ++node) {
    // Most nodes are like the one before.
    const bool is_same = node > 0 && nodes.Allocatable(node) == nodes.Allocatable(node - 1);
    size_[node] = is_same ? size_[node - 1]
                          : model::CountThatFit(nodes.Allocatable(node), pod_amounts, kUnlimited);
    is_uniform = is_uniform && (node == 0 || size_[node] == size_[node - 1]);
  }
  if (is_uniform) return nodes.ByName();
  const auto place = [&](NodeIndex node) {
    return static_cast<std::size_t>(std::min(size_[node], DomainOrder::kRoomMax));
  };
  std::vector<std::uint32_t> begin(DomainOrder::kRoomMax + 2, 0);
  for (const NodeIndex node : nodes.ByName()) ++begin[place(node) + 1];
  for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
  std::vector<NodeIndex> by_size(nodes.ByName().size());
  for (const NodeIndex node : nodes.ByName()) by_size[begin[place(node)]++] = node;
  return by_size;
}

void CapacityIndex::SetCapacity(NodeIndex node, std::int64_t capacity) {
  if (capacity == capacity_[node]) return;
  for (DomainOrder& order : orders_) {
    order.Leave(node, capacity_[node]);
    order.Enter(node, capacity);
  }
  capacity_[node] = capacity;
}

const DomainOrder& CapacityIndex::OrderOf(const Scope& scope) const {
  if (scope.IsWhole()) return orders_.front();
  const auto level = std::find(levels_.begin(), levels_.end(), *scope.level);
  MUSTER_CHECK(level != levels_.end(), "a level that does not divide the cluster");
  return orders_[static_cast<std::size_t>(level - levels_.begin()) + 1];
}

std::optional<Candidate> CapacityIndex::HolderOf(const Scope& scope, std::int64_t count) const {
  DomainOrder::Walk walk(OrderOf(scope), scope.domain, capacity_, size_);
  return BestHolder(walk, count);
}

PackingPlan CapacityIndex::Plan(const Scope& scope, std::int64_t count,
                                PackingWeights weights) const {
  DomainOrder::Walk walk(OrderOf(scope), scope.domain, capacity_, size_);
  return PlanFill(walk, count, weights);
}

}  // namespace muster::placement
