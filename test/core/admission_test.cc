// Schedulers that nobody named: admission gives them to drivers, and perhaps to executors.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using State = ApplicationRecord::State;

SparkApplication Unnamed(const std::string& name, const std::string& executor_scheduler) {
  SparkApplication application = StaticApplication(name, 4, 2, "4g");
  application.names_scheduler = false;
  application.admitted_executor_scheduler = executor_scheduler;
  return application;
}

TEST(Admission, WhereItNamesTheSchedulerOfBothRolesTheApplicationIsAGang) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 1, 8);
  world.StartScheduler();
  const auto& record = world.spark().Submit(Unnamed("etl", "muster"));
  world.RunFor(minutes(1));
  EXPECT_FALSE(record.driver_bound_at.has_value());  // 1 + 4 x 2 CPU
  world.AddNode("node-z", 8, 64);
  ASSERT_TRUE(RunUntilState(world, record, State::kRunning));
  EXPECT_EQ(ExecutorsByNode(world, record), PlannedSlots(world, record));
  EXPECT_THAT(Notes(world, record.driver, "GangMismatch"), IsEmpty());
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Admission, NoRoomIsHeldForExecutorsThatAnotherSchedulerPlaces) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 1, 10);
  world.StartScheduler();
  const auto& record = world.spark().Submit(Unnamed("etl", "default-scheduler"));
  ASSERT_TRUE(RunUntilDriverBound(world, record));
  const auto& next = world.spark().Submit(StaticApplication("next", 3, 2, "4g"));
  EXPECT_FALSE(next.driver_bound_at.has_value());
  ASSERT_TRUE(RunUntilState(world, next, State::kSucceeded));
  EXPECT_THAT(Notes(world, record.driver, "GangMismatch"),
              ElementsAre(HasSubstr("schedulerName 'default-scheduler', not 'muster'")));
}

TEST(Admission, NeitherIsItAfterARestart) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 1, 10);
  world.StartScheduler();
  const auto& record = world.spark().Submit(Unnamed("etl", "default-scheduler"));
  ASSERT_TRUE(RunUntilDriverBound(world, record));
  world.KillScheduler();
  world.RunFor(seconds(20));  // its executors come while nobody looks
  world.StartScheduler();
  const auto& next = world.spark().Submit(StaticApplication("next", 3, 2, "4g"));
  ASSERT_TRUE(RunUntilState(world, next, State::kSucceeded));
}

}  // namespace
}  // namespace muster::bench
