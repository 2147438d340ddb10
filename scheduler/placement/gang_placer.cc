#include "scheduler/placement/gang_placer.h"

#include <algorithm>
#include <numeric>

#include "scheduler/placement/diagnosis.h"
#include "scheduler/placement/packing.h"
#include "scheduler/placement/size_advice.h"

namespace muster::placement {

using model::NodeIndex;

namespace {

/// Of each of two orders, tried before all nodes are.
constexpr std::size_t kLikelyNodes = 16;

}  // namespace

// As PlaceGang.
// NOLINTNEXTLINE(readability-function-size)
GangPlacer::GangPlacer(const framework::Profile& profile, model::ClusterModel& model,
                       model::Statement& statement, std::span<const PodSetDemand> demands,
                       std::span<const NodeIndex> preferred, PlacementCache& cache,
                       const AttemptDiagnosis& diagnosis)
    : profile_(profile),
      model_(model),
      statement_(statement),
      preferred_(preferred),
      diagnosis_(diagnosis),
      start_(statement.Mark()) {
  sets_.reserve(demands.size());
  for (std::size_t i = 0; i < demands.size(); ++i) {
    sets_.push_back(
        {&demands[i],
         cache.Judge(profile, model, demands[i].pod, demands[i].info, CompanionsOf(demands, i)),
         {},
         {}});
    coupled_ = coupled_ || sets_.back().judged->filters.CoupleNodes();
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
  if (coupled_) return TryDomains();
  const Outcome outcome = PlaceAll();
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

void GangPlacer::Place(std::size_t set, NodeIndex node, std::int64_t count) {
  const PodSetDemand& demand = *sets_[set].demand;
  statement_.Reserve(node, demand.info, count);
  placed_.push_back({set, node, count});
  for (const Set& each : sets_) {
    each.judged->filters.OnPlaced(model_, node, *demand.info, count);
  }
}

void GangPlacer::TakeBackTo(std::size_t mark) {
  while (placed_.size() > mark) {
    const Placed last = placed_.back();
    placed_.pop_back();
    statement_.RollbackTo(start_ + placed_.size());
    for (const Set& each : sets_) {
      each.judged->filters.OnPlaced(model_, last.node, *sets_[last.set].demand->info, -last.count);
    }
  }
}

/// Puts one pod of a small set where it costs the bulk set the fewest places; as long as that keeps
/// enough of them, what the pod itself prefers goes first.
bool GangPlacer::PlaceOneBeside(std::size_t index, std::size_t bulk) {
  RefreshCapacity(index);
  RefreshCapacity(bulk);
  AskPreferences(sets_[index]);
  Beside best;
  if (!coupled_ && sets_[index].preference.empty()) {
    best = BestBeside(index, bulk, LikelyNodes(sets_[index], sets_[bulk]));
    // Later small pods cost places too: only what is left over is theirs to take.
    const std::int64_t left = PlacesOf(sets_[bulk]) - best.loss;
    if (best.node != model::kNoNode && best.loss > 0 && left < sets_[bulk].demand->count) {
      best.node = model::kNoNode;
    }
  }
  if (best.node == model::kNoNode) best = BestBeside(index, bulk, AllNodes(sets_[index]));
  if (best.node == model::kNoNode) return false;
  Place(index, best.node, 1);
  return true;
}

bool GangPlacer::IsBetter(const Beside& a, const Beside& b) const {
  if (b.node == model::kNoNode) return true;
  if (a.excess != b.excess) return a.excess < b.excess;
  if (a.preference != b.preference) return a.preference > b.preference;
  if (a.loss != b.loss) return a.loss < b.loss;
  if (a.left != b.left) return a.left > b.left;
  return model_.Nodes().Name(a.node) < model_.Nodes().Name(b.node);
}

GangPlacer::Beside GangPlacer::BestBeside(std::size_t index, std::size_t bulk,
                                          std::span<const NodeIndex> nodes) {
  const std::vector<std::int64_t>& preference = sets_[index].preference;
  const std::int64_t spare = SparePlaces(sets_[bulk]);
  Beside best;
  for (NodeIndex node : nodes) {
    Beside candidate{.node = node};
    candidate.left = BulkCapacityBeside(node, index, sets_[bulk]);
    candidate.loss = CapacityOf(sets_[bulk], node) - candidate.left;
    candidate.excess = std::max<std::int64_t>(candidate.loss - spare, 0);
    candidate.preference = preference.empty() ? 0 : preference[node];
    if (IsBetter(candidate, best)) best = candidate;
  }
  return best;
}

/// Places that the bulk set does not need. None where rules couple nodes: places cannot be added up
/// then.
std::int64_t GangPlacer::SparePlaces(const Set& bulk) const {
  if (coupled_) return 0;
  return std::max<std::int64_t>(PlacesOf(bulk) - bulk.demand->count, 0);
}

/// Beside many executors, where it may cost no place, or where no executor fits anyhow.
std::vector<NodeIndex> GangPlacer::LikelyNodes(const Set& set, const Set& bulk) const {
  using Order = CapacityIndex::Order;
  std::vector<NodeIndex> nodes = bulk.judged->index.First(Order::kRoomiest, kLikelyNodes);
  std::erase_if(nodes, [&](NodeIndex node) { return CapacityOf(set, node) == 0; });
  for (NodeIndex node : set.judged->index.First(Order::kTightest, kLikelyNodes)) {
    nodes.push_back(node);
  }
  return nodes;
}

/// Those that take a pod of the set.
std::vector<NodeIndex> GangPlacer::AllNodes(const Set& set) const {
  std::vector<NodeIndex> nodes;
  for (NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
    if (CapacityOf(set, node) > 0) nodes.push_back(node);
  }
  return nodes;
}

void GangPlacer::RefreshCapacity(std::size_t index) {
  Set& set = sets_[index];
  if (coupled_) {
    set.judged->filters.Capacities(model_, kUnlimited, set.capacity);
    KeepToStart(index, set.capacity);
  } else {
    set.judged->index.Refresh(model_, set.judged->filters);
  }
}

std::int64_t GangPlacer::CapacityOf(const Set& set, NodeIndex node) const {
  return coupled_ ? set.capacity[node] : set.judged->index.CapacityOf(node);
}

std::int64_t GangPlacer::PlacesOf(const Set& set) const {
  return coupled_ ? std::accumulate(set.capacity.begin(), set.capacity.end(), std::int64_t{0})
                  : set.judged->index.Total();
}

std::int64_t GangPlacer::BulkCapacityBeside(NodeIndex node, std::size_t index, const Set& bulk) {
  // Where nodes are coupled, a pod that comes may be the one that the others want to be near.
  if (CapacityOf(bulk, node) == 0 && !coupled_) return 0;
  const std::size_t mark = placed_.size();
  Place(index, node, 1);
  const std::int64_t left = bulk.judged->filters.CapacityOf(model_, node, kUnlimited);
  TakeBackTo(mark);
  return left;
}

/// Returns how many pods fit, and places them if these are enough.
std::int64_t GangPlacer::PlaceAtOnce(std::size_t index) {
  Set& set = sets_[index];
  RefreshCapacity(index);
  const std::int64_t places = PlacesOf(set);
  if (places < set.demand->Enough()) return places;
  const std::int64_t count = std::min(places, set.demand->count);
  AskPreferences(set);
  if (!set.preference.empty()) {
    PlaceByPreference(index, count);
    return places;
  }
  for (const Filled& share : set.judged->index.Fill(preferred_, count)) {
    Place(index, share.node, share.count);
  }
  return places;
}

Attempt GangPlacer::Success() const {
  std::vector<std::vector<NodeShare>> shares(sets_.size());
  for (const Placed& placed : placed_) shares[placed.set].push_back({placed.node, placed.count});
  return {std::move(shares), "", 0};
}

Attempt GangPlacer::Fail(const Outcome& outcome) {
  using Form = AttemptDiagnosis::Form;
  if (diagnosis_.form == Form::kNone) {
    TakeBackTo(0);
    return {};
  }
  const Set& set = sets_[outcome.set];
  FillUp(outcome.set);
  NodeRefusals refusals = FitError(model_, set.judged->filters, diagnosis_.instead);
  Attempt attempt{std::nullopt, std::move(refusals.text), refusals.unresolvable_nodes};
  if (diagnosis_.form == Form::kFitError) {
    TakeBackTo(0);
    return attempt;
  }
  if (sets_.size() > 1 || set.demand->count > 1) {
    attempt.diagnosis += GangSentence(outcome.set, outcome.placed);
  }
  TakeBackTo(0);
  attempt.diagnosis += SizeAdvice(profile_, model_, set.judged->view, set.demand->label);
  return attempt;
}

/// Takes every place that is left, so that each node can say why one more pod is too many.
void GangPlacer::FillUp(std::size_t index) {
  if (coupled_) {
    FillStepByStep(index);
    return;
  }
  std::vector<std::int64_t> capacity;
  sets_[index].judged->filters.Capacities(model_, kUnlimited, capacity);
  for (NodeIndex node = 0; node < capacity.size(); ++node) {
    if (capacity[node] > 0) Place(index, node, capacity[node]);
  }
}

std::string GangPlacer::GangSentence(std::size_t index, std::int64_t fitting) const {
  const PodSetDemand& demand = *sets_[index].demand;
  std::string text = " The gang is admitted whole or not at all: " + std::to_string(fitting) +
                     " of " + std::to_string(demand.Enough()) + " " + demand.label + " fit";
  for (const Set& other : sets_) {
    if (&other == &sets_[index]) continue;
    text += " beside " + std::to_string(other.demand->Enough()) + " " + other.demand->label;
  }
  return text + ".";
}

}  // namespace muster::placement
