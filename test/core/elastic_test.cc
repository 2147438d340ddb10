// Gangs that may start with less, or differ from the prediction.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::minutes;
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

}  // namespace
}  // namespace muster::bench
