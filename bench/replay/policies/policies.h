#pragma once

#include <memory>

#include "bench/replay/policies/node_choice.h"
#include "bench/replay/policy.h"

/// The policies of the replay; what each imitates and leaves out stands in policies.cc.
namespace muster::bench::replay {

/// Pod by pod, as pods come: kube-scheduler.
std::unique_ptr<Policy> MakePodByPod(ClusterView& cluster, NodeScore score);

/// Whole gangs: a driver is bound when all of its executors have a place, which is kept for them.
struct GangRules {
  bool shortest_first = false;  // else by age
  bool head_blocks = true;      // what does not fit holds up all that come after it
  Packing packing = Packing::kSpread;
};
std::unique_ptr<Policy> MakeWholeGangs(ClusterView& cluster, const GangRules& rules);

/// Muster's own core: scheduler/core with the default plugins.
std::unique_ptr<Policy> MakeMuster(ClusterView& cluster);

}  // namespace muster::bench::replay
