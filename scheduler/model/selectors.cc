#include "scheduler/model/selectors.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace muster::model {
namespace {

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  std::int64_t value = 0;
  const char* begin = text.data();
  const char* end = begin + text.size();
  // Go's ParseInt takes a leading plus, from_chars does not.
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') ++begin;
  const auto [rest, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

bool Contains(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool MeetsComparison(const api::SelectorRequirement& requirement, std::string_view label) {
  if (requirement.values.size() != 1) return false;
  const auto have = ParseInteger(label);
  const auto bound = ParseInteger(requirement.values[0]);
  if (!have || !bound) return false;
  return requirement.operator_name == "Gt" ? *have > *bound : *have < *bound;
}

std::optional<std::string_view> Find(const api::StringMap& labels, const std::string& key) {
  const auto found = labels.find(key);
  if (found == labels.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string_view> Find(const LabelSet& labels, const std::string& key) {
  return labels.Find(key);
}

template <typename Labels>
bool MatchesAll(const api::LabelSelector& selector, const Labels& labels) {
  for (const auto& [key, value] : selector.match_labels) {
    if (Find(labels, key) != std::optional<std::string_view>(value)) return false;
  }
  return std::all_of(selector.match_expressions.begin(), selector.match_expressions.end(),
                     [&labels](const api::SelectorRequirement& requirement) {
                       return Meets(requirement, Find(labels, requirement.key));
                     });
}

}  // namespace

bool Meets(const api::SelectorRequirement& requirement, std::optional<std::string_view> label) {
  const std::string& operator_name = requirement.operator_name;
  if (operator_name == "In") return label && Contains(requirement.values, *label);
  if (operator_name == "NotIn") return !label || !Contains(requirement.values, *label);
  if (operator_name == "Exists") return label.has_value();
  if (operator_name == "DoesNotExist") return !label;
  if (operator_name == "Gt" || operator_name == "Lt") {
    return label && MeetsComparison(requirement, *label);
  }
  return false;
}

bool Meets(const api::SelectorRequirement& requirement, const api::StringMap& labels) {
  return Meets(requirement, Find(labels, requirement.key));
}

std::string SelectorError(const api::LabelSelector& selector) {
  for (const api::SelectorRequirement& requirement : selector.match_expressions) {
    const std::string& name = requirement.operator_name;
    if (name == "In" || name == "NotIn") {
      if (requirement.values.empty()) {
        return "values: for 'in', 'notin' operators, values set can't be empty";
      }
    } else if (name == "Exists" || name == "DoesNotExist") {
      if (!requirement.values.empty()) {
        return "values: values set must be empty for exists and does not exist";
      }
    } else {
      return "\"" + name + "\" is not a valid label selector operator";
    }
  }
  return "";
}

bool Matches(const api::LabelSelector& selector, const LabelSet& labels) {
  return MatchesAll(selector, labels);
}

bool Matches(const api::LabelSelector& selector, const api::StringMap& labels) {
  return MatchesAll(selector, labels);
}

}  // namespace muster::model
