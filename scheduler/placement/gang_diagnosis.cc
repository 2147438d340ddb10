// What is said of a gang that does not fit: each pod set's refusals, and how much of it would fit.

#include <algorithm>
#include <utility>

#include "scheduler/placement/gang_placer.h"
#include "scheduler/placement/size_advice.h"

namespace muster::placement {

using model::NodeIndex;

/// A pod on its own is told kube-scheduler's words and nothing else.
Attempt GangPlacer::Fail(const Outcome& outcome) {
  using Form = AttemptDiagnosis::Form;
  if (request_.diagnosis.form == Form::kNone) {
    TakeBackTo(0);
    return {};
  }
  const Set& set = sets_[outcome.set];
  NodeRefusals refusals = Explain(outcome.set);
  Attempt attempt{std::nullopt, std::move(refusals.text), refusals.unresolvable_nodes};
  const bool is_gang = sets_.size() > 1 || set.demand->count > 1;
  const bool is_full = is_gang && request_.diagnosis.form == Form::kFull;
  if (is_full) attempt.diagnosis = Diagnose(outcome, std::move(attempt.diagnosis));
  TakeBackTo(0);
  if (is_full) {
    attempt.diagnosis += SizeAdvice(profile_, model_, set.judged->view, set.demand->label);
  }
  return attempt;
}

/// Why not one pod more of the set: every place that is left is taken, and given back.
NodeRefusals GangPlacer::Explain(std::size_t index) {
  const Set& set = sets_[index];
  const std::size_t mark = placed_.size();
  FillUp(index);
  NodeRefusals refusals = FitError(model_, set.judged->filters, NodeReasons(set));
  TakeBackTo(mark);
  return refusals;
}

/// What the gang's own limits say of nodes that no filter refuses.
NodeReason GangPlacer::NodeReasons(const Set& set) const {
  const bool has_limits = scope_binds_ || request_.policy.executors_per_node_max.has_value();
  if (!has_limits) return request_.diagnosis.instead;
  return [this, &set](NodeIndex node) -> std::string_view {
    if (scope_binds_ && !IsInScope(node)) return "node(s) were outside the gang's topology domain";
    if (request_.diagnosis.instead) {
      if (const auto reason = request_.diagnosis.instead(node); !reason.empty()) return reason;
    }
    if (Allowed(set, node) == 0 && set.judged->filters.CapacityOf(model_, node, 1) > 0) {
      return "node(s) had as many executors of the gang as it allows on one";
    }
    return "";
  };
}

/// Takes every place that is left, so that each node can say why one more pod is too many.
void GangPlacer::FillUp(std::size_t index) {
  if (coupled_) {
    FillStepByStep(index);
    return;
  }
  RefreshCapacity(index);
  std::vector<std::int64_t> capacity(model_.Nodes().Size(), 0);
  for (NodeIndex node = 0; node < capacity.size(); ++node) {
    capacity[node] = CapacityOf(sets_[index], node);
  }
  for (NodeIndex node = 0; node < capacity.size(); ++node) {
    if (capacity[node] > 0) Place(index, node, capacity[node]);
  }
}

/// The sets before the one that did not fit are placed whole; those after it are filled in now, as
/// far as they go. The caller takes all of it back.
std::string GangPlacer::Diagnose(const Outcome& outcome, std::string refusals) {
  std::vector<SetFit> fits;
  fits.reserve(sets_.size());
  for (std::size_t index = 0; index < sets_.size(); ++index) {
    fits.push_back(FitOf(index, sets_[index].demand->count));
  }
  fits[outcome.set].fitting = outcome.placed;
  fits[outcome.set].refusals = std::move(refusals);
  const auto failed = std::find(order_.begin(), order_.end(), outcome.set);
  for (auto index = failed + 1; index != order_.end(); ++index) {
    fits[*index] = FitOf(*index, PlaceWhatFits(*index));
    if (fits[*index].fitting < fits[*index].asked) fits[*index].refusals = Explain(*index).text;
  }
  return GangDiagnosis(fits);
}

/// Only the largest set may give way.
SetFit GangPlacer::FitOf(std::size_t index, std::int64_t fitting) const {
  const PodSetDemand& demand = *sets_[index].demand;
  const std::int64_t asked = index == order_.back() ? demand.Enough() : demand.count;
  return {demand.label, std::min(fitting, asked), asked, ""};
}

/// The way in which PlaceAll goes, without an end at the first set that does not fit.
std::int64_t GangPlacer::PlaceWhatFits(std::size_t index) {
  const std::size_t bulk = order_.back();
  if (index == bulk) return coupled_ ? FillStepByStep(bulk) : PlaceAtOnce(bulk);
  std::int64_t placed = 0;
  while (placed < sets_[index].demand->count && PlaceOneBeside(index, bulk)) ++placed;
  return placed;
}

}  // namespace muster::placement
