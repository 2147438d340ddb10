#include "scheduler/spark/executor_count.h"

#include <gtest/gtest.h>

#include <string>

namespace muster::spark {
namespace {

/// "initial least most", or the error.
std::string Count(const Properties& properties) {
  Settings settings(properties, "spark.properties");
  const StatusOr<ExecutorCount> count = ComputeExecutorCount(settings);
  if (!count.ok()) return std::string(MessageOf(count.status()));
  return std::to_string(count->initial) + " " + std::to_string(count->least) + " " +
         std::to_string(count->most);
}

Properties Dynamic(Properties properties) {
  properties.Set("spark.dynamicAllocation.enabled", "true");
  return properties;
}

TEST(ExecutorCount, IsTwoWhenNothingIsSaid) { EXPECT_EQ(Count({}), "2 2 2"); }

TEST(ExecutorCount, IsTheNumberOfInstances) {
  EXPECT_EQ(Count({{"spark.executor.instances", "7"}}), "7 7 7");
  EXPECT_EQ(Count({{"spark.executor.instances", "10000000"}}), "10000000 10000000 10000000");
}

TEST(ExecutorCount, RefusesWhatSparkRefuses) {
  for (const std::string value : {"abc", "-1", "0", "", "1.5", "2147483648", "1 2"}) {
    EXPECT_EQ(Count({{"spark.executor.instances", value}}),
              "spark.properties: spark.executor.instances=" + value +
                  ": a whole number from 1 to 2147483647 is allowed");
  }
}

TEST(ExecutorCount, DynamicAllocationStartsWithTheLargestOfThree) {
  EXPECT_EQ(Count(Dynamic({})), "0 0 2147483647");
  EXPECT_EQ(Count(Dynamic({{"spark.dynamicAllocation.minExecutors", "2"}})), "2 2 2147483647");
  EXPECT_EQ(Count(Dynamic({{"spark.dynamicAllocation.minExecutors", "2"},
                           {"spark.dynamicAllocation.initialExecutors", "4"},
                           {"spark.dynamicAllocation.maxExecutors", "10"}})),
            "4 2 10");
  EXPECT_EQ(Count(Dynamic({{"spark.dynamicAllocation.minExecutors", "2"},
                           {"spark.dynamicAllocation.initialExecutors", "3"},
                           {"spark.executor.instances", "6"}})),
            "6 2 2147483647");
  EXPECT_EQ(Count(Dynamic({{"spark.executor.instances", "0"}})), "0 0 2147483647");
}

TEST(ExecutorCount, WithoutDynamicAllocationItsKeysDoNotCount) {
  EXPECT_EQ(Count({{"spark.dynamicAllocation.enabled", "false"},
                   {"spark.dynamicAllocation.minExecutors", "5"}}),
            "2 2 2");
}

TEST(ExecutorCount, DynamicAllocationStaysBelowItsMaximum) {
  EXPECT_EQ(Count(Dynamic({{"spark.dynamicAllocation.maxExecutors", "3"},
                           {"spark.executor.instances", "4"}})),
            "spark.properties: spark.executor.instances=4: at most "
            "spark.dynamicAllocation.maxExecutors=3 is allowed");
  EXPECT_EQ(Count(Dynamic({{"spark.dynamicAllocation.maxExecutors", "3"},
                           {"spark.dynamicAllocation.minExecutors", "4"}})),
            "spark.properties: spark.dynamicAllocation.minExecutors=4: at most "
            "spark.dynamicAllocation.maxExecutors=3 is allowed");
  EXPECT_EQ(
      Count(Dynamic({{"spark.dynamicAllocation.maxExecutors", "infinity"}})),
      "spark.properties: spark.dynamicAllocation.maxExecutors=infinity: a whole number from 1 "
      "to 2147483647 is allowed");
}

TEST(ExecutorCount, TheSwitchIsTrueOrFalse) {
  EXPECT_EQ(Count({{"spark.dynamicAllocation.enabled", "yes"}}),
            "spark.properties: spark.dynamicAllocation.enabled=yes: true or false is allowed");
}

}  // namespace
}  // namespace muster::spark
