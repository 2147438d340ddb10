#include "scheduler/placement/gang_placer.h"

#include <algorithm>
#include <numeric>

#include "scheduler/base/check.h"
#include "scheduler/placement/diagnosis.h"
#include "scheduler/placement/packing.h"
#include "scheduler/placement/size_advice.h"

namespace muster::placement {

using model::NodeIndex;

GangPlacer::GangPlacer(const framework::Profile& profile, model::ClusterModel& model,
                       model::Statement& statement, std::span<const PodSetDemand> demands,
                       std::span<const NodeIndex> preferred, const AttemptDiagnosis& diagnosis)
    : profile_(profile),
      model_(model),
      statement_(statement),
      preferred_(preferred),
      diagnosis_(diagnosis),
      start_(statement.Mark()) {
  sets_.reserve(demands.size());
  for (std::size_t i = 0; i < demands.size(); ++i) {
    std::vector<model::PodInfoPtr> companions = CompanionsOf(demands, i);
    // The view borrows the companions' storage, which does not move with the vector.
    const framework::PodSetView view{demands[i].pod, *demands[i].info, companions};
    framework::PreparedFilters filters(profile, view, model);
    coupled_ = coupled_ || filters.CoupleNodes();
    sets_.push_back({&demands[i], std::move(companions), view, std::move(filters), {}});
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
  const std::size_t bulk = order_.back();
  for (std::size_t i = 0; i + 1 < order_.size(); ++i) {
    for (std::int64_t pod = 0; pod < sets_[order_[i]].demand->count; ++pod) {
      if (!PlaceOneBeside(order_[i], sets_[bulk])) return Fail(order_[i], pod);
    }
  }
  const std::int64_t placed = coupled_ ? PlaceStepByStep(bulk) : PlaceAtOnce(bulk);
  return placed < sets_[bulk].demand->Enough() ? Fail(bulk, placed) : Success();
}

void GangPlacer::Place(std::size_t set, NodeIndex node, std::int64_t count) {
  const PodSetDemand& demand = *sets_[set].demand;
  statement_.Reserve(node, demand.info, count);
  placed_.push_back({set, node, count});
  if (!coupled_) return;
  for (Judged& judged : sets_) judged.filters.OnPlaced(model_, node, *demand.info, count);
}

void GangPlacer::TakeBackTo(std::size_t mark) {
  while (placed_.size() > mark) {
    const Placed last = placed_.back();
    placed_.pop_back();
    statement_.RollbackTo(start_ + placed_.size());
    if (!coupled_) continue;
    for (Judged& judged : sets_) {
      judged.filters.OnPlaced(model_, last.node, *sets_[last.set].demand->info, -last.count);
    }
  }
}

/// Puts one pod of a small set where it costs the bulk set the fewest places.
bool GangPlacer::PlaceOneBeside(std::size_t index, Judged& bulk) {
  Judged& set = sets_[index];
  set.filters.Capacities(model_, 1, set.capacity);
  bulk.filters.Capacities(model_, kUnlimited, bulk.capacity);
  NodeIndex best = model::kNoNode;
  std::int64_t best_loss = 0;
  std::int64_t best_left = 0;
  for (NodeIndex node = 0; node < set.capacity.size(); ++node) {
    if (set.capacity[node] == 0) continue;
    const std::int64_t left = BulkCapacityBeside(node, index, bulk);
    const std::int64_t loss = bulk.capacity[node] - left;
    const bool better = best == model::kNoNode || loss < best_loss ||
                        (loss == best_loss && left > best_left) ||
                        (loss == best_loss && left == best_left &&
                         model_.Nodes().Name(node) < model_.Nodes().Name(best));
    if (better) {
      best = node;
      best_loss = loss;
      best_left = left;
    }
  }
  if (best == model::kNoNode) return false;
  Place(index, best, 1);
  return true;
}

std::int64_t GangPlacer::BulkCapacityBeside(NodeIndex node, std::size_t index, const Judged& bulk) {
  if (bulk.capacity[node] == 0) return 0;
  const std::size_t mark = placed_.size();
  Place(index, node, 1);
  const std::int64_t left = bulk.filters.CapacityOf(model_, node, kUnlimited);
  TakeBackTo(mark);
  return left;
}

/// Returns how many pods fit, and places them if these are enough.
std::int64_t GangPlacer::PlaceAtOnce(std::size_t index) {
  Judged& set = sets_[index];
  set.filters.Capacities(model_, kUnlimited, set.capacity);
  const std::int64_t places =
      std::accumulate(set.capacity.begin(), set.capacity.end(), std::int64_t{0});
  if (places < set.demand->Enough()) return places;
  const auto filled = FillRoomiestFirst(model_.Nodes(), set.capacity, preferred_,
                                        std::min(places, set.demand->count));
  MUSTER_CHECK(filled.has_value(), "there are places enough");
  for (const Filled& share : *filled) Place(index, share.node, share.count);
  return places;
}

Attempt GangPlacer::Success() const {
  std::vector<std::vector<NodeShare>> shares(sets_.size());
  for (const Placed& placed : placed_) shares[placed.set].push_back({placed.node, placed.count});
  return {std::move(shares), "", 0};
}

Attempt GangPlacer::Fail(std::size_t index, std::int64_t fitting) {
  using Form = AttemptDiagnosis::Form;
  if (diagnosis_.form == Form::kNone) {
    TakeBackTo(0);
    return {};
  }
  const Judged& set = sets_[index];
  FillUp(index);
  NodeRefusals refusals = FitError(model_, set.filters, diagnosis_.instead);
  Attempt attempt{std::nullopt, std::move(refusals.text), refusals.unresolvable_nodes};
  if (diagnosis_.form == Form::kFitError) {
    TakeBackTo(0);
    return attempt;
  }
  if (sets_.size() > 1 || set.demand->count > 1) attempt.diagnosis += GangSentence(index, fitting);
  TakeBackTo(0);
  attempt.diagnosis += SizeAdvice(profile_, model_, set.view, set.demand->label);
  return attempt;
}

/// Takes every place that is left, so that each node can say why one more pod is too many.
void GangPlacer::FillUp(std::size_t index) {
  if (coupled_) {
    FillStepByStep(index, {});
    return;
  }
  std::vector<std::int64_t> capacity;
  sets_[index].filters.Capacities(model_, kUnlimited, capacity);
  for (NodeIndex node = 0; node < capacity.size(); ++node) {
    if (capacity[node] > 0) Place(index, node, capacity[node]);
  }
}

std::string GangPlacer::GangSentence(std::size_t index, std::int64_t fitting) const {
  const PodSetDemand& demand = *sets_[index].demand;
  std::string text = " The gang is admitted whole or not at all: " + std::to_string(fitting) +
                     " of " + std::to_string(demand.Enough()) + " " + demand.label + " fit";
  for (const Judged& other : sets_) {
    if (&other == &sets_[index]) continue;
    text += " beside " + std::to_string(other.demand->Enough()) + " " + other.demand->label;
  }
  return text + ".";
}

}  // namespace muster::placement
