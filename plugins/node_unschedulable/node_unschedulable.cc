#include "plugins/node_unschedulable/node_unschedulable.h"

#include "plugins/taint_toleration/tolerates.h"
#include "plugins/yes_no_filter.h"

namespace muster::plugins {
namespace {

class Filter final : public YesNoFilter {
 protected:
  bool Refuses(const model::NodeTable& nodes, model::NodeIndex node) const override {
    return nodes.IsUnschedulable(node);
  }
  const char* Reason() const override { return "node(s) were unschedulable"; }
};

class NodeUnschedulable final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "NodeUnschedulable"; }

  std::unique_ptr<framework::NodeFilter> Prepare(
      const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/) const override {
    const api::Taint cordon{"node.kubernetes.io/unschedulable", "", "NoSchedule"};
    if (Tolerates(pod_set.pod.spec.tolerations, cordon)) return nullptr;
    return std::make_unique<Filter>();
  }

  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/,
                framework::PodSetKey& key) const override {
    AddTolerations(pod_set.pod.spec.tolerations, key);
    return true;
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakeNodeUnschedulable() {
  return std::make_unique<NodeUnschedulable>();
}

}  // namespace muster::plugins
