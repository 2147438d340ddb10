#include "scheduler/gang/plan.h"

#include <gtest/gtest.h>

#include "test/support/builders.h"

namespace muster::gang {
namespace {

using testing::Q;

constexpr std::int64_t kSlotsMax = 100;

TEST(Plan, TheWrittenFormIsShortAndReadsBackAsItWas) {
  Plan plan;
  plan.pod_sets.push_back({0,
                           3,
                           std::nullopt,
                           {{"cpu", Q("1")}, {"memory", Q("1408Mi")}},
                           {{"node-a", 2}, {"node-b", 1}}});
  const std::string text = EncodePlan(plan);
  EXPECT_EQ(text, R"({"podSets":[{"count":3,"profile":0,"requests":{"cpu":"1","memory":"1408Mi"},)"
                  R"("slots":{"node-a":2,"node-b":1}}],"version":1})");
  const auto back = DecodePlan(text, kSlotsMax);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(EncodePlan(*back), text);
}

TEST(Plan, TheMinimumOfDynamicAllocationIsWrittenEvenWhereItIsTheCount) {
  Plan plan;
  plan.pod_sets.push_back({0, 2, 2, {}, {{"node-a", 2}}});
  const auto back = DecodePlan(EncodePlan(plan), kSlotsMax);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->pod_sets.at(0).min, 2);
}

TEST(Plan, WhatOthersMayHaveWrittenIsRefused) {
  for (
      const char* text : {
          "",
          "{}",
          "[]",
          "null",
          R"({"version":2,"podSets":[]})",
          R"({"version":1})",
          R"({"version":1,"podSets":[7]})",
          R"({"version":1,"podSets":[{"profile":0,"count":-1,"requests":{},"slots":{}}]})",
          R"({"version":1,"podSets":[{"profile":0,"count":1,"requests":{"cpu":"x"},"slots":{}}]})",
          R"({"version":1,"podSets":[{"profile":0,"count":1,"requests":{},"slots":{"a":101}}]})",
          R"({"version":1,"podSets":[{"profile":0,"count":1,"requests":{},"slots":{"a":60,"b":60}}]})",
      }) {
    EXPECT_FALSE(DecodePlan(text, kSlotsMax).ok()) << text;
  }
}

}  // namespace
}  // namespace muster::gang
