#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/framework/profile.h"
#include "scheduler/placement/capacity_index.h"
#include "scheduler/topology/topology_tree.h"

namespace muster::placement {

/// A pod set judged: its filters, and in `index` what each node can take once Refresh was called.
/// Owns what its filters borrow.
struct JudgedSet {
  JudgedSet(const framework::Profile& profile, const model::ClusterModel& model,
            const api::Pod& one_pod, model::PodInfoPtr its_info,
            std::vector<model::PodInfoPtr> beside);
  ~JudgedSet() = default;
  JudgedSet(const JudgedSet&) = delete;
  JudgedSet& operator=(const JudgedSet&) = delete;

  const api::Pod pod;
  const model::PodInfoPtr info;
  const std::vector<model::PodInfoPtr> companions;
  const framework::PodSetView view;  // of the three above
  framework::PreparedFilters filters;
  CapacityIndex index;
};

/// Keeps the topology of the cluster, and the judgement of pod sets that came before, so that the
/// next gang of the same shape costs what has changed on the nodes since, and not a walk over all
/// of them. Bounded: the kEntriesMax shapes used last. Ownership: for one model and one profile,
/// both of which must outlive it. Threading: one thread.
class PlacementCache {
 public:
  static constexpr std::size_t kEntriesMax = 32;

  explicit PlacementCache(topology::TopologySettings settings = topology::DefaultTopologySettings())
      : tree_(std::move(settings)) {}

  /// The topology of the model's nodes as they are now.
  const topology::TopologyTree& Topology(const model::ClusterModel& model) {
    tree_.Refresh(model.Nodes());
    return tree_;
  }

  /// The judgement of a set like this: kept, or made now.
  std::shared_ptr<JudgedSet> Judge(const framework::Profile& profile,
                                   const model::ClusterModel& model, const api::Pod& pod,
                                   const model::PodInfoPtr& info,
                                   std::vector<model::PodInfoPtr> companions);

 private:
  struct Entry {
    std::shared_ptr<JudgedSet> set;
    std::uint64_t used_at = 0;
  };

  topology::TopologyTree tree_;
  std::map<std::string, Entry> entries_;  // by Profile::KeyOf
  std::uint64_t uses_ = 0;
};

}  // namespace muster::placement
