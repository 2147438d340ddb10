#include "plugins/dynamic_resources/dynamic_resources.h"

#include <string>

#include "plugins/refuse_all.h"

namespace muster::plugins {
namespace {

class DynamicResources final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "DynamicResources"; }

  std::unique_ptr<framework::NodeFilter> Prepare(
      const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/) const override {
    const auto& claims = pod_set.pod.spec.resource_claims;
    if (claims.empty()) return nullptr;
    std::string names;
    for (const api::ResourceClaim& claim : claims) {
      names += (names.empty() ? "" : ", ") + claim.name;
    }
    return std::make_unique<RefuseAll>("pod needs resource claims (" + names +
                                       "), which Muster does not allocate");
  }

  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/,
                framework::PodSetKey& /*key*/) const override {
    return pod_set.pod.spec.resource_claims.empty();
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakeDynamicResources() {
  return std::make_unique<DynamicResources>();
}

}  // namespace muster::plugins
