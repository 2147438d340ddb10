#pragma once

#include <memory>

#include "bench/replay/policies/node_choice.h"
#include "bench/replay/policy.h"
#include "scheduler/core/scheduler_core.h"

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

/// Admission by the free sum of the whole cluster, then pod by pod.
std::unique_ptr<Policy> MakeQuota(ClusterView& cluster);

/// Placeholder pods that real pods replace.
std::unique_ptr<Policy> MakePlaceholder(ClusterView& cluster);

/// Sessions of one second, sums checked before a driver may start, fair shares by job.
std::unique_ptr<Policy> MakeVolcano(ClusterView& cluster);

/// Muster's own core: scheduler/core with the default plugins.
std::unique_ptr<Policy> MakeMuster(ClusterView& cluster, const core::CoreOptions& options);

}  // namespace muster::bench::replay
