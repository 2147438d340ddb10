#include "plugins/node_affinity/node_selector.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace muster::plugins {
namespace {

const api::StringMap kLabels{{"zone", "a"}};

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

TEST(NodeSelector, ATermThatValidationRefusesMatchesNothingAndTheOthersStillCount) {
  const api::NodeSelectorTerm good{{{"zone", "In", {"a"}}}, {}};
  for (const api::SelectorRequirement& bad :
       std::vector<api::SelectorRequirement>{{"zone", "Like", {"a"}},
                                             {"zone", "NotIn", {}},
                                             {"zone", "Exists", {"a"}},
                                             {"", "DoesNotExist", {}},
                                             {"not a key", "DoesNotExist", {}},
                                             {"zone", "NotIn", {"not a value"}},
                                             {"zone", "NotIn", {std::string(64, 'v')}}}) {
    const api::NodeSelectorTerm term{{bad}, {}};
    EXPECT_FALSE(MatchesAnyTerm({term}, "n", kLabels)) << bad.operator_name << " " << bad.key;
    EXPECT_TRUE(MatchesAnyTerm({term, good}, "n", kLabels)) << bad.operator_name << " " << bad.key;
  }
  EXPECT_FALSE(MatchesAnyTerm({{{}, {{"metadata.name", "In", {"n", "m"}}}}}, "n", kLabels));
  EXPECT_FALSE(MatchesAnyTerm({{{}, {{"metadata.name", "Exists", {}}}}}, "n", kLabels));
}

TEST(NodeSelector, NamesItsNodesWhereEveryTermDoes) {
  const api::NodeSelectorTerm both{
      {}, {{"metadata.name", "In", {"b", "a"}}, {"metadata.name", "In", {"b", "c"}}}};
  const api::NodeSelectorTerm other{{}, {{"metadata.name", "In", {"a"}}}};
  const api::NodeSelectorTerm none{{}, {{"metadata.name", "In", {}}}};
  const api::NodeSelectorTerm by_label{{{"zone", "In", {"a"}}}, {}};
  EXPECT_EQ(NamedNodes({both, other}), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(NamedNodes({none}), std::vector<std::string>());
  EXPECT_EQ(NamedNodes({both, by_label}), std::nullopt);
}

}  // namespace
}  // namespace muster::plugins
