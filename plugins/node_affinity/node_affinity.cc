#include "plugins/node_affinity/node_affinity.h"

#include "plugins/node_affinity/node_selector.h"
#include "plugins/yes_no_filter.h"

namespace muster::plugins {
namespace {

class Filter final : public YesNoFilter {
 public:
  explicit Filter(const api::PodSpec& spec) : spec_(spec) {}

 protected:
  bool Refuses(const model::NodeTable& nodes, model::NodeIndex node) const override {
    return !MatchesRequiredNodeAffinity(spec_, nodes.Name(node), nodes.Labels(node));
  }
  const char* Reason() const override {
    return "node(s) didn't match Pod's node affinity/selector";
  }

 private:
  const api::PodSpec& spec_;
};

class NodeAffinity final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "NodeAffinity"; }

  std::unique_ptr<framework::NodeFilter> Prepare(
      const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/) const override {
    if (pod_set.pod.spec.node_selector.empty() && !pod_set.pod.spec.node_affinity.required)
      return nullptr;
    return std::make_unique<Filter>(pod_set.pod.spec);
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakeNodeAffinity() {
  return std::make_unique<NodeAffinity>();
}

}  // namespace muster::plugins
