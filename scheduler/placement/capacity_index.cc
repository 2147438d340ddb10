#include "scheduler/placement/capacity_index.h"

#include <algorithm>

namespace muster::placement {

using model::NodeIndex;

void CapacityIndex::Refresh(const model::ClusterModel& model,
                            const framework::PreparedFilters& filters) {
  const model::NodeTable& nodes = model.Nodes();
  const auto touched = version_ ? nodes.TouchedSince(*version_) : std::nullopt;
  if (!touched) {
    Rebuild(model, filters);
  } else {
    for (NodeIndex node : *touched) {
      const std::int64_t capacity = filters.CapacityOf(model, node, kUnlimited);
      if (capacity == capacity_[node]) continue;
      Leave(node);
      Enter(node, capacity);
    }
  }
  version_ = nodes.Version();
}

void CapacityIndex::Rebuild(const model::ClusterModel& model,
                            const framework::PreparedFilters& filters) {
  const model::NodeTable& nodes = model.Nodes();
  ranks_ = nodes.NameRanks();
  by_name_ = nodes.ByName();
  by_capacity_.clear();
  by_capacity_.resize(kOrderMax + 1);
  occurring_.Resize(kOrderMax + 1);
  total_ = 0;
  std::vector<std::int64_t> capacity;
  filters.Capacities(model, kUnlimited, capacity);
  capacity_.assign(capacity.size(), 0);
  for (NodeIndex node = 0; node < capacity.size(); ++node) Enter(node, capacity[node]);
}

void CapacityIndex::Enter(NodeIndex node, std::int64_t capacity) {
  capacity_[node] = capacity;
  if (capacity == 0) return;
  total_ += capacity;
  const auto place = static_cast<std::uint32_t>(std::min(capacity, kOrderMax));
  RankSet& nodes = by_capacity_[place];
  if (!nodes.IsSized()) nodes.Resize(static_cast<std::uint32_t>(by_name_.size()));
  if (nodes.Count() == 0) occurring_.Insert(place);
  nodes.Insert(ranks_[node]);
}

void CapacityIndex::Leave(NodeIndex node) {
  const std::int64_t capacity = capacity_[node];
  if (capacity == 0) return;
  total_ -= capacity;
  const auto place = static_cast<std::uint32_t>(std::min(capacity, kOrderMax));
  by_capacity_[place].Erase(ranks_[node]);
  if (by_capacity_[place].Count() == 0) occurring_.Erase(place);
}

std::optional<CapacityIndex::Position> CapacityIndex::Next(std::optional<Position> position,
                                                           Order order) const {
  if (position) {
    if (const auto rank = by_capacity_[position->place].FirstFrom(position->rank + 1)) {
      return Position{position->place, *rank};
    }
  }
  std::optional<std::uint32_t> place;
  if (order == Order::kTightest) {
    place = occurring_.FirstFrom(position ? position->place + 1 : 0);
  } else if (!position) {
    place = occurring_.LastTo(kOrderMax);
  } else if (position->place > 0) {
    place = occurring_.LastTo(position->place - 1);
  }
  if (!place) return std::nullopt;
  return Position{*place, *by_capacity_[*place].FirstFrom(0)};
}

std::vector<NodeIndex> CapacityIndex::First(Order order, std::size_t limit) const {
  std::vector<NodeIndex> found;
  for (auto at = Next(std::nullopt, order); at && found.size() < limit; at = Next(at, order)) {
    found.push_back(by_name_[at->rank]);
  }
  return found;
}

NodeIndex CapacityIndex::TightestThatTakes(std::int64_t count,
                                           const std::vector<Filled>& filled) const {
  // One below, so that the walk starts with the place itself.
  const Position before{static_cast<std::uint32_t>(std::min(count, kOrderMax)) - 1,
                        static_cast<std::uint32_t>(by_name_.size())};
  NodeIndex best = model::kNoNode;
  for (auto at = Next(before, Order::kTightest); at; at = Next(at, Order::kTightest)) {
    const NodeIndex node = by_name_[at->rank];
    const bool is_used = std::any_of(filled.begin(), filled.end(),
                                     [node](const Filled& share) { return share.node == node; });
    if (is_used || capacity_[node] < count) continue;
    if (at->place < kOrderMax) return node;
    // In the last place capacities differ.
    if (best == model::kNoNode || capacity_[node] < capacity_[best]) best = node;
  }
  return best;
}

std::vector<Filled> CapacityIndex::Fill(std::span<const NodeIndex> preferred,
                                        std::int64_t count) const {
  std::vector<Filled> filled;
  std::int64_t missing = count;
  const auto take = [&](NodeIndex node) {
    const std::int64_t taken = std::min(missing, capacity_[node]);
    if (taken == 0) return;
    filled.push_back({node, taken});
    missing -= taken;
  };
  for (NodeIndex node : preferred) take(node);
  const std::size_t from_preferred = filled.size();
  const auto is_preferred = [&](NodeIndex node) {
    const auto end = filled.begin() + static_cast<std::ptrdiff_t>(from_preferred);
    return std::any_of(filled.begin(), end,
                       [node](const Filled& share) { return share.node == node; });
  };
  for (auto at = Next(std::nullopt, Order::kRoomiest); at && missing > 0;
       at = Next(at, Order::kRoomiest)) {
    const NodeIndex node = by_name_[at->rank];
    if (is_preferred(node)) continue;
    take(capacity_[node] < missing ? node : TightestThatTakes(missing, filled));
  }
  return filled;
}

}  // namespace muster::placement
