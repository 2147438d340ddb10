#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/capacity/options.h"
#include "scheduler/gang/gang.h"

namespace muster::capacity {

/// Identical pods that do not exist yet.
struct StandInSet {
  std::int32_t profile = 0;
  std::int64_t count = 0;
  api::Pod pod;  // as BuildStandIn makes it
};

/// What a gang wants of an autoscaler while it waits: its driver, which exists, and stand-ins for
/// all of its executors. The whole gang and not only what is missing, because autoscalers subtract
/// the free room themselves.
struct Demand {
  api::ObjectMeta driver;
  std::vector<StandInSet> sets;

  std::int64_t Count() const;
};

/// Of a waiting gang whose shape is known. Executors that a gang can do without (min-executors) are
/// asked for too. Empty where there is nothing to ask for: a single pod, no executors at the start,
/// or executors whose priority Cluster Autoscaler takes for expendable.
Demand DemandOf(const gang::Gang& gang, const CapacityOptions& options);

/// How many executors of each profile a bound gang still waits for: its slots without a pod.
std::map<std::int32_t, std::int64_t> OpenSlots(const gang::Reservation& reservation);

}  // namespace muster::capacity
