#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scheduler/framework/profile.h"
#include "scheduler/model/cluster_model.h"

/// A cluster for the tests of one plugin.
namespace muster::testing {

class FilterWorld {
 public:
  explicit FilterWorld(std::unique_ptr<framework::FilterPlugin> plugin);

  /// A node with room for anything.
  void AddNode(const std::string& name, const api::StringMap& labels);
  void AddNode(const api::Node& node);
  /// A namespace with labels.
  void AddNamespace(const std::string& name, const api::StringMap& labels);
  /// Puts a running pod on the node.
  void Run(const api::Pod& pod, const std::string& node);

  /// How many pods of a set each node takes, at most 100.
  std::map<std::string, std::int64_t> Capacities(const api::Pod& pod);
  /// Why each node refuses the pod; "" where it does not. A reason that no eviction mends ends in
  /// " (final)".
  std::map<std::string, std::string> Reasons(const api::Pod& pod);
  /// True when the plugin has nothing to say about the pod.
  bool HasNothingToSay(const api::Pod& pod, std::vector<model::PodInfoPtr> companions = {});

  /// The filter for the pod, for tests that place pods themselves. The pod must outlive it.
  std::unique_ptr<framework::NodeFilter> Prepare(
      const api::Pod& pod, const model::PodInfoPtr& info,
      std::span<const model::PodInfoPtr> companions = {});
  std::int64_t CapacityOf(const framework::NodeFilter& filter, const std::string& node) const;
  model::NodeIndex Node(const std::string& name) const { return model_.Nodes().Find(name); }
  model::PodInfoPtr Info(const api::Pod& pod) { return model::MakePodInfo(pod, model_.Names()); }
  model::ClusterModel& Model() { return model_; }

 private:
  std::unique_ptr<framework::FilterPlugin> plugin_;
  model::ClusterModel model_;
  std::int64_t pods_ = 0;
};

/// A pending pod in namespace "default" with labels.
api::Pod LabelledPod(const api::StringMap& labels);
/// Required (anti-)affinity to pods with these labels.
api::PodAffinityTerm Near(const api::StringMap& labels, const std::string& topology_key);
/// DoNotSchedule over pods with these labels.
api::TopologySpreadConstraint SpreadOver(const std::string& topology_key, std::int32_t max_skew,
                                         const api::StringMap& labels);

}  // namespace muster::testing
