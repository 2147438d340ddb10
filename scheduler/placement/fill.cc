// The largest set: packed, spread, or as the scores say.

#include <algorithm>
#include <queue>
#include <tuple>

#include "scheduler/base/check.h"
#include "scheduler/placement/gang_placer.h"

namespace muster::placement {

using model::NodeIndex;
using topology::PlacementMode;

/// Returns how many pods fit, and places them if these are enough.
std::int64_t GangPlacer::PlaceAtOnce(std::size_t index) {
  Set& set = sets_[index];
  RefreshCapacity(index);
  const std::int64_t places = PlacesOf(set);
  if (places < set.demand->Enough()) return places;
  std::int64_t missing = std::min(places, set.demand->count);
  AskPreferences(set);
  switch (request_.policy.mode) {
    case PlacementMode::kSpread:
      FillEvenly(index, missing);
      return places;
    case PlacementMode::kNone:
      FillByScores(index, missing);
      return places;
    case PlacementMode::kPack:
      break;
  }
  PlaceNear(index, missing);
  if (missing == 0) return places;
  if (is_listed_ || scope_binds_ || !set.preference.empty()) {
    FillByList(index, missing);
    return places;
  }
  for (const Filled& share : set.judged->index.Plan(scope_, missing, Weights()).fills) {
    Place(index, share.node, share.count);
  }
  return places;
}

/// On the nodes that go before all others.
void GangPlacer::PlaceNear(std::size_t index, std::int64_t& missing) {
  if (request_.near.empty()) return;
  for (const NodeShare& share : request_.near) {
    const std::int64_t count = std::min(missing, CapacityOf(sets_[index], share.node));
    if (count == 0 || !IsInScope(share.node)) continue;
    Place(index, share.node, count);
    missing -= count;
  }
  RefreshCapacity(index);
}

/// The nodes that take any, as packing sees them. A cap lowers the room of a node, not what it
/// costs to break it.
std::vector<Candidate> GangPlacer::CandidatesOf(const Set& set) const {
  std::vector<Candidate> candidates;
  const model::NodeTable& nodes = model_.Nodes();
  for (NodeIndex node = 0; node < nodes.Size(); ++node) {
    const std::int64_t room = CapacityOf(set, node);
    if (room == 0) continue;
    const std::int64_t uncapped =
        coupled_ ? set.capacity[node] : set.judged->index.CapacityOf(node);
    const std::int64_t size =
        model::CountThatFit(nodes.Allocatable(node), set.demand->info->amounts, kUnlimited);
    candidates.push_back({node, room, uncapped + size - room});
  }
  return candidates;
}

/// Takes those that the pods prefer most from the candidates.
std::vector<Candidate> GangPlacer::TakeMostPreferred(const Set& set,
                                                     std::vector<Candidate>& candidates) {
  if (set.preference.empty()) return std::exchange(candidates, {});
  std::int64_t most = set.preference[candidates.front().node];
  for (const Candidate& each : candidates) most = std::max(most, set.preference[each.node]);
  std::vector<Candidate> preferred;
  std::erase_if(candidates, [&](const Candidate& each) {
    if (set.preference[each.node] != most) return false;
    preferred.push_back(each);
    return true;
  });
  return preferred;
}

/// The nodes that the pods prefer before the others. Requires: there are places enough.
void GangPlacer::FillByList(std::size_t index, std::int64_t count) {
  std::vector<Candidate> candidates = CandidatesOf(sets_[index]);
  while (count > 0) {
    MUSTER_CHECK(!candidates.empty(), "there are places enough");
    const PackingPlan plan =
        PlanFill(TakeMostPreferred(sets_[index], candidates), model_.Nodes(), count, Weights());
    for (const Filled& share : plan.fills) {
      Place(index, share.node, share.count);
      count -= share.count;
    }
  }
}

/// One after the other onto the node with the fewest of the gang; of equal ones onto what the pods
/// prefer, then the roomiest. Requires: there are places enough.
void GangPlacer::FillEvenly(std::size_t index, std::int64_t count) {
  const Set& set = sets_[index];
  struct Turn {
    std::int64_t members = 0;
    std::int64_t preference = 0;
    std::int64_t room = 0;
    NodeIndex node = model::kNoNode;
  };
  const auto later = [this](const Turn& a, const Turn& b) {
    const auto rank = [this](const Turn& turn) {
      return std::make_tuple(turn.members, -turn.preference, -turn.room,
                             std::cref(model_.Nodes().Name(turn.node)));
    };
    return rank(a) > rank(b);
  };
  std::priority_queue<Turn, std::vector<Turn>, decltype(later)> turns(later);
  for (const Candidate& each : CandidatesOf(set)) {
    turns.push({members_[each.node], set.preference.empty() ? 0 : set.preference[each.node],
                each.room, each.node});
  }
  std::vector<std::int64_t> given(model_.Nodes().Size(), 0);
  std::vector<NodeIndex> in_order;
  for (; count > 0; --count) {
    MUSTER_CHECK(!turns.empty(), "there are places enough");
    Turn turn = turns.top();
    turns.pop();
    if (given[turn.node]++ == 0) in_order.push_back(turn.node);
    ++turn.members;
    if (--turn.room > 0) turns.push(turn);
  }
  for (const NodeIndex node : in_order) Place(index, node, given[node]);
}

/// In rounds: all nodes are scored, and each gets one pod, the highest score first, until none is
/// left. Requires: there are places enough.
void GangPlacer::FillByScores(std::size_t index, std::int64_t count) {
  while (count > 0) {
    RefreshCapacity(index);
    const std::vector<NodeIndex> nodes = NodesByScore(sets_[index]);
    MUSTER_CHECK(!nodes.empty(), "there are places enough");
    for (const NodeIndex node : nodes) {
      if (count-- == 0) return;
      Place(index, node, 1);
    }
  }
}

}  // namespace muster::placement
