#include "plugins/node_resources_fit/allocated_score.h"

#include <algorithm>

#include "scheduler/api/pod_requests.h"

namespace muster::plugins {
namespace {

using framework::kNodeScoreMax;

std::int64_t ScoreOfResource(ScoringStrategy strategy, std::int64_t requested,
                             std::int64_t allocatable) {
  if (strategy == ScoringStrategy::kMostAllocated) {
    return std::min(requested, allocatable) * kNodeScoreMax / allocatable;
  }
  if (requested > allocatable) return 0;
  return (allocatable - requested) * kNodeScoreMax / allocatable;
}

class NodeResourcesFitScore final : public framework::ScorePlugin {
 public:
  explicit NodeResourcesFitScore(ScoringStrategy strategy) : strategy_(strategy) {}

  std::string_view Name() const override { return "NodeResourcesFit"; }

  bool Score(const framework::PodSetView& pod_set, const model::ClusterModel& model,
             std::span<const model::NodeIndex> nodes,
             std::span<std::int64_t> scores) const override {
    const model::NonZeroRequests pod =
        model::NonZeroAmounts(api::NonZeroRequestsOfPending(pod_set.pod.spec));
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const model::ResourceVector& allocatable = model.Nodes().Allocatable(nodes[i]);
      const model::NonZeroRequests& taken = model.Nodes().NonZeroRequested(nodes[i]);
      std::int64_t sum = 0;
      std::int64_t resources = 0;
      const auto add = [&](std::int64_t requested, std::int64_t offered) {
        if (offered == 0) return;
        sum += ScoreOfResource(strategy_, requested, offered);
        ++resources;
      };
      add((taken.cpu + pod.cpu).value, allocatable.cpu.value);
      add((taken.memory + pod.memory).value, allocatable.memory.value);
      scores[i] = resources == 0 ? 0 : sum / resources;
    }
    return true;
  }

 private:
  ScoringStrategy strategy_;
};

}  // namespace

std::unique_ptr<framework::ScorePlugin> MakeNodeResourcesFitScore(ScoringStrategy strategy) {
  return std::make_unique<NodeResourcesFitScore>(strategy);
}

}  // namespace muster::plugins
