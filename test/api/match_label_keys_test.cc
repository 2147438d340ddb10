#include "scheduler/api/match_label_keys.h"

#include <gtest/gtest.h>

namespace muster::api {
namespace {

TEST(MatchLabelKeys, TheValuesOfThePodGoIntoItsSelectorsAndAbsentLabelsDoNot) {
  Pod pod;
  pod.metadata.labels = {{"app", "x"}, {"version", "2"}};
  PodAffinityTerm term;
  term.label_selector = LabelSelector{{{"app", "x"}}, {}};
  term.match_label_keys = {"version", "absent"};
  term.mismatch_label_keys = {"app"};
  pod.spec.pod_anti_affinity.required.push_back(term);
  pod.spec.pod_affinity.preferred.push_back({1, term});
  TopologySpreadConstraint constraint;
  constraint.label_selector = LabelSelector{};
  constraint.match_label_keys = {"version"};
  pod.spec.topology_spread.push_back(constraint);
  ApplyMatchLabelKeys(pod);
  const std::vector<SelectorRequirement> of_term{{"version", "In", {"2"}}, {"app", "NotIn", {"x"}}};
  EXPECT_EQ(pod.spec.pod_anti_affinity.required[0].label_selector->match_expressions, of_term);
  EXPECT_EQ(pod.spec.pod_affinity.preferred[0].term.label_selector->match_expressions, of_term);
  EXPECT_EQ(pod.spec.topology_spread[0].label_selector->match_expressions,
            (std::vector<SelectorRequirement>{{"version", "In", {"2"}}}));
}

TEST(MatchLabelKeys, ASelectorThatIsNotThereStaysSo) {
  Pod pod;
  pod.metadata.labels = {{"version", "2"}};
  PodAffinityTerm term;
  term.match_label_keys = {"version"};
  pod.spec.pod_affinity.required.push_back(term);
  ApplyMatchLabelKeys(pod);
  EXPECT_FALSE(pod.spec.pod_affinity.required[0].label_selector);
}

}  // namespace
}  // namespace muster::api
