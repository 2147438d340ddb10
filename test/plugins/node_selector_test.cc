#include "plugins/node_affinity/node_selector.h"

#include <gtest/gtest.h>

namespace muster::plugins {
namespace {

const api::StringMap kLabels{{"zone", "a"}, {"cores", "16"}, {"empty", ""}};

TEST(NodeSelector, EveryOperatorFollowsKubernetes) {
  struct Case {
    api::SelectorRequirement requirement;
    bool meets;
  };
  for (const Case& c : std::vector<Case>{
           {{"zone", "In", {"a", "b"}}, true},
           {{"zone", "In", {"b"}}, false},
           {{"none", "In", {"a"}}, false},
           {{"zone", "NotIn", {"b"}}, true},
           {{"zone", "NotIn", {"a"}}, false},
           {{"none", "NotIn", {"a"}}, true},
           {{"zone", "Exists", {}}, true},
           {{"empty", "Exists", {}}, true},
           {{"none", "Exists", {}}, false},
           {{"none", "DoesNotExist", {}}, true},
           {{"zone", "DoesNotExist", {}}, false},
           {{"cores", "Gt", {"15"}}, true},
           {{"cores", "Gt", {"16"}}, false},
           {{"cores", "Lt", {"17"}}, true},
           {{"cores", "Lt", {"1e3"}}, false},
           {{"zone", "Gt", {"1"}}, false},
           {{"zone", "Like", {"a"}}, false},
       }) {
    EXPECT_EQ(Meets(c.requirement, kLabels), c.meets)
        << c.requirement.key << " " << c.requirement.operator_name;
  }
}

TEST(NodeSelector, TermsAreAlternativesAndAnEmptyTermMatchesNothing) {
  const api::NodeSelectorTerm zone_a{{{"zone", "In", {"a"}}}, {}};
  const api::NodeSelectorTerm zone_b{{{"zone", "In", {"b"}}}, {}};
  EXPECT_TRUE(MatchesAnyTerm({zone_b, zone_a}, "n", kLabels));
  EXPECT_FALSE(MatchesAnyTerm({zone_b}, "n", kLabels));
  EXPECT_FALSE(MatchesAnyTerm({{}}, "n", kLabels));
  EXPECT_FALSE(MatchesAnyTerm({}, "n", kLabels));
}

TEST(NodeSelector, AFieldSelectsTheNodeByName) {
  const api::NodeSelectorTerm by_name{{}, {{"metadata.name", "In", {"n"}}}};
  EXPECT_TRUE(MatchesAnyTerm({by_name}, "n", kLabels));
  EXPECT_FALSE(MatchesAnyTerm({by_name}, "m", kLabels));
}

}  // namespace
}  // namespace muster::plugins
