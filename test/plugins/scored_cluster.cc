#include "test/plugins/scored_cluster.h"

#include <vector>

namespace muster::plugins {

void ScoredCluster::Place(const api::Pod& pod, const std::string& node) {
  model_.PlacePod(pod.metadata.uid, model_.Nodes().Find(node),
                  model::MakePodInfo(pod, model_.Names()));
}

ScoredCluster::Scores ScoredCluster::ScoresOf(const std::string& plugin,
                                              const api::Pod& pod) const {
  return ScoresOf(plugin, pod, ScoreSettings{});
}

ScoredCluster::Scores ScoredCluster::ScoresOf(const std::string& plugin, const api::Pod& pod,
                                              ScoreSettings settings) const {
  for (const DefaultWeight& known : DefaultScoreWeights()) {
    settings.weights[std::string(known.plugin)] = known.plugin == plugin ? 1 : 0;
  }
  std::vector<model::NodeIndex> nodes;
  for (model::NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
    if (model_.Nodes().IsPresent(node)) nodes.push_back(node);
  }
  model::ResourceNames names = model_.Names();
  const model::PodInfoPtr info = model::MakePodInfo(pod, names);
  const framework::Profile profile = DefaultProfile(settings);
  Scores scores;
  for (const auto& row :
       framework::ScoreNodesByPlugin(profile.scores, {pod, *info}, model_, nodes)) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      scores[model_.Nodes().Name(nodes[i])] = row.weighted[i];
    }
  }
  return scores;
}

}  // namespace muster::plugins
