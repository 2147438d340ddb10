#include "plugins/inter_pod_affinity/inter_pod_affinity.h"

#include "plugins/inter_pod_affinity/affinity_counts.h"
#include "plugins/refuse_all.h"

namespace muster::plugins {
namespace {

framework::Refusal RefusalBy(AffinityCounts::Rule rule) {
  switch (rule) {
    case AffinityCounts::Rule::kAffinity:
      return {"node(s) didn't match pod affinity rules", false};
    case AffinityCounts::Rule::kAntiAffinity:
      return {"node(s) didn't match pod anti-affinity rules", true};
    case AffinityCounts::Rule::kOthersAntiAffinity:
      return {"node(s) didn't satisfy existing pods anti-affinity rules", true};
  }
  return {};
}

class Filter final : public framework::NodeFilter {
 public:
  Filter(const framework::PodSetView& pod_set, const model::ClusterModel& model)
      : counts_(pod_set, model) {}

  void LimitCapacity(const model::ClusterModel& /*model*/, model::NodeIndex first,
                     std::span<std::int64_t> capacity) const override {
    AffinityCounts::Rule rule{};
    for (model::NodeIndex i = 0; i < capacity.size(); ++i) {
      if (capacity[i] == 0) continue;
      if (counts_.Refuses(first + i, rule)) {
        capacity[i] = 0;
      } else if (counts_.RepelsItself(first + i)) {
        capacity[i] = 1;
      }
    }
  }

  void Explain(const model::ClusterModel& /*model*/, model::NodeIndex node,
               std::vector<framework::Refusal>& refusals) const override {
    AffinityCounts::Rule rule{};
    if (counts_.Refuses(node, rule)) refusals.push_back(RefusalBy(rule));
  }

  bool CouplesNodes() const override { return counts_.GangCountsElsewhere(); }
  bool FollowsPlacement() const override { return counts_.GangCounts(); }

  void OnPlaced(const model::ClusterModel& /*model*/, model::NodeIndex node,
                const model::PodInfo& pods, std::int64_t count) override {
    counts_.Add(node, pods, count);
  }

 private:
  AffinityCounts counts_;
};

class InterPodAffinity final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "InterPodAffinity"; }

  std::unique_ptr<framework::NodeFilter> Prepare(const framework::PodSetView& pod_set,
                                                 const model::ClusterModel& model) const override {
    const std::string error = AffinityError(pod_set.pod.spec);
    if (!error.empty()) return std::make_unique<RefuseAll>("parsing pod: " + error);
    if (!HasRulesBetweenPods(pod_set, model)) return nullptr;
    return std::make_unique<Filter>(pod_set, model);
  }

  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& model,
                framework::PodSetKey& /*key*/) const override {
    return AffinityError(pod_set.pod.spec).empty() && !HasRulesBetweenPods(pod_set, model);
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakeInterPodAffinity() {
  return std::make_unique<InterPodAffinity>();
}

}  // namespace muster::plugins
