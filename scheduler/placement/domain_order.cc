#include "scheduler/placement/domain_order.h"

namespace muster::placement {

using model::NodeIndex;
using topology::DomainIndex;

void DomainOrder::Build(const Division& division, std::span<const std::int64_t> room) {
  Rank(division, room.size());
  by_room_.assign(kRoomMax + 1, RankSet());
  occurring_.Resize(kRoomMax + 1);
  // In the order of the ranks: neighbours in memory, one after the other.
  for (std::uint32_t rank = 0; rank < by_rank_.size(); ++rank) Insert(rank, room[by_rank_[rank]]);
}

/// By counting the nodes of each domain.
void DomainOrder::Rank(const Division& division, std::size_t nodes) {
  domain_of_ = division.domain_of;
  begin_.assign(std::size_t{division.domain_count} + 1, 0);
  for (const NodeIndex node : division.by_size) {
    if (DomainOf(node) != topology::kNoDomain) ++begin_[DomainOf(node) + 1];
  }
  for (DomainIndex domain = 0; domain < division.domain_count; ++domain) {
    begin_[domain + 1] += begin_[domain];
  }
  std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  rank_.assign(nodes, 0);
  by_rank_.assign(begin_.back(), model::kNoNode);
  for (const NodeIndex node : division.by_size) {
    const DomainIndex domain = DomainOf(node);
    if (domain == topology::kNoDomain) continue;
    rank_[node] = next[domain]++;
    by_rank_[rank_[node]] = node;
  }
}

void DomainOrder::Enter(NodeIndex node, std::int64_t room) {
  if (DomainOf(node) != topology::kNoDomain) Insert(rank_[node], room);
}

void DomainOrder::Insert(std::uint32_t rank, std::int64_t room) {
  if (room == 0) return;
  const std::uint32_t room_class = ClassOf(room);
  RankSet& ranks = by_room_[room_class];
  if (!ranks.IsSized()) ranks.Resize(static_cast<std::uint32_t>(by_rank_.size()));
  if (ranks.Count() == 0) occurring_.Insert(room_class);
  ranks.Insert(rank);
}

void DomainOrder::Leave(NodeIndex node, std::int64_t room) {
  if (room == 0 || DomainOf(node) == topology::kNoDomain) return;
  const std::uint32_t room_class = ClassOf(room);
  by_room_[room_class].Erase(rank_[node]);
  if (by_room_[room_class].Count() == 0) occurring_.Erase(room_class);
}

DomainOrder::Walk::Walk(const DomainOrder& order, DomainIndex domain,
                        std::span<const std::int64_t> room, std::span<const std::int64_t> size)
    : order_(order), end_(order.begin_[domain + 1]), room_(room), size_(size) {
  for (auto at = order.occurring_.FirstFrom(0); at; at = order.occurring_.FirstFrom(*at + 1)) {
    const RankSet& ranks = order.by_room_[*at];
    const auto first = ranks.FirstFrom(order.begin_[domain]);
    if (first && *first < end_) classes_.push_back({&ranks, *first});
  }
}

std::optional<Candidate> DomainOrder::Walk::Next(std::size_t room_class) {
  Class& here = classes_[room_class];
  const auto rank = here.ranks->FirstFrom(here.next);
  if (!rank || *rank >= end_) return std::nullopt;
  here.next = *rank + 1;
  const NodeIndex node = order_.by_rank_[*rank];
  return Candidate{node, room_[node], size_[node]};
}

}  // namespace muster::placement
