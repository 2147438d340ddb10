#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What pods and nodes say of each other: selectors, affinity, taints, spreading. Plain data; see
/// objects.h. What is absent in the API is empty here.
namespace muster::api {

using StringMap = std::map<std::string, std::string>;

struct Toleration {
  std::string key;
  std::string operator_name;  // "" means Equal
  std::string value;
  std::string effect;  // "" means every effect
  /// How long a NoExecute taint is tolerated; scheduling does not ask.
  std::optional<std::int64_t> toleration_seconds = std::nullopt;
  auto operator<=>(const Toleration&) const = default;
};

struct Taint {
  std::string key;
  std::string value;
  std::string effect;
  auto operator<=>(const Taint&) const = default;
};

/// A node selector requirement or a label selector expression.
struct SelectorRequirement {
  std::string key;
  std::string operator_name;  // In, NotIn, Exists, DoesNotExist, Gt, Lt
  std::vector<std::string> values;
  auto operator<=>(const SelectorRequirement&) const = default;
};

struct NodeSelectorTerm {
  std::vector<SelectorRequirement> match_expressions;
  std::vector<SelectorRequirement> match_fields;
  auto operator<=>(const NodeSelectorTerm&) const = default;
};

struct PreferredSchedulingTerm {
  std::int32_t weight = 0;
  NodeSelectorTerm preference;
  auto operator<=>(const PreferredSchedulingTerm&) const = default;
};

struct NodeAffinity {
  /// Absent: no requirement. Present and empty: matches nothing.
  std::optional<std::vector<NodeSelectorTerm>> required;
  std::vector<PreferredSchedulingTerm> preferred;
  auto operator<=>(const NodeAffinity&) const = default;
};

/// Empty matches every object.
struct LabelSelector {
  StringMap match_labels;
  std::vector<SelectorRequirement> match_expressions;
  auto operator<=>(const LabelSelector&) const = default;
};

struct PodAffinityTerm {
  std::optional<LabelSelector> label_selector;  // absent: matches no pod
  std::vector<std::string> namespaces;
  /// Absent: `namespaces` alone, or the pod's own when that is empty too.
  std::optional<LabelSelector> namespace_selector;
  std::string topology_key;
  /// Names of labels of the pod itself. The API server has put their values into label_selector.
  std::vector<std::string> match_label_keys;
  std::vector<std::string> mismatch_label_keys;
  auto operator<=>(const PodAffinityTerm&) const = default;
};

struct WeightedPodAffinityTerm {
  std::int32_t weight = 0;
  PodAffinityTerm term;
  auto operator<=>(const WeightedPodAffinityTerm&) const = default;
};

/// Affinity and anti-affinity have the same form.
struct PodAffinity {
  std::vector<PodAffinityTerm> required;
  std::vector<WeightedPodAffinityTerm> preferred;
  auto operator<=>(const PodAffinity&) const = default;
};

struct TopologySpreadConstraint {
  std::int32_t max_skew = 0;
  std::string topology_key;
  std::string when_unsatisfiable;               // DoNotSchedule, ScheduleAnyway
  std::optional<LabelSelector> label_selector;  // absent: matches no pod
  std::optional<std::int32_t> min_domains;
  std::string node_affinity_policy;  // "" means Honor
  std::string node_taints_policy;    // "" means Ignore
  std::vector<std::string> match_label_keys;
  auto operator<=>(const TopologySpreadConstraint&) const = default;
};

}  // namespace muster::api
