#include "plugins/node_affinity/node_selector.h"

#include <algorithm>
#include <iterator>

#include "scheduler/api/qualified_name.h"
#include "scheduler/model/selectors.h"

namespace muster::plugins {
namespace {

constexpr char kNodeName[] = "metadata.name";

/// What labels.NewRequirement takes.
bool IsValidExpression(const api::SelectorRequirement& requirement) {
  const std::string& operator_name = requirement.operator_name;
  const std::vector<std::string>& values = requirement.values;
  if (!api::IsQualifiedName(requirement.key)) return false;
  if (!std::all_of(values.begin(), values.end(), api::IsLabelValue)) return false;
  if (operator_name == "In" || operator_name == "NotIn") return !values.empty();
  if (operator_name == "Exists" || operator_name == "DoesNotExist") return values.empty();
  if (operator_name == "Gt" || operator_name == "Lt") {
    return values.size() == 1 && model::ParseInteger(values[0]).has_value();
  }
  return false;
}

bool IsValidField(const api::SelectorRequirement& requirement) {
  return requirement.values.size() == 1 &&
         (requirement.operator_name == "In" || requirement.operator_name == "NotIn");
}

bool CanMatch(const api::NodeSelectorTerm& term) {
  if (term.match_expressions.empty() && term.match_fields.empty()) return false;
  return std::all_of(term.match_expressions.begin(), term.match_expressions.end(),
                     IsValidExpression) &&
         std::all_of(term.match_fields.begin(), term.match_fields.end(), IsValidField);
}

/// A node has one field; any other is there and empty.
bool MeetsField(const api::SelectorRequirement& requirement, const std::string& node_name) {
  const bool is_equal = requirement.key == kNodeName ? requirement.values[0] == node_name
                                                     : requirement.values[0].empty();
  return is_equal == (requirement.operator_name == "In");
}

}  // namespace

NodeSelector::NodeSelector(std::span<const api::NodeSelectorTerm> terms) {
  for (const api::NodeSelectorTerm& term : terms) {
    if (CanMatch(term)) terms_.push_back(&term);
  }
}

bool NodeSelector::Matches(const std::string& node_name, const api::StringMap& labels) const {
  return std::any_of(terms_.begin(), terms_.end(), [&](const api::NodeSelectorTerm* term) {
    return std::all_of(
               term->match_expressions.begin(), term->match_expressions.end(),
               [&](const auto& requirement) { return model::Meets(requirement, labels); }) &&
           std::all_of(term->match_fields.begin(), term->match_fields.end(),
                       [&](const auto& requirement) { return MeetsField(requirement, node_name); });
  });
}

bool MatchesAnyTerm(const std::vector<api::NodeSelectorTerm>& terms, const std::string& node_name,
                    const api::StringMap& labels) {
  return NodeSelector(terms).Matches(node_name, labels);
}

RequiredNodeAffinity::RequiredNodeAffinity(const api::PodSpec& spec) : labels_(spec.node_selector) {
  if (spec.node_affinity.required) selector_.emplace(*spec.node_affinity.required);
}

bool RequiredNodeAffinity::Matches(const std::string& node_name,
                                   const api::StringMap& labels) const {
  const auto has = [&labels](const api::StringMap::value_type& wanted) {
    const auto found = labels.find(wanted.first);
    return found != labels.end() && found->second == wanted.second;
  };
  if (!std::all_of(labels_.begin(), labels_.end(), has)) return false;
  return !selector_ || selector_->Matches(node_name, labels);
}

bool MatchesRequiredNodeAffinity(const api::PodSpec& spec, const std::string& node_name,
                                 const api::StringMap& labels) {
  return RequiredNodeAffinity(spec).Matches(node_name, labels);
}

std::optional<std::vector<std::string>> NamedNodes(
    const std::vector<api::NodeSelectorTerm>& terms) {
  std::vector<std::string> named;
  for (const api::NodeSelectorTerm& term : terms) {
    std::optional<std::vector<std::string>> of_term;
    for (const api::SelectorRequirement& requirement : term.match_fields) {
      if (requirement.key != kNodeName || requirement.operator_name != "In") continue;
      std::vector<std::string> values = requirement.values;
      std::sort(values.begin(), values.end());
      if (!of_term) {
        of_term = std::move(values);
        continue;
      }
      std::vector<std::string> both;
      std::set_intersection(of_term->begin(), of_term->end(), values.begin(), values.end(),
                            std::back_inserter(both));
      of_term = std::move(both);
    }
    if (!of_term) return std::nullopt;
    named.insert(named.end(), of_term->begin(), of_term->end());
  }
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  return named;
}

}  // namespace muster::plugins
