#include "plugins/node_name/node_name.h"

#include "plugins/yes_no_filter.h"

namespace muster::plugins {
namespace {

class Filter final : public YesNoFilter {
 public:
  explicit Filter(const std::string& wanted) : wanted_(wanted) {}

 protected:
  bool Refuses(const model::NodeTable& nodes, model::NodeIndex node) const override {
    return nodes.Name(node) != wanted_;
  }
  const char* Reason() const override { return "node(s) didn't match the requested node name"; }

 private:
  const std::string& wanted_;
};

class NodeName final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "NodeName"; }

  std::unique_ptr<framework::NodeFilter> Prepare(
      const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/) const override {
    if (pod_set.pod.spec.node_name.empty()) return nullptr;
    return std::make_unique<Filter>(pod_set.pod.spec.node_name);
  }

  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/,
                framework::PodSetKey& key) const override {
    key.Add(pod_set.pod.spec.node_name);
    return true;
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakeNodeName() { return std::make_unique<NodeName>(); }

}  // namespace muster::plugins
