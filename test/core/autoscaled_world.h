#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/simulation/simulated_autoscaler.h"
#include "test/core/small_world.h"

/// A simulated cluster that a simulated Cluster Autoscaler makes larger.
namespace muster::bench {

/// A group of nodes with this many CPUs, 8 GiB each.
NodeGroup MakeGroup(const std::string& name, std::int64_t cpus, std::int64_t nodes_max);

/// Muster that is told which autoscaler there is.
WorldOptions HintingWorld(
    std::uint64_t seed, capacity::Autoscaler autoscaler = capacity::Autoscaler::kClusterAutoscaler);
/// A pod-by-pod scheduler that marks what does not fit as kube-scheduler does.
WorldOptions PodByPodWorld(std::uint64_t seed);

class AutoscaledWorld {
 public:
  AutoscaledWorld(WorldOptions options, std::vector<NodeGroup> groups);

  SimulatedWorld& world() { return world_; }
  SimulatedAutoscaler& autoscaler() { return autoscaler_; }
  void Start();

  /// The stand-ins that exist, of all gangs.
  std::vector<const api::Pod*> StandIns();
  /// Stand-ins whose driver is gone, or has ended.
  std::vector<std::string> Orphans();

 private:
  SimulatedWorld world_;
  SimulatedAutoscaler autoscaler_;
  SimulatedGarbageCollector garbage_collector_;
};

}  // namespace muster::bench
