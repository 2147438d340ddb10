// The process dies and starts again: the plans on the drivers are all the memory there is.

#include <gtest/gtest.h>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using State = ApplicationRecord::State;

TEST(Restart, AfterTheDriversBindTheExecutorsAreStillPlacedByThePlan) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 4, 8);
  world.StartScheduler();
  const auto& record = world.spark().Submit(StaticApplication("etl", 9, 2, "4g"));
  ASSERT_TRUE(RunUntilDriverBound(world, record));
  world.KillScheduler();
  // The driver is up and has asked for executors before anybody is there to place them.
  world.RunFor(seconds(6));
  ASSERT_EQ(ExecutorsByNode(world, record).size(), 1U);
  world.StartScheduler();

  ASSERT_TRUE(RunUntilState(world, record, State::kRunning));
  EXPECT_EQ(ExecutorsByNode(world, record), PlannedSlots(world, record));
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Restart, EmptySlotsAreKeptFromOthers) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 5);
  world.StartScheduler();
  SparkApplication slow = StaticApplication("slow", 4, 2, "4g");
  slow.driver_startup = minutes(2);
  const auto& record = world.spark().Submit(slow);
  ASSERT_TRUE(RunUntilDriverBound(world, record));
  world.KillScheduler();
  const auto& greedy = world.spark().Submit(StaticApplication("greedy", 2, 2, "4g"));
  world.RunFor(seconds(1));
  world.StartScheduler();

  ASSERT_TRUE(RunUntilState(world, record, State::kRunning));
  EXPECT_FALSE(greedy.driver_bound_at.has_value());
  EXPECT_EQ(ExecutorsByNode(world, record), PlannedSlots(world, record));
  ASSERT_TRUE(RunUntilAllSucceeded(world));
  EXPECT_EQ(Join(world.violations()), "");
}

class RestartAt : public ::testing::TestWithParam<int> {};

TEST_P(RestartAt, AnyMomentLosesNothingAndBindsNothingTwice) {
  SimulatedWorld world(MusterWorld(7));
  AddNodes(world, 4, 8);
  world.StartScheduler();
  world.spark().Submit(StaticApplication("first", 9, 2, "4g"));
  world.spark().Submit(StaticApplication("second", 9, 2, "4g"));
  world.RunFor(milliseconds(GetParam()));
  world.KillScheduler();
  world.RunFor(milliseconds(GetParam() % 7));
  world.StartScheduler();

  EXPECT_TRUE(RunUntilAllSucceeded(world));
  EXPECT_EQ(Join(world.violations()), "");
  EXPECT_EQ(Join(world.overcommits()), "");
}

// The binds of the driver are sent within the first half second; its executors come from 4 s on.
INSTANTIATE_TEST_SUITE_P(Restart, RestartAt,
                         ::testing::Values(1, 5, 20, 50, 200, 210, 220, 230, 240, 250, 300, 400,
                                           420, 440, 460, 500, 4000, 4500, 5000, 5003, 5006, 5500,
                                           6000, 70000));

}  // namespace
}  // namespace muster::bench
