#include "plugins/node_resources_balanced_allocation/node_resources_balanced_allocation.h"

#include <algorithm>
#include <cmath>

namespace muster::plugins {
namespace {

using framework::kNodeScoreMax;

double Fraction(std::int64_t requested, std::int64_t allocatable) {
  return std::min(static_cast<double>(requested) / static_cast<double>(allocatable), 1.0);
}

/// 100 when both resources are used alike, down to 50 when one is full and the other empty.
std::int64_t Balance(MilliCpu cpu, Bytes memory, const model::ResourceVector& allocatable) {
  double deviation = 0;
  if (allocatable.cpu.value != 0 && allocatable.memory.value != 0) {
    deviation = std::abs((Fraction(cpu.value, allocatable.cpu.value) -
                          Fraction(memory.value, allocatable.memory.value)) /
                         2);
  }
  return static_cast<std::int64_t>((1 - deviation) * static_cast<double>(kNodeScoreMax));
}

class NodeResourcesBalancedAllocation final : public framework::ScorePlugin {
 public:
  std::string_view Name() const override { return "NodeResourcesBalancedAllocation"; }

  bool Score(const framework::PodSetView& pod_set, const model::ClusterModel& model,
             std::span<const model::NodeIndex> nodes,
             std::span<std::int64_t> scores) const override {
    const model::ResourceVector& pod = pod_set.info.amounts;
    if (pod.cpu.value == 0 && pod.memory.value == 0) return false;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const model::ResourceVector& allocatable = model.Nodes().Allocatable(nodes[i]);
      const model::ResourceVector& taken = model.Nodes().Requested(nodes[i]);
      const std::int64_t before = Balance(taken.cpu, taken.memory, allocatable);
      const std::int64_t after =
          Balance(taken.cpu + pod.cpu, taken.memory + pod.memory, allocatable);
      scores[i] = kNodeScoreMax / 2 + (kNodeScoreMax / 2 + after - before) / 2;
    }
    return true;
  }
};

}  // namespace

std::unique_ptr<framework::ScorePlugin> MakeNodeResourcesBalancedAllocation() {
  return std::make_unique<NodeResourcesBalancedAllocation>();
}

}  // namespace muster::plugins
