// The pods of the smaller sets, of which the driver is one: each beside the largest set.

#include <algorithm>
#include <tuple>

#include "scheduler/placement/gang_placer.h"

namespace muster::placement {

using model::NodeIndex;

namespace {

/// Of each order, tried before all nodes are.
constexpr std::size_t kLikelyNodes = 16;
/// Looked at for them; the rest may all be nodes to avoid.
constexpr std::size_t kVisitsMax = 1024;

}  // namespace

bool GangPlacer::PlaceOneBeside(std::size_t index, std::size_t bulk) {
  RefreshCapacity(index);
  RefreshCapacity(bulk);
  AskPreferences(sets_[index]);
  Beside best;
  if (!is_listed_ && !scope_binds_ && sets_[index].preference.empty()) {
    best = BestOfLikely(index, bulk);
    if (best.node != model::kNoNode && !best.is_outside && best.loss > 0) {
      // Later small pods cost places too: only what is left over is theirs to take.
      const std::int64_t left = PlacesOf(sets_[bulk]) - best.loss;
      if (left < sets_[bulk].demand->count) best.node = model::kNoNode;
    }
    // A domain that takes more thought is not the one; in the end all nodes are looked at.
    if (best.node == model::kNoNode && !scope_.IsWhole()) return false;
  }
  if (best.node == model::kNoNode) best = BestBeside(index, bulk, AllNodes(sets_[index]));
  if (best.node == model::kNoNode) return false;
  Place(index, best.node, 1);
  return true;
}

bool GangPlacer::IsBetter(const Beside& a, const Beside& b) const {
  if (b.node == model::kNoNode) return true;
  const auto rank = [](const Beside& at) {
    return std::make_tuple(at.excess, -at.preference, at.is_interruptible, at.is_outside, at.cost,
                           at.left);
  };
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  return model_.Nodes().Name(a.node) < model_.Nodes().Name(b.node);
}

GangPlacer::Beside GangPlacer::BestBeside(std::size_t index, std::size_t bulk,
                                          std::span<const NodeIndex> nodes) {
  const std::vector<std::int64_t>& preference = sets_[index].preference;
  const std::int64_t spare = SparePlaces(sets_[bulk]);
  const bool avoids_interruptible = AvoidsInterruptible(sets_[index]);
  Beside best;
  for (NodeIndex node : nodes) {
    Beside candidate{.node = node};
    const std::int64_t room = CapacityOf(sets_[bulk], node);
    candidate.left = BulkCapacityBeside(node, index, sets_[bulk]);
    candidate.loss = room - candidate.left;
    candidate.is_outside = !IsInScope(node);
    candidate.excess = candidate.is_outside ? 0 : std::max<std::int64_t>(candidate.loss - spare, 0);
    candidate.preference = preference.empty() ? 0 : preference[node];
    candidate.is_interruptible = avoids_interruptible && tree_.IsInterruptible(node);
    if (coupled_) {
      // Places cannot be added up, nor bought: beside as many as it goes.
      candidate.cost = candidate.loss;
      candidate.left = -candidate.left;
    } else {
      const std::int64_t size = sets_[bulk].judged->index.SizeOf(node);
      candidate.cost = candidate.loss * (room + size - candidate.loss);
    }
    if (IsBetter(candidate, best)) best = candidate;
    if (!coupled_ && preference.empty() && best.IsFree()) break;
  }
  return best;
}

bool GangPlacer::AvoidsInterruptible(const Set& set) const {
  return set.demand->is_driver && tree_.HasInterruptible();
}

/// Places that the bulk set does not need. None where rules couple nodes: places cannot be added up
/// then.
std::int64_t GangPlacer::SparePlaces(const Set& bulk) const {
  if (coupled_) return 0;
  return std::max<std::int64_t>(PlacesOf(bulk) - bulk.demand->count, 0);
}

/// Of the nodes worth a look. A driver is shown steady ones, as long as there are any that take it.
GangPlacer::Beside GangPlacer::BestOfLikely(std::size_t index, std::size_t bulk) {
  if (!AvoidsInterruptible(sets_[index])) return BestOfTightest(index, bulk, false);
  const Beside best = BestOfTightest(index, bulk, /*steady_only=*/true);
  if (best.node != model::kNoNode) return best;
  std::vector<NodeIndex> steady;
  for (NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
    if (!tree_.IsInterruptible(node) && CapacityOf(sets_[index], node) > 0) steady.push_back(node);
  }
  return steady.empty() ? BestOfTightest(index, bulk, /*steady_only=*/false)
                        : BestBeside(index, bulk, steady);
}

/// In the scope, and then anywhere, the nodes on which there is least room: for a pod of the set,
/// where it may cost no place or where nothing else fits anyhow, and for the largest set, which are
/// broken already. The first that costs nothing at all is taken.
GangPlacer::Beside GangPlacer::BestOfTightest(std::size_t index, std::size_t bulk,
                                              bool steady_only) {
  Beside best;
  const auto look = [&](const CapacityIndex& order, const Scope& scope) {
    std::vector<NodeIndex> tightest;
    std::size_t visits = 0;
    order.WalkTightest(scope, [&](NodeIndex node) {
      ++visits;
      const bool is_good = !steady_only || !tree_.IsInterruptible(node);
      if (is_good && CapacityOf(sets_[index], node) > 0) tightest.push_back(node);
      return tightest.size() < kLikelyNodes && visits < kVisitsMax;
    });
    const Beside found = BestBeside(index, bulk, tightest);
    if (found.node != model::kNoNode && IsBetter(found, best)) best = found;
    return best.node != model::kNoNode && best.IsFree();
  };
  const CapacityIndex& own = sets_[index].judged->index;
  if (look(own, scope_) || look(sets_[bulk].judged->index, scope_)) return best;
  if (!scope_.IsWhole()) look(own, Scope());
  return best;
}

std::int64_t GangPlacer::BulkCapacityBeside(NodeIndex node, std::size_t index, const Set& bulk) {
  // Where nodes are coupled, a pod that comes may be the one that the others want to be near.
  if (CapacityOf(bulk, node) == 0 && !coupled_) return 0;
  const std::size_t mark = placed_.size();
  Place(index, node, 1);
  const std::int64_t room = bulk.judged->filters.CapacityOf(model_, node, kUnlimited);
  const std::int64_t left = std::min(room, Allowed(bulk, node));
  TakeBackTo(mark);
  return left;
}

}  // namespace muster::placement
