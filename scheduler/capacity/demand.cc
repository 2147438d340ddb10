#include "scheduler/capacity/demand.h"

#include <algorithm>

#include "scheduler/capacity/stand_in.h"

namespace muster::capacity {

std::int64_t Demand::Count() const {
  std::int64_t count = 0;
  for (const StandInSet& set : sets) count += set.count;
  return count;
}

Demand DemandOf(const gang::Gang& gang, const CapacityOptions& options) {
  Demand demand;
  demand.driver = gang.anchor.metadata;
  if (options.autoscaler == Autoscaler::kNone || gang.kind != gang::GangKind::kApplication) {
    return demand;
  }
  const bool may_be_expendable = options.autoscaler == Autoscaler::kClusterAutoscaler;
  for (const spark::ExecutorSet& set : gang.executor_sets) {
    if (set.count == 0) continue;
    if (may_be_expendable && set.pod.spec.priority < kExpendableBelow) continue;
    demand.sets.push_back({set.profile, set.count, BuildStandIn(gang.anchor, set, options)});
  }
  return demand;
}

std::map<std::int32_t, std::int64_t> OpenSlots(const gang::Reservation& reservation) {
  std::map<std::int32_t, std::int64_t> open;
  for (const gang::SlotSet& set : reservation.Sets()) {
    open[set.profile] += std::count_if(set.slots.begin(), set.slots.end(),
                                       [](const gang::Slot& slot) { return !slot.IsTaken(); });
  }
  return open;
}

}  // namespace muster::capacity
