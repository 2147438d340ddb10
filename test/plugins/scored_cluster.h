#pragma once

#include <map>
#include <string>

#include "plugins/builtin_plugins.h"
#include "scheduler/model/cluster_model.h"

namespace muster::plugins {

/// A cluster on which one plugin of the default profile scores pods.
class ScoredCluster {
 public:
  void Add(const api::Node& node) { model_.Nodes().Upsert(node, model_.Names()); }
  void Place(const api::Pod& pod, const std::string& node);
  model::ClusterModel& Model() { return model_; }

  using Scores = std::map<std::string, std::int64_t>;
  /// The plugin's normalized scores by node, without its weight; empty when it has nothing to say.
  Scores ScoresOf(const std::string& plugin, const api::Pod& pod) const;
  Scores ScoresOf(const std::string& plugin, const api::Pod& pod, ScoreSettings settings) const;

 private:
  model::ClusterModel model_;
};

}  // namespace muster::plugins
