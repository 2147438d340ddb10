#include "plugins/taint_toleration/prefer_no_schedule.h"

#include <algorithm>

#include "plugins/normalize_score.h"
#include "plugins/taint_toleration/tolerates.h"

namespace muster::plugins {
namespace {

class TaintTolerationScore final : public framework::ScorePlugin {
 public:
  std::string_view Name() const override { return "TaintToleration"; }
  bool PrefersNodesThemselves(const framework::PodSetView& /*pod_set*/,
                              const model::ClusterModel& model) const override {
    return model.Nodes().CountWithPreferNoSchedule() > 0;
  }

  bool Score(const framework::PodSetView& pod_set, const model::ClusterModel& model,
             std::span<const model::NodeIndex> nodes,
             std::span<std::int64_t> scores) const override {
    const auto& tolerations = pod_set.pod.spec.tolerations;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const auto& taints = model.Nodes().Taints(nodes[i]);
      scores[i] = std::count_if(taints.begin(), taints.end(), [&](const api::Taint& taint) {
        return taint.effect == "PreferNoSchedule" && !Tolerates(tolerations, taint);
      });
    }
    NormalizeToHighest(scores, true);
    return true;
  }
};

}  // namespace

std::unique_ptr<framework::ScorePlugin> MakeTaintTolerationScore() {
  return std::make_unique<TaintTolerationScore>();
}

}  // namespace muster::plugins
