#include "plugins/node_affinity/node_affinity.h"

#include <optional>
#include <string>
#include <vector>

#include "plugins/node_affinity/node_selector.h"
#include "plugins/yes_no_filter.h"

namespace muster::plugins {
namespace {

class Filter final : public YesNoFilter {
 public:
  explicit Filter(const api::PodSpec& spec) : affinity_(spec) {
    const auto& required = spec.node_affinity.required;
    if (required && !required->empty()) named_nodes_ = NamedNodes(*required);
  }

  std::optional<framework::Refusal> RefusesEverywhere() const override {
    if (!named_nodes_ || !named_nodes_->empty()) return std::nullopt;
    return framework::Refusal{"pod affinity terms conflict", false};
  }

  const std::vector<std::string>* OnlyNodes() const override {
    return named_nodes_ ? &*named_nodes_ : nullptr;
  }

 protected:
  bool Refuses(const model::NodeTable& nodes, model::NodeIndex node) const override {
    return !affinity_.Matches(nodes.Name(node), nodes.Labels(node));
  }
  const char* Reason() const override {
    return "node(s) didn't match Pod's node affinity/selector";
  }

 private:
  RequiredNodeAffinity affinity_;
  std::optional<std::vector<std::string>> named_nodes_;
};

void AddRequirements(const std::vector<api::SelectorRequirement>& requirements,
                     framework::PodSetKey& key) {
  key.Add(static_cast<std::int64_t>(requirements.size()));
  for (const api::SelectorRequirement& requirement : requirements) {
    key.Add(requirement.key);
    key.Add(requirement.operator_name);
    key.Add(static_cast<std::int64_t>(requirement.values.size()));
    for (const std::string& value : requirement.values) key.Add(value);
  }
}

class NodeAffinity final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "NodeAffinity"; }

  std::unique_ptr<framework::NodeFilter> Prepare(
      const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/) const override {
    if (pod_set.pod.spec.node_selector.empty() && !pod_set.pod.spec.node_affinity.required)
      return nullptr;
    return std::make_unique<Filter>(pod_set.pod.spec);
  }

  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/,
                framework::PodSetKey& key) const override {
    const api::PodSpec& spec = pod_set.pod.spec;
    key.Add(static_cast<std::int64_t>(spec.node_selector.size()));
    for (const auto& [name, value] : spec.node_selector) {
      key.Add(name);
      key.Add(value);
    }
    const auto& required = spec.node_affinity.required;
    key.Add(required ? static_cast<std::int64_t>(required->size()) : -1);
    if (!required) return true;
    for (const api::NodeSelectorTerm& term : *required) {
      AddRequirements(term.match_expressions, key);
      AddRequirements(term.match_fields, key);
    }
    return true;
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakeNodeAffinity() {
  return std::make_unique<NodeAffinity>();
}

}  // namespace muster::plugins
