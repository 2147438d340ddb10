#include "scheduler/framework/score.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "scheduler/base/check.h"

namespace muster::framework {
namespace {

/// Asks one plugin; `scratch` has a place for every node. False when it has nothing to say.
bool Ask(const WeightedScorePlugin& entry, const PodSetView& pod_set,
         const model::ClusterModel& model, std::span<const model::NodeIndex> nodes,
         std::vector<std::int64_t>& scratch) {
  if (entry.weight == 0) return false;
  std::fill(scratch.begin(), scratch.end(), 0);
  if (!entry.plugin->Score(pod_set, model, nodes, scratch)) return false;
  for (std::int64_t& score : scratch) {
    MUSTER_CHECK(score >= 0 && score <= kNodeScoreMax, "a score is out of range");
    score *= entry.weight;
  }
  return true;
}

void AddTo(std::vector<std::int64_t>& totals, const std::vector<std::int64_t>& scores) {
  std::transform(totals.begin(), totals.end(), scores.begin(), totals.begin(), std::plus<>());
}

}  // namespace

std::vector<std::int64_t> ScoreNodes(std::span<const WeightedScorePlugin> plugins,
                                     const PodSetView& pod_set, const model::ClusterModel& model,
                                     std::span<const model::NodeIndex> nodes) {
  std::vector<std::int64_t> totals(nodes.size(), 0);
  std::vector<std::int64_t> scratch(nodes.size(), 0);
  for (const WeightedScorePlugin& entry : plugins) {
    if (Ask(entry, pod_set, model, nodes, scratch)) AddTo(totals, scratch);
  }
  return totals;
}

std::vector<PluginScores> ScoreNodesByPlugin(std::span<const WeightedScorePlugin> plugins,
                                             const PodSetView& pod_set,
                                             const model::ClusterModel& model,
                                             std::span<const model::NodeIndex> nodes) {
  std::vector<PluginScores> rows;
  for (const WeightedScorePlugin& entry : plugins) {
    std::vector<std::int64_t> scores(nodes.size(), 0);
    if (!Ask(entry, pod_set, model, nodes, scores)) continue;
    rows.push_back({entry.plugin->Name(), std::move(scores)});
  }
  return rows;
}

std::vector<std::int64_t> NodePreferences(std::span<const WeightedScorePlugin> plugins,
                                          const PodSetView& pod_set,
                                          const model::ClusterModel& model,
                                          std::span<const model::NodeIndex> nodes) {
  std::vector<std::int64_t> totals;
  std::vector<std::int64_t> scratch;
  for (const WeightedScorePlugin& entry : plugins) {
    if (!entry.plugin->PrefersNodesThemselves(pod_set, model)) continue;
    totals.resize(nodes.size(), 0);
    scratch.resize(nodes.size(), 0);
    if (Ask(entry, pod_set, model, nodes, scratch)) AddTo(totals, scratch);
  }
  const auto other = std::adjacent_find(totals.begin(), totals.end(), std::not_equal_to<>());
  if (other == totals.end()) totals.clear();
  return totals;
}

}  // namespace muster::framework
