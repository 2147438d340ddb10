#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/model/cluster_model.h"

/// The extension points. A plugin judges the nodes for one pod set at a time: identical pods are
/// judged once, however many they are.
namespace muster::framework {

/// One pod set as plugins see it. Borrowed: valid while the filter made from it is used.
struct PodSetView {
  const api::PodSpec& spec;
  const model::ResourceVector& amounts;  // what one pod takes
};

/// Why a node refused: kube-scheduler's words. `resolvable` says that evicting pods could help.
struct Refusal {
  std::string reason;
  bool resolvable = true;
};

/// One plugin's judgement of the nodes for one pod set.
class NodeFilter {
 public:
  virtual ~NodeFilter() = default;

  /// Lowers capacity[i] to the number of pods of the set that node first+i can take on top of what
  /// is there now, as far as this plugin is concerned; 0 refuses the node. Never raises it. Called
  /// for all nodes at once when a placement starts, and for single ones while it tries; nodes with
  /// capacity 0 need not be judged. Cost: O(capacity.size()). Allocates nothing.
  virtual void LimitCapacity(const model::ClusterModel& model, model::NodeIndex first,
                             std::span<std::int64_t> capacity) const = 0;

  /// Appends why the node refuses a pod of the set; nothing when it does not. Called only for the
  /// diagnosis, after a placement has failed. Must agree with LimitCapacity.
  virtual void Explain(const model::ClusterModel& model, model::NodeIndex node,
                       std::vector<Refusal>& refusals) const = 0;
};

/// A rule about which nodes a pod may run on.
class FilterPlugin {
 public:
  virtual ~FilterPlugin() = default;
  virtual std::string_view Name() const = 0;

  /// Prepares the rule for one pod set; nullptr when it has nothing to say about it, so that it
  /// costs nothing. What can be worked out once per pod set is worked out here.
  virtual std::unique_ptr<NodeFilter> Prepare(const PodSetView& pod_set) const = 0;
};

}  // namespace muster::framework
