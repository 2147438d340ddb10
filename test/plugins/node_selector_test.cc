#include "plugins/node_affinity/node_selector.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace muster::plugins
