#include "plugins/node_affinity/preferred_node_affinity.h"

#include <algorithm>
#include <span>
#include <vector>

#include "plugins/node_affinity/node_selector.h"
#include "plugins/normalize_score.h"

namespace muster::plugins {
namespace {

class NodeAffinityScore final : public framework::ScorePlugin {
 public:
  std::string_view Name() const override { return "NodeAffinity"; }
  bool PrefersNodesThemselves(const framework::PodSetView& pod_set,
                              const model::ClusterModel& /*model*/) const override {
    return !pod_set.pod.spec.node_affinity.preferred.empty();
  }

  bool Score(const framework::PodSetView& pod_set, const model::ClusterModel& model,
             std::span<const model::NodeIndex> nodes,
             std::span<std::int64_t> scores) const override {
    const auto& terms = pod_set.pod.spec.node_affinity.preferred;
    if (terms.empty()) return false;
    std::vector<NodeSelector> preferences;
    preferences.reserve(terms.size());
    for (const api::PreferredSchedulingTerm& term : terms) {
      preferences.emplace_back(std::span(&term.preference, 1));
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const std::string& name = model.Nodes().Name(nodes[i]);
      const api::StringMap& labels = model.Nodes().Labels(nodes[i]);
      for (std::size_t term = 0; term < terms.size(); ++term) {
        if (preferences[term].Matches(name, labels)) scores[i] += terms[term].weight;
      }
      // The API server allows weights from 1 to 100.
      scores[i] = std::max<std::int64_t>(scores[i], 0);
    }
    NormalizeToHighest(scores, false);
    return true;
  }
};

}  // namespace

std::unique_ptr<framework::ScorePlugin> MakeNodeAffinityScore() {
  return std::make_unique<NodeAffinityScore>();
}

}  // namespace muster::plugins
