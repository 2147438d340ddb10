#include "plugins/taint_toleration/taint_toleration.h"

#include "plugins/taint_toleration/tolerates.h"
#include "plugins/yes_no_filter.h"

namespace muster::plugins {
namespace {

class Filter final : public YesNoFilter {
 public:
  explicit Filter(const std::vector<api::Toleration>& tolerations) : tolerations_(tolerations) {}

 protected:
  bool Refuses(const model::NodeTable& nodes, model::NodeIndex node) const override {
    return !ToleratesAllThatForbid(tolerations_, nodes.Taints(node));
  }
  const char* Reason() const override { return "node(s) had untolerated taint(s)"; }

 private:
  const std::vector<api::Toleration>& tolerations_;
};

class TaintToleration final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "TaintToleration"; }

  std::unique_ptr<framework::NodeFilter> Prepare(
      const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/) const override {
    return std::make_unique<Filter>(pod_set.pod.spec.tolerations);
  }

  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/,
                framework::PodSetKey& key) const override {
    AddTolerations(pod_set.pod.spec.tolerations, key);
    return true;
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakeTaintToleration() {
  return std::make_unique<TaintToleration>();
}

}  // namespace muster::plugins
