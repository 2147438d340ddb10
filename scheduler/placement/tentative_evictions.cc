#include "scheduler/placement/tentative_evictions.h"

#include <algorithm>

#include "scheduler/base/check.h"
#include "scheduler/model/selectors.h"

namespace muster::placement {

TentativeEvictions::TentativeEvictions(model::ClusterModel& model,
                                       std::span<const EvictionUnit> units)
    : model_(model), units_(units), evicted_(units.size(), 0) {
  allowances_.reserve(model.Budgets().size());
  for (const auto& [name, budget] : model.Budgets()) {
    allowances_.push_back(budget.disruptions_allowed);
  }
  pods_of_.reserve(units.size());
  for (const EvictionUnit& unit : units) {
    std::vector<std::size_t>& pods = pods_of_.emplace_back();
    for (const std::string& uid : unit.pods) {
      pods.push_back(Note(uid, unit.kind == EvictionUnit::Kind::kLeaving));
    }
  }
}

TentativeEvictions::~TentativeEvictions() {
  for (std::size_t unit = 0; unit < units_.size(); ++unit) GiveBack(unit);
}

std::size_t TentativeEvictions::Note(const std::string& uid, bool leaving) {
  const auto [entry, is_new] = index_.emplace(uid, pods_.size());
  if (!is_new) return entry->second;
  const model::PlacedPod* placed = model_.FindPod(uid);
  MUSTER_CHECK(placed != nullptr && model_.Nodes().IsPresent(placed->node),
               "only pods on present nodes can be taken off");
  Pod pod{uid, placed->node, placed->info, 0, {}};
  std::size_t index = 0;
  for (const auto& [name, budget] : model_.Budgets()) {
    const std::size_t at = index++;
    // Who is leaving, or evicted already, has been paid for.
    if (leaving || name.namespace_name != pod.info->namespace_name) continue;
    if (!model::Matches(budget.selector, pod.info->labels)) continue;
    const auto& disrupted = budget.disrupted_pods;
    if (std::binary_search(disrupted.begin(), disrupted.end(), pod.info->name)) continue;
    pod.budgets.push_back(at);
  }
  pods_.push_back(std::move(pod));
  return entry->second;
}

void TentativeEvictions::Evict(std::size_t unit) {
  if (evicted_[unit] != 0) return;
  evicted_[unit] = 1;
  for (const std::size_t at : pods_of_[unit]) {
    Pod& pod = pods_[at];
    if (pod.evictions++ > 0) continue;
    model_.RemovePod(pod.uid);
    for (const std::size_t budget : pod.budgets) --allowances_[budget];
  }
  for (const EvictionUnit::HeldPlaces& held : units_[unit].places) {
    model_.HoldPlaces(held.node, held.info, -held.count);
  }
}

void TentativeEvictions::GiveBack(std::size_t unit) {
  if (evicted_[unit] == 0) return;
  evicted_[unit] = 0;
  for (const std::size_t at : pods_of_[unit]) {
    Pod& pod = pods_[at];
    if (--pod.evictions > 0) continue;
    model_.PlacePod(pod.uid, pod.node, pod.info);
    for (const std::size_t budget : pod.budgets) ++allowances_[budget];
  }
  for (const EvictionUnit::HeldPlaces& held : units_[unit].places) {
    model_.HoldPlaces(held.node, held.info, held.count);
  }
}

bool TentativeEvictions::ViolatesBudget(std::size_t unit) const {
  return std::any_of(pods_of_[unit].begin(), pods_of_[unit].end(), [&](std::size_t at) {
    const Pod& pod = pods_[at];
    return pod.evictions > 0 && std::any_of(pod.budgets.begin(), pod.budgets.end(),
                                            [&](std::size_t b) { return allowances_[b] < 0; });
  });
}

}  // namespace muster::placement
