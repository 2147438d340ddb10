#include "plugins/node_affinity/node_selector.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace muster::plugins {
namespace {

std::optional<std::int64_t> ParseInteger(const std::string& text) {
  std::int64_t value = 0;
  const char* begin = text.data();
  const char* end = begin + text.size();
  // Go's ParseInt takes a leading plus, from_chars does not.
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') ++begin;
  const auto [rest, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

bool Contains(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool MeetsComparison(const api::SelectorRequirement& requirement, const std::string& label) {
  if (requirement.values.size() != 1) return false;
  const auto have = ParseInteger(label);
  const auto bound = ParseInteger(requirement.values[0]);
  if (!have || !bound) return false;
  return requirement.operator_name == "Gt" ? *have > *bound : *have < *bound;
}

bool MatchesTerm(const api::NodeSelectorTerm& term, const std::string& node_name,
                 const api::StringMap& labels) {
  if (term.match_expressions.empty() && term.match_fields.empty()) return false;
  const api::StringMap fields{{"metadata.name", node_name}};
  const auto meets = [](const api::StringMap& set) {
    return [&set](const api::SelectorRequirement& requirement) { return Meets(requirement, set); };
  };
  return std::all_of(term.match_expressions.begin(), term.match_expressions.end(), meets(labels)) &&
         std::all_of(term.match_fields.begin(), term.match_fields.end(), meets(fields));
}

}  // namespace

bool Meets(const api::SelectorRequirement& requirement, const api::StringMap& labels) {
  const auto label = labels.find(requirement.key);
  const bool has = label != labels.end();
  const std::string& operator_name = requirement.operator_name;
  if (operator_name == "In") return has && Contains(requirement.values, label->second);
  if (operator_name == "NotIn") return !has || !Contains(requirement.values, label->second);
  if (operator_name == "Exists") return has;
  if (operator_name == "DoesNotExist") return !has;
  if (operator_name == "Gt" || operator_name == "Lt") {
    return has && MeetsComparison(requirement, label->second);
  }
  return false;
}

bool MatchesAnyTerm(const std::vector<api::NodeSelectorTerm>& terms, const std::string& node_name,
                    const api::StringMap& labels) {
  return std::any_of(terms.begin(), terms.end(), [&](const api::NodeSelectorTerm& term) {
    return MatchesTerm(term, node_name, labels);
  });
}

}  // namespace muster::plugins
