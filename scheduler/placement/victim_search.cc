#include "scheduler/placement/victim_search.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "scheduler/placement/tentative_evictions.h"

namespace muster::placement {
namespace {

using Kind = EvictionUnit::Kind;

constexpr std::string_view kNotHelpful = "Preemption is not helpful for scheduling";
constexpr std::string_view kNoVictims = "No preemption victims found for incoming pod";
constexpr std::int64_t kTrialsMin = 32;

/// How much of what a pod of the set wants these amounts are: thousandths, summed over the
/// resources.
std::int64_t RoomFor(const model::ResourceVector& wanted, const model::ResourceVector& freed) {
  std::int64_t room = 0;
  const auto weigh = [&room](std::int64_t want, std::int64_t have) {
    // Amounts are at most 2^50, so this cannot overflow.
    if (want > 0) room += have * 1000 / want;
  };
  weigh(wanted.cpu.value, freed.cpu.value);
  weigh(wanted.memory.value, freed.memory.value);
  weigh(wanted.ephemeral_storage.value, freed.ephemeral_storage.value);
  for (const model::ExtendedAmount& entry : wanted.extended) {
    weigh(entry.amount, freed.Extended(entry.resource));
  }
  return room;
}

class VictimSearch {
 public:
  VictimSearch(const PlacementContext& context, const GangRequest& gang,
               std::span<const EvictionUnit> units)
      : profile_(context.profile),
        model_(context.model),
        gang_(gang),
        demands_(gang.demands),
        units_(units),
        cache_(context.cache.Topology(context.model).Settings()),
        evictions_(context.model, units),
        trials_left_(std::max(kTrialsMin, kNodeVisitsMax / VisitsOfTrial())) {}

  PreemptionPlan Run(std::span<const std::uint8_t> worth);

 private:
  std::int64_t VisitsOfTrial() const {
    const auto nodes =
        static_cast<std::int64_t>(std::max<model::NodeIndex>(1, model_.Nodes().Size()));
    return nodes * static_cast<std::int64_t>(std::max<std::size_t>(1, demands_.size()));
  }
  Attempt Place(const AttemptDiagnosis& diagnosis);
  Attempt PlaceOn(model::Statement& statement, const AttemptDiagnosis& diagnosis);
  bool Fits() { return Place({AttemptDiagnosis::Form::kNone}).shares.has_value(); }
  AttemptDiagnosis DiagnosisWith(std::span<const std::uint8_t> worth) const;
  std::vector<std::size_t> DearestFirst() const;
  void GiveBackRange(std::span<const std::size_t> range, bool only_over_budget);
  template <class Condition>
  void GiveBackTogether(std::span<const std::size_t> order, Condition condition);
  void GiveBackCoarsely(std::span<const std::size_t> order);
  bool HasRoomFor(std::size_t unit) const;

  const framework::Profile& profile_;
  model::ClusterModel& model_;
  const GangRequest& gang_;
  std::span<const PodSetDemand> demands_;
  std::span<const EvictionUnit> units_;
  PlacementCache cache_;  // of this search: from trial to trial little changes
  TentativeEvictions evictions_;
  std::int64_t trials_left_;
};

Attempt VictimSearch::Place(const AttemptDiagnosis& diagnosis) {
  model::Statement statement(model_);
  return PlaceOn(statement, diagnosis);
}

Attempt VictimSearch::PlaceOn(model::Statement& statement, const AttemptDiagnosis& diagnosis) {
  GangRequest request = gang_;
  request.diagnosis = diagnosis;
  return PlaceGang({profile_, model_, cache_}, statement, request);
}

/// Nodes without victims say so; those with some say what is missing without them.
AttemptDiagnosis VictimSearch::DiagnosisWith(std::span<const std::uint8_t> worth) const {
  std::vector<std::uint8_t> has_victims(model_.Nodes().Size(), 0);
  for (std::size_t unit = 0; unit < units_.size(); ++unit) {
    for (const std::size_t pod : evictions_.PodsOf(unit)) has_victims[evictions_.At(pod).node] = 1;
    for (const EvictionUnit::HeldPlaces& held : units_[unit].places) has_victims[held.node] = 1;
  }
  return {AttemptDiagnosis::Form::kFitError,
          [worth, has_victims = std::move(has_victims)](model::NodeIndex node) -> std::string_view {
            if (worth[node] == 0) return kNotHelpful;
            return has_victims[node] == 0 ? kNoVictims : "";
          }};
}

std::vector<std::size_t> VictimSearch::DearestFirst() const {
  const auto bulk =
      std::max_element(demands_.begin(), demands_.end(),
                       [](const auto& a, const auto& b) { return a.count < b.count; });
  std::vector<std::int64_t> room(units_.size(), 0);
  for (std::size_t unit = 0; unit < units_.size(); ++unit) {
    for (const std::size_t pod : evictions_.PodsOf(unit)) {
      room[unit] += RoomFor(bulk->info->amounts, evictions_.At(pod).info->amounts);
    }
  }
  std::vector<std::size_t> order(units_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto dearer = [&](std::size_t a, std::size_t b) {
    const EvictionUnit& x = units_[a];
    const EvictionUnit& y = units_[b];
    const bool x_stays = x.kind != Kind::kLeaving;
    const bool y_stays = y.kind != Kind::kLeaving;
    return std::make_tuple(!x_stays, -std::int64_t{x.priority}, -static_cast<int>(x.kind),
                           -static_cast<std::int64_t>(x.pods.size()), room[a], x.created,
                           std::cref(x.name), a) <
           std::make_tuple(!y_stays, -std::int64_t{y.priority}, -static_cast<int>(y.kind),
                           -static_cast<std::int64_t>(y.pods.size()), room[b], y.created,
                           std::cref(y.name), b);
  };
  std::sort(order.begin(), order.end(), dearer);
  return order;
}

/// Gives back as many of the range as the gang can spare, the first ones first.
void VictimSearch::GiveBackRange(std::span<const std::size_t> range, bool only_over_budget) {
  if (range.empty() || trials_left_ == 0) return;
  std::vector<std::size_t> given;
  for (const std::size_t unit : range) {
    if (!evictions_.IsEvicted(unit)) continue;
    if (only_over_budget && !evictions_.ViolatesBudget(unit)) continue;
    evictions_.GiveBack(unit);
    given.push_back(unit);
  }
  if (given.empty()) return;
  --trials_left_;
  if (Fits()) return;
  for (const std::size_t unit : given) evictions_.Evict(unit);
  if (range.size() == 1) return;
  GiveBackRange(range.first(range.size() / 2), only_over_budget);
  GiveBackRange(range.subspan(range.size() / 2), only_over_budget);
}

/// Gives back all that meet the condition, or none of them.
template <class Condition>
void VictimSearch::GiveBackTogether(std::span<const std::size_t> order, Condition condition) {
  std::vector<std::size_t> given;
  for (const std::size_t unit : order) {
    if (!evictions_.IsEvicted(unit) || !condition(unit)) continue;
    evictions_.GiveBack(unit);
    given.push_back(unit);
  }
  if (given.empty() || Fits()) return;
  for (const std::size_t unit : given) evictions_.Evict(unit);
}

bool VictimSearch::HasRoomFor(std::size_t unit) const {
  const auto pods = evictions_.PodsOf(unit);
  return std::all_of(pods.begin(), pods.end(), [&](std::size_t at) {
    const TentativeEvictions::Pod& pod = evictions_.At(at);
    return model::CountThatFit(model_.Nodes().Free(pod.node), pod.info->amounts, 1) == 1;
  });
}

/// For when there are too many units to try: what is not on the gang's nodes comes back, and then
/// what its nodes have room for beside it.
void VictimSearch::GiveBackCoarsely(std::span<const std::size_t> order) {
  std::vector<std::uint8_t> used(model_.Nodes().Size(), 0);
  model::Statement statement(model_);
  const Attempt attempt = PlaceOn(statement, {AttemptDiagnosis::Form::kNone});
  if (!attempt.shares) return;
  for (const auto& shares : *attempt.shares) {
    for (const NodeShare& share : shares) used[share.node] = 1;
  }
  std::vector<std::uint8_t> fits_beside(units_.size(), 0);
  std::vector<std::size_t> taken;
  for (const std::size_t unit : order) {
    if (!evictions_.IsEvicted(unit) || !units_[unit].places.empty() || !HasRoomFor(unit)) continue;
    evictions_.GiveBack(unit);
    fits_beside[unit] = 1;
    taken.push_back(unit);
  }
  for (const std::size_t unit : taken) evictions_.Evict(unit);
  statement.RollbackTo(0);
  GiveBackTogether(order, [&](std::size_t unit) {
    const auto pods = evictions_.PodsOf(unit);
    const bool pods_elsewhere = std::none_of(pods.begin(), pods.end(), [&](std::size_t at) {
      return used[evictions_.At(at).node] != 0;
    });
    const auto& places = units_[unit].places;
    return pods_elsewhere && std::none_of(places.begin(), places.end(),
                                          [&](const auto& held) { return used[held.node] != 0; });
  });
  GiveBackTogether(order, [&](std::size_t unit) { return fits_beside[unit] != 0; });
}

PreemptionPlan VictimSearch::Run(std::span<const std::uint8_t> worth) {
  PreemptionPlan plan;
  for (std::size_t unit = 0; unit < units_.size(); ++unit) evictions_.Evict(unit);
  Attempt attempt = Place(DiagnosisWith(worth));
  if (!attempt.shares) {
    plan.diagnosis = std::move(attempt.diagnosis);
    return plan;
  }
  const std::vector<std::size_t> order = DearestFirst();
  std::vector<std::size_t> over_budget;
  std::copy_if(order.begin(), order.end(), std::back_inserter(over_budget),
               [&](std::size_t unit) { return evictions_.ViolatesBudget(unit); });
  GiveBackRange(over_budget, /*only_over_budget=*/true);
  GiveBackRange(order, /*only_over_budget=*/false);
  if (trials_left_ == 0) GiveBackCoarsely(order);
  for (const std::size_t unit : order) {
    if (evictions_.IsEvicted(unit)) plan.victims.push_back(unit);
  }
  plan.shares = Place({AttemptDiagnosis::Form::kNone}).shares;
  return plan;
}

}  // namespace

std::vector<std::uint8_t> NodesWorthEvicting(const framework::Profile& profile,
                                             const model::ClusterModel& model,
                                             std::span<const PodSetDemand> demands) {
  std::vector<std::uint8_t> worth(model.Nodes().Size(), 0);
  std::vector<std::int64_t> capacity;
  for (const PodSetDemand& demand : demands) {
    std::vector<model::PodInfoPtr> companions;
    for (const PodSetDemand& other : demands) {
      if (&other != &demand) companions.push_back(other.info);
    }
    const framework::PreparedFilters filters(profile, {demand.pod, *demand.info, companions},
                                             model);
    if (filters.RefusedEverywhere() && !filters.RefusedEverywhere()->resolvable) {
      return std::vector<std::uint8_t>(model.Nodes().Size(), 0);
    }
    filters.Capacities(model, 1, capacity);
    for (model::NodeIndex node = 0; node < capacity.size(); ++node) {
      if (!model.Nodes().IsPresent(node) || worth[node] != 0) continue;
      const auto refusals =
          capacity[node] > 0 ? std::vector<framework::Refusal>{} : filters.Explain(model, node);
      worth[node] = std::all_of(refusals.begin(), refusals.end(),
                                [](const auto& refusal) { return refusal.resolvable; });
    }
  }
  return worth;
}

PreemptionPlan PlanPreemption(const PlacementContext& context, const GangRequest& gang,
                              std::span<const EvictionUnit> units,
                              std::span<const std::uint8_t> worth) {
  return VictimSearch(context, gang, units).Run(worth);
}

}  // namespace muster::placement
