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
  by_size_ = MeasureNodes(nodes, pod_amounts);
  filters.Capacities(model, kUnlimited, capacity_);
  nodes_with_room_.assign(DomainOrder::kRoomMax + 1, 0);
  rooms_.Resize(DomainOrder::kRoomMax + 1);
  for (const std::int64_t room : capacity_) CountRoom(room);
  levels_.clear();
  divisions_.clear();
  AddDivision({}, 1);
  for (std::size_t level = 0; level < tree.LevelCount(); ++level) {
    const topology::DomainIndex domains = tree.DomainCount(level);
    if (domains < 2 || domains >= nodes.PresentCount()) continue;
    levels_.push_back(level);
    AddDivision(tree.Domains(level), domains);
  }
}

void CapacityIndex::AddDivision(std::span<const topology::DomainIndex> domain_of,
                                topology::DomainIndex domain_count) {
  Division& division = divisions_.emplace_back();
  division.domain_of = domain_of;
  division.places.assign(domain_count, 0);
  for (NodeIndex node = 0; node < capacity_.size(); ++node) {
    division.AddPlaces(node, capacity_[node]);
  }
}

void CapacityIndex::Division::AddPlaces(NodeIndex node, std::int64_t count) {
  const topology::DomainIndex domain = domain_of.empty() ? 0 : domain_of[node];
  if (domain != topology::kNoDomain) places[domain] += count;
}

void CapacityIndex::CountRoom(std::int64_t room) {
  const std::uint32_t room_class = DomainOrder::ClassOf(room);
  if (nodes_with_room_[room_class]++ == 0) rooms_.Insert(room_class);
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
  const std::int64_t before = capacity_[node];
  if (capacity == before) return;
  for (Division& division : divisions_) {
    division.AddPlaces(node, capacity - before);
    if (!division.order) continue;
    division.order->Leave(node, before);
    division.order->Enter(node, capacity);
  }
  const std::uint32_t class_before = DomainOrder::ClassOf(before);
  if (--nodes_with_room_[class_before] == 0) rooms_.Erase(class_before);
  CountRoom(capacity);
  capacity_[node] = capacity;
}

const CapacityIndex::Division& CapacityIndex::DivisionOf(const Scope& scope) const {
  if (scope.IsWhole()) return divisions_.front();
  const auto level = std::find(levels_.begin(), levels_.end(), *scope.level);
  MUSTER_CHECK(level != levels_.end(), "a level that does not divide the cluster");
  return divisions_[static_cast<std::size_t>(level - levels_.begin()) + 1];
}

/// Most gangs end in one level, and never ask for the order of the others.
const DomainOrder& CapacityIndex::OrderOf(const Scope& scope) const {
  const Division& division = DivisionOf(scope);
  if (!division.order) {
    const auto domain_count = static_cast<topology::DomainIndex>(division.places.size());
    division.order.emplace().Build({by_size_, division.domain_of, domain_count}, capacity_);
  }
  return *division.order;
}

std::optional<Candidate> CapacityIndex::HolderOf(const Scope& scope, std::int64_t count) const {
  const auto roomiest = rooms_.LastTo(DomainOrder::kRoomMax);
  if (!roomiest || *roomiest < DomainOrder::ClassOf(count)) return std::nullopt;
  DomainOrder::Walk walk(OrderOf(scope), scope.domain, capacity_, size_);
  return BestHolder(walk, count);
}

PackingPlan CapacityIndex::Plan(const Scope& scope, std::int64_t count,
                                PackingWeights weights) const {
  DomainOrder::Walk walk(OrderOf(scope), scope.domain, capacity_, size_);
  return PlanFill(walk, count, weights);
}

}  // namespace muster::placement
