#include "plugins/node_affinity/node_selector.h"

#include <algorithm>

#include "scheduler/model/selectors.h"

namespace muster::plugins {
namespace {

bool MatchesTerm(const api::NodeSelectorTerm& term, const std::string& node_name,
                 const api::StringMap& labels) {
  if (term.match_expressions.empty() && term.match_fields.empty()) return false;
  const api::StringMap fields{{"metadata.name", node_name}};
  const auto meets = [](const api::StringMap& set) {
    return [&set](const api::SelectorRequirement& requirement) {
      return model::Meets(requirement, set);
    };
  };
  return std::all_of(term.match_expressions.begin(), term.match_expressions.end(), meets(labels)) &&
         std::all_of(term.match_fields.begin(), term.match_fields.end(), meets(fields));
}

}  // namespace

bool MatchesAnyTerm(const std::vector<api::NodeSelectorTerm>& terms, const std::string& node_name,
                    const api::StringMap& labels) {
  return std::any_of(terms.begin(), terms.end(), [&](const api::NodeSelectorTerm& term) {
    return MatchesTerm(term, node_name, labels);
  });
}

bool MatchesRequiredNodeAffinity(const api::PodSpec& spec, const std::string& node_name,
                                 const api::StringMap& labels) {
  const auto has = [&labels](const api::StringMap::value_type& wanted) {
    const auto found = labels.find(wanted.first);
    return found != labels.end() && found->second == wanted.second;
  };
  if (!std::all_of(spec.node_selector.begin(), spec.node_selector.end(), has)) return false;
  const auto& required = spec.node_affinity.required;
  return !required || MatchesAnyTerm(*required, node_name, labels);
}

}  // namespace muster::plugins
