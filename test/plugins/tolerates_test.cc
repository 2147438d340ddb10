#include "plugins/taint_toleration/tolerates.h"

#include <gtest/gtest.h>

namespace muster::plugins {
namespace {

const api::Taint kTaint{"dedicated", "spark", "NoSchedule"};

TEST(Tolerates, FollowsKubernetesForEveryOperator) {
  struct Case {
    api::Toleration toleration;
    bool tolerates;
  };
  for (const Case& c : std::vector<Case>{
           {{"dedicated", "Equal", "spark", "NoSchedule"}, true},
           {{"dedicated", "", "spark", "NoSchedule"}, true},
           {{"dedicated", "Equal", "flink", "NoSchedule"}, false},
           {{"dedicated", "Exists", "", "NoSchedule"}, true},
           {{"dedicated", "Exists", "", ""}, true},
           {{"", "Exists", "", ""}, true},
           {{"", "Exists", "", "NoExecute"}, false},
           {{"other", "Exists", "", ""}, false},
           {{"dedicated", "Gt", "spark", "NoSchedule"}, false},
       }) {
    EXPECT_EQ(Tolerates({c.toleration}, kTaint), c.tolerates)
        << c.toleration.key << " " << c.toleration.operator_name << " " << c.toleration.value;
  }
}

TEST(Tolerates, OneOfSeveralIsEnough) {
  EXPECT_FALSE(Tolerates({}, kTaint));
  EXPECT_TRUE(Tolerates({{"x", "Exists", "", ""}, {"dedicated", "Exists", "", ""}}, kTaint));
}

}  // namespace
}  // namespace muster::plugins
