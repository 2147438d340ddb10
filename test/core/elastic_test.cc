// Gangs that may start with less, differ from the prediction, or have waited
// enough.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using State = ApplicationRecord::State;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::int64_t SlotCount(SimulatedWorld& world, const ApplicationRecord& record) {
  std::int64_t slots = 0;
  for (const auto& [node, count] : PlannedSlots(world, record)) slots += count;
  return slots;
}

TEST(Minimum, AGangIsAdmittedWithAsManyExecutorsAsFitWhenTheMinimumDoes) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 8);
  world.StartScheduler();
  // 16 CPU: the driver and 7 executors of 2 CPU.
  SparkApplication application = StaticApplication("etl", 12, 2, "4g");
  application.driver_annotations["muster.dev/min-executors"] = "50%";
  const auto& record = world.spark().Submit(application);
  ASSERT_TRUE(RunUntilDriverBound(world, record));
  EXPECT_EQ(SlotCount(world, record), 7);
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Minimum, BelowTheMinimumNothingIsHeld) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 8);
  world.StartScheduler();
  SparkApplication application = StaticApplication("etl", 12, 2, "4g");
  application.driver_annotations["muster.dev/min-executors"] = "8";
  const auto& record = world.spark().Submit(application);
  world.RunFor(minutes(1));
  EXPECT_THAT(ScheduledCondition(world, record).message, HasSubstr("7 of 8 executors fit"));
}

TEST(Minimum, AValueThatDoesNotParseIsRefusedByName) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 8);
  world.StartScheduler();
  SparkApplication application = StaticApplication("etl", 2, 2, "4g");
  application.driver_annotations["muster.dev/min-executors"] = "3";
  const auto& record = world.spark().Submit(application);
  world.RunFor(minutes(1));
  EXPECT_EQ(ScheduledCondition(world, record).reason, "GangRefused");
  EXPECT_THAT(ScheduledCondition(world, record).message,
              HasSubstr("muster.dev/min-executors=3: a whole number from 0 to 2"));
}

TEST(Mismatch, TheFirstExecutorCorrectsThePrediction) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 4, 8);
  world.StartScheduler();
  SparkApplication application = StaticApplication("etl", 4, 2, "4g");
  application.executor_cpu_override = Quantity::FromUnits(3);
  const auto& record = world.spark().Submit(application);
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_THAT(
      Notes(world, record.driver, "GangMismatch"),
      ElementsAre(::testing::AllOf(HasSubstr("it asks cpu 3"), HasSubstr("predicted were cpu 2"))));
  EXPECT_EQ(Join(world.overcommits()), "");
}

TEST(Patience, ALargeGangIsNotStarvedByAStreamOfSmallOnes) {
  core::CoreOptions options;
  options.backfill_patience = minutes(3);
  SimulatedWorld world(MusterWorld(1, options));
  AddNodes(world, 4, 8);
  world.StartScheduler();
  world.spark().Submit(StaticApplication("first", 4, 3, "4g"));
  world.RunFor(seconds(10));
  const auto& large = world.spark().Submit(StaticApplication("large", 12, 2, "4g"));
  // Each of the stream fits beside the others, and always two of them run.
  for (int i = 0; i < 30; ++i) {
    SparkApplication small = StaticApplication("small-" + std::to_string(i), 4, 2, "4g");
    world.spark().Submit(small);
    world.RunFor(seconds(30));
  }
  EXPECT_TRUE(large.driver_bound_at) << "passed by younger gangs for 15 minutes";
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Patience, RoomIsKeptForTheGangThatWasPassedAndNobodyElseIsStopped) {
  core::CoreOptions options;
  options.backfill_patience = minutes(1);
  SimulatedWorld world(MusterWorld(1, options));
  AddNodes(world, 2, 8);
  world.StartScheduler();
  SparkApplication first = StaticApplication("first", 2, 3, "1g");
  first.run_time = minutes(3);
  ASSERT_TRUE(RunUntilState(world, world.spark().Submit(first), State::kRunning));
  const auto& large = world.spark().Submit(StaticApplication("large", 7, 2, "1g"));
  world.RunFor(seconds(70));
  world.AddNode("small-node", 3, 64);
  // The first goes where the large gang will not; for the second there is room only where it will.
  const auto& beside = world.spark().Submit(StaticApplication("beside", 1, 1, "1g"));
  world.RunFor(seconds(10));
  const auto& behind = world.spark().Submit(StaticApplication("behind", 2, 1, "1g"));
  world.RunFor(seconds(20));
  EXPECT_FALSE(large.driver_bound_at);
  EXPECT_TRUE(beside.driver_bound_at);
  EXPECT_FALSE(behind.driver_bound_at);
  EXPECT_TRUE(RunUntilAllSucceeded(world));
  EXPECT_EQ(Join(world.violations()), "");
}

}  // namespace
}  // namespace muster::bench
