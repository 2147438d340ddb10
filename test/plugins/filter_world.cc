#include "test/plugins/filter_world.h"

#include <utility>

#include "test/support/builders.h"

namespace muster::testing {

FilterWorld::FilterWorld(std::unique_ptr<framework::FilterPlugin> plugin)
    : plugin_(std::move(plugin)) {}

void FilterWorld::AddNode(const std::string& name, const api::StringMap& labels) {
  api::Node node = MakeNode(name, "100", "100Gi");
  node.metadata.labels = labels;
  node.metadata.labels.emplace("kubernetes.io/hostname", name);
  AddNode(node);
}

void FilterWorld::AddNode(const api::Node& node) { model_.Nodes().Upsert(node, model_.Names()); }

void FilterWorld::AddNamespace(const std::string& name, const api::StringMap& labels) {
  api::Namespace added;
  added.metadata.name = name;
  added.metadata.labels = labels;
  model_.Namespaces().Upsert(added);
}

void FilterWorld::Run(const api::Pod& pod, const std::string& node) {
  model_.PlacePod("running-" + std::to_string(++pods_), Node(node), Info(pod));
}

std::map<std::string, std::int64_t> FilterWorld::Capacities(const api::Pod& pod) {
  const model::PodInfoPtr info = Info(pod);
  const auto filter = Prepare(pod, info);
  std::map<std::string, std::int64_t> capacities;
  for (model::NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
    const std::string& name = model_.Nodes().Name(node);
    capacities[name] = filter == nullptr ? 100 : CapacityOf(*filter, name);
  }
  return capacities;
}

std::map<std::string, std::string> FilterWorld::Reasons(const api::Pod& pod) {
  const model::PodInfoPtr info = Info(pod);
  const auto filter = Prepare(pod, info);
  std::map<std::string, std::string> reasons;
  for (model::NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
    std::string& reason = reasons[model_.Nodes().Name(node)];
    std::vector<framework::Refusal> refusals;
    if (filter != nullptr) filter->Explain(model_, node, refusals);
    for (const framework::Refusal& refusal : refusals) {
      reason += refusal.reason + (refusal.resolvable ? "" : " (final)");
    }
  }
  return reasons;
}

bool FilterWorld::HasNothingToSay(const api::Pod& pod, std::vector<model::PodInfoPtr> companions) {
  const model::PodInfoPtr info = Info(pod);
  return Prepare(pod, info, companions) == nullptr;
}

std::unique_ptr<framework::NodeFilter> FilterWorld::Prepare(
    const api::Pod& pod, const model::PodInfoPtr& info,
    std::span<const model::PodInfoPtr> companions) {
  return plugin_->Prepare({pod, *info, companions}, model_);
}

std::int64_t FilterWorld::CapacityOf(const framework::NodeFilter& filter,
                                     const std::string& node) const {
  std::int64_t capacity = 100;
  filter.LimitCapacity(model_, Node(node), {&capacity, 1});
  return capacity;
}

api::Pod LabelledPod(const api::StringMap& labels) {
  api::Pod pod = MakePod("pod", "1", "1Gi");
  pod.metadata.namespace_name = "default";
  pod.metadata.labels = labels;
  return pod;
}

api::PodAffinityTerm Near(const api::StringMap& labels, const std::string& topology_key) {
  api::PodAffinityTerm term;
  term.label_selector = api::LabelSelector{labels, {}};
  term.topology_key = topology_key;
  return term;
}

api::TopologySpreadConstraint SpreadOver(const std::string& topology_key, std::int32_t max_skew,
                                         const api::StringMap& labels) {
  api::TopologySpreadConstraint constraint;
  constraint.max_skew = max_skew;
  constraint.topology_key = topology_key;
  constraint.when_unsatisfiable = "DoNotSchedule";
  constraint.label_selector = api::LabelSelector{labels, {}};
  return constraint;
}

}  // namespace muster::testing
