// What annotations of the driver ask of the places of its executors.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::minutes;
using State = ApplicationRecord::State;
using ::testing::HasSubstr;

std::int64_t MostOnOneNode(const std::map<std::string, std::int64_t>& pods) {
  std::int64_t most = 0;
  for (const auto& [node, count] : pods) most = std::max(most, count);
  return most;
}

TEST(Packing, ACapPerNodeHoldsFromThePlanToTheExecutors) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 4, 16);
  world.StartScheduler();
  SparkApplication application = StaticApplication("etl", 6, 2, "4g");
  application.driver_annotations["muster.dev/max-executors-per-node"] = "2";
  const auto& record = world.spark().Submit(application);
  ASSERT_TRUE(RunUntilState(world, record, State::kRunning));
  EXPECT_EQ(MostOnOneNode(PlannedSlots(world, record)), 2);
  EXPECT_EQ(MostOnOneNode(ExecutorsByNode(world, record)), 2);
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Packing, SpreadingDividesTheExecutorsEvenly) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 3, 16);
  world.StartScheduler();
  SparkApplication application = StaticApplication("etl", 6, 2, "4g");
  application.driver_annotations["muster.dev/placement"] = "spread";
  const auto& record = world.spark().Submit(application);
  ASSERT_TRUE(RunUntilDriverBound(world, record));
  EXPECT_EQ(MostOnOneNode(PlannedSlots(world, record)), 2);
}

TEST(Packing, AValueThatDoesNotParseIsRefusedByName) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 8);
  world.StartScheduler();
  SparkApplication application = StaticApplication("etl", 2, 2, "4g");
  application.driver_annotations["muster.dev/topology"] = "required:floor";
  const auto& record = world.spark().Submit(application);
  world.RunFor(minutes(1));
  EXPECT_EQ(ScheduledCondition(world, record).reason, "GangRefused");
  EXPECT_THAT(ScheduledCondition(world, record).message,
              HasSubstr("muster.dev/topology=required:floor: required:LABEL or preferred:LABEL"));
}

}  // namespace
}  // namespace muster::bench
