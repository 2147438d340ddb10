#pragma once

#include <map>
#include <string>
#include <vector>

#include "scheduler/api/storage_objects.h"
#include "scheduler/framework/plugin.h"
#include "scheduler/model/cluster_model.h"

namespace muster::testing {

/// A small cluster with volumes, and one plugin's judgement of it.
class VolumeCluster {
 public:
  void AddNode(const std::string& name, const api::StringMap& labels = {});
  void AddClass(const std::string& name, const std::string& mode,
                const std::string& provisioner = "csi.example.com");
  void AddClaim(const std::string& name, const std::string& storage_class,
                const std::string& size = "1Gi");
  void AddBoundClaim(const std::string& name, const std::string& volume);
  /// An available volume on the nodes whose label `key` has one of the values.
  void AddVolume(const std::string& name, const std::string& storage_class, const std::string& size,
                 const std::string& key = "", const std::vector<std::string>& values = {});
  void SetLimit(const std::string& node, std::int32_t count,
                const std::string& driver = "csi.example.com");
  /// Binds the pod to a node.
  void Place(const api::Pod& pod, const std::string& node);
  /// Holds places for pods that do not exist yet, and tells the filter.
  void Hold(const api::Pod& pod, const std::string& node, std::int64_t count,
            framework::NodeFilter* filter = nullptr);

  model::StorageTable& Storage() { return model_.Storage(); }
  const model::ClusterModel& Model() const { return model_; }

  /// node -> how many pods, of at most 10; empty when the plugin has nothing to say.
  std::map<std::string, std::int64_t> Capacities(const framework::NodeFilter* filter) const;
  std::unique_ptr<framework::NodeFilter> Prepare(const framework::FilterPlugin& plugin,
                                                 const api::Pod& pod);
  /// The same for a plugin and a pod; {"*", 0} when all nodes are refused.
  std::map<std::string, std::int64_t> Judge(const framework::FilterPlugin& plugin,
                                            const api::Pod& pod);
  /// The reasons of one node, or those that hold for all.
  std::vector<std::string> Reasons(const framework::FilterPlugin& plugin, const api::Pod& pod,
                                   const std::string& node);

 private:
  model::ClusterModel model_;
  std::vector<model::PodInfoPtr> infos_;
};

/// A pod of namespace "ns" that exists.
api::Pod PodWith(const std::string& name, const std::vector<api::Volume>& volumes);
/// A pod of namespace "ns" that does not exist yet.
api::Pod PredictedWith(const std::vector<api::Volume>& volumes);
api::Volume ClaimVolume(const std::string& claim);
/// A claim that is made for each pod.
api::Volume MadeVolume(const std::string& storage_class, const std::string& size);

}  // namespace muster::testing
