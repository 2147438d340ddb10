#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "scheduler/framework/plugin.h"

/// Scores: which of the nodes that can take a pod suits it best.
namespace muster::framework {

inline constexpr std::int64_t kNodeScoreMax = 100;
inline constexpr std::int64_t kScoreWeightMax = 100;

/// An opinion about nodes that all filters have let through.
class ScorePlugin {
 public:
  virtual ~ScorePlugin() = default;
  virtual std::string_view Name() const = 0;

  /// Writes into scores[i] how well nodes[i] suits one more pod of the set: 0..kNodeScoreMax,
  /// normalized over `nodes` where kube-scheduler does so. Returns false when it has nothing to say
  /// about the pod; `scores` means nothing then. The pod is not in the model.
  /// Requires: nodes ascending, all present; scores.size() == nodes.size(), zeroes.
  /// Cost: O(nodes), with pods where the rule is about pods; no allocation for each node.
  virtual bool Score(const PodSetView& pod_set, const model::ClusterModel& model,
                     std::span<const model::NodeIndex> nodes,
                     std::span<std::int64_t> scores) const = 0;

  /// True when the pod prefers some nodes for what they themselves are, such as by preferred node
  /// affinity: the score then holds for every pod of a set, wherever the others go, and gangs heed
  /// it. False where scores depend on pods or room, or where all nodes are alike. Cost: O(1).
  virtual bool PrefersNodesThemselves(const PodSetView& /*pod_set*/,
                                      const model::ClusterModel& /*model*/) const {
    return false;
  }
};

struct WeightedScorePlugin {
  std::unique_ptr<ScorePlugin> plugin;
  std::int64_t weight = 1;  // 0..kScoreWeightMax; 0: the plugin is not asked
};

/// One plugin's share of the scores: its score times its weight.
struct PluginScores {
  std::string_view plugin;
  std::vector<std::int64_t> weighted;
};

/// The sum of the weighted scores for one more pod of the set, in the order of `nodes`, which must
/// be feasible, ascending and present: the highest is the node that kube-scheduler would choose.
/// Source: kube-scheduler framework/runtime RunScorePlugins.
std::vector<std::int64_t> ScoreNodes(std::span<const WeightedScorePlugin> plugins,
                                     const PodSetView& pod_set, const model::ClusterModel& model,
                                     std::span<const model::NodeIndex> nodes);

/// The same, a row for each plugin that has something to say.
std::vector<PluginScores> ScoreNodesByPlugin(std::span<const WeightedScorePlugin> plugins,
                                             const PodSetView& pod_set,
                                             const model::ClusterModel& model,
                                             std::span<const model::NodeIndex> nodes);

/// The sum over the plugins that PrefersNodesThemselves; empty when all nodes are alike to them.
/// Cost: O(plugins) where none does, else O(nodes).
std::vector<std::int64_t> NodePreferences(std::span<const WeightedScorePlugin> plugins,
                                          const PodSetView& pod_set,
                                          const model::ClusterModel& model,
                                          std::span<const model::NodeIndex> nodes);

}  // namespace muster::framework
