#include "scheduler/placement/gang_placer.h"

#include <algorithm>
#include <numeric>

namespace muster::placement {

using model::NodeIndex;
using topology::PlacementMode;

GangPlacer::GangPlacer(const PlacementContext& context, model::Statement& statement,
                       const GangRequest& request)
    : profile_(context.profile),
      model_(context.model),
      tree_(context.cache.Topology(context.model)),
      statement_(statement),
      request_(request),
      start_(statement.Mark()) {
  const std::span<const PodSetDemand> demands = request.demands;
  sets_.reserve(demands.size());
  for (std::size_t i = 0; i < demands.size(); ++i) {
    sets_.push_back({&demands[i],
                     context.cache.Judge(profile_, model_, demands[i].pod, demands[i].info,
                                         CompanionsOf(demands, i)),
                     {},
                     {}});
    coupled_ = coupled_ || sets_.back().judged->filters.CoupleNodes();
  }
  is_listed_ = coupled_ || request.policy.mode != PlacementMode::kPack ||
               request.policy.executors_per_node_max.has_value();
  if (is_listed_) {
    members_.resize(model_.Nodes().Size(), 0);
    for (const NodeShare& share : request.near) members_[share.node] += share.count;
  }
  order_.resize(demands.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
    return demands[a].count != demands[b].count ? demands[a].count < demands[b].count : a < b;
  });
}

std::vector<model::PodInfoPtr> GangPlacer::CompanionsOf(std::span<const PodSetDemand> demands,
                                                        std::size_t index) {
  std::vector<model::PodInfoPtr> companions;
  for (std::size_t i = 0; i < demands.size(); ++i) {
    if (i != index) companions.push_back(demands[i].info);
  }
  return companions;
}

Attempt GangPlacer::Run() {
  if (sets_.empty()) return Success();
  if (sets_.size() == 1 && sets_.front().demand->alone) {
    return PlaceByScores(0) ? Success() : Fail({0, 0});
  }
  if (request_.policy.topology && request_.policy.topology->is_required) return TryRequired();
  if (!is_listed_) {
    if (auto attempt = TryScopes()) return *std::move(attempt);
  }
  const Outcome outcome = PlaceInDomains();
  return IsEnough(outcome) ? Success() : Fail(outcome);
}

GangPlacer::Outcome GangPlacer::PlaceAll() {
  const std::size_t bulk = order_.back();
  for (std::size_t i = 0; i + 1 < order_.size(); ++i) {
    for (std::int64_t pod = 0; pod < sets_[order_[i]].demand->count; ++pod) {
      if (!PlaceOneBeside(order_[i], bulk)) return {order_[i], pod};
    }
  }
  return {bulk, coupled_ ? FillStepByStep(bulk) : PlaceAtOnce(bulk)};
}

bool GangPlacer::IsWhole(const Outcome& outcome) const {
  return outcome.set == order_.back() && outcome.placed >= sets_[outcome.set].demand->count;
}

bool GangPlacer::IsEnough(const Outcome& outcome) const {
  return outcome.set == order_.back() && outcome.placed >= sets_[outcome.set].demand->Enough();
}

std::int64_t GangPlacer::PlacedOfLargest(const Outcome& outcome) const {
  return outcome.set == order_.back() ? outcome.placed : 0;
}

void GangPlacer::Place(std::size_t set, NodeIndex node, std::int64_t count) {
  const PodSetDemand& demand = *sets_[set].demand;
  statement_.Reserve(node, demand.info, count);
  placed_.push_back({set, node, count});
  CountMembers(demand, node, count);
  for (const Set& each : sets_) {
    each.judged->filters.OnPlaced(model_, node, *demand.info, count);
  }
}

void GangPlacer::TakeBackTo(std::size_t mark) {
  while (placed_.size() > mark) {
    const Placed last = placed_.back();
    placed_.pop_back();
    statement_.RollbackTo(start_ + placed_.size());
    CountMembers(*sets_[last.set].demand, last.node, -last.count);
    for (const Set& each : sets_) {
      each.judged->filters.OnPlaced(model_, last.node, *sets_[last.set].demand->info, -last.count);
    }
  }
}

void GangPlacer::CountMembers(const PodSetDemand& demand, NodeIndex node, std::int64_t count) {
  if (is_listed_ && !demand.is_driver) members_[node] += count;
}

void GangPlacer::RefreshCapacity(std::size_t index) {
  Set& set = sets_[index];
  if (coupled_) {
    set.judged->filters.Capacities(model_, kUnlimited, set.capacity);
    KeepToStart(index, set.capacity);
  } else {
    set.judged->index.Refresh(model_, set.judged->filters, tree_, set.demand->info->amounts);
  }
}

/// Leaves a set of which nothing is placed only the nodes on which it may begin.
void GangPlacer::KeepToStart(std::size_t set, std::vector<std::int64_t>& capacity) const {
  if (tried_start_ == nullptr || tried_start_->sets[set] == 0) return;
  const bool began = std::any_of(placed_.begin(), placed_.end(),
                                 [set](const Placed& placed) { return placed.set == set; });
  if (began) return;
  for (NodeIndex node = 0; node < capacity.size(); ++node) {
    if (tried_start_->nodes[node] == 0) capacity[node] = 0;
  }
}

std::int64_t GangPlacer::CapacityOf(const Set& set, NodeIndex node) const {
  const std::int64_t room = coupled_ ? set.capacity[node] : set.judged->index.CapacityOf(node);
  return room == 0 ? 0 : std::min(room, Allowed(set, node));
}

/// How many more of the set the node may get, whatever room it has.
std::int64_t GangPlacer::Allowed(const Set& set, NodeIndex node) const {
  if (scope_binds_ && !IsInScope(node)) return 0;
  const auto& most = request_.policy.executors_per_node_max;
  if (!most || set.demand->is_driver) return kUnlimited;
  return std::max<std::int64_t>(*most - members_[node], 0);
}

/// In the scope that is being tried.
std::int64_t GangPlacer::PlacesOf(const Set& set) const {
  if (!is_listed_ && !scope_binds_) return set.judged->index.Places(scope_);
  std::int64_t places = 0;
  for (NodeIndex node = 0; node < model_.Nodes().Size(); ++node) places += CapacityOf(set, node);
  return places;
}

bool GangPlacer::IsInScope(NodeIndex node) const {
  if (scope_.IsNowhere()) return false;
  return scope_.IsWhole() || tree_.DomainOf(*scope_.level, node) == scope_.domain;
}

/// Those that take a pod of the set.
std::vector<NodeIndex> GangPlacer::AllNodes(const Set& set) const {
  std::vector<NodeIndex> nodes;
  for (NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
    if (CapacityOf(set, node) > 0) nodes.push_back(node);
  }
  return nodes;
}

Attempt GangPlacer::Success() const {
  std::vector<std::vector<NodeShare>> shares(sets_.size());
  for (const Placed& placed : placed_) shares[placed.set].push_back({placed.node, placed.count});
  return {std::move(shares), "", 0};
}

}  // namespace muster::placement
