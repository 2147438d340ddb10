#include "plugins/inter_pod_affinity/inter_pod_affinity.h"

#include <algorithm>

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

  bool IsIdle() const { return counts_.IsIdle(); }

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

/// Whether anybody has rules at all: the most common answer is no, and then nothing is walked.
bool ConcernsAnybody(const framework::PodSetView& pod_set, const model::ClusterModel& model) {
  const api::PodSpec& spec = pod_set.pod.spec;
  if (!spec.pod_affinity.required.empty() || !spec.pod_anti_affinity.required.empty()) return true;
  return model.CountWithRequiredAntiAffinity() > 0 ||
         std::any_of(pod_set.companions.begin(), pod_set.companions.end(),
                     [](const model::PodInfoPtr& companion) {
                       return !companion->RareOrEmpty().pod_anti_affinity.required.empty();
                     });
}

class InterPodAffinity final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "InterPodAffinity"; }

  std::unique_ptr<framework::NodeFilter> Prepare(const framework::PodSetView& pod_set,
                                                 const model::ClusterModel& model) const override {
    const std::string error = AffinityError(pod_set.pod.spec);
    if (!error.empty()) return std::make_unique<RefuseAll>("parsing pod: " + error);
    if (!ConcernsAnybody(pod_set, model)) return nullptr;
    auto filter = std::make_unique<Filter>(pod_set, model);
    return filter->IsIdle() ? nullptr : std::move(filter);
  }

  /// Nobody has such rules, or other nodes matter.
  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& model,
                framework::PodSetKey& /*key*/) const override {
    return !ConcernsAnybody(pod_set, model);
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakeInterPodAffinity() {
  return std::make_unique<InterPodAffinity>();
}

}  // namespace muster::plugins
