#include "scheduler/model/selectors.h"

#include <gtest/gtest.h>

namespace muster::model {
namespace {

const api::StringMap kLabels{{"zone", "a"}, {"cores", "16"}, {"empty", ""}};

TEST(Selectors, EveryOperatorFollowsKubernetes) {
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

TEST(Selectors, ALabelSelectorAsksForAllOfItsParts) {
  const LabelSet labels(kLabels);
  EXPECT_TRUE(Matches(api::LabelSelector{}, labels)) << "an empty selector matches everything";
  EXPECT_FALSE(Matches(std::optional<api::LabelSelector>(), labels)) << "none matches nothing";
  EXPECT_TRUE(Matches(api::LabelSelector{{{"zone", "a"}}, {{"cores", "In", {"16"}}}}, labels));
  EXPECT_FALSE(Matches(api::LabelSelector{{{"zone", "b"}}, {{"cores", "In", {"16"}}}}, labels));
  EXPECT_FALSE(Matches(api::LabelSelector{{{"zone", "a"}}, {{"cores", "In", {"8"}}}}, kLabels));
}

}  // namespace
}  // namespace muster::model
