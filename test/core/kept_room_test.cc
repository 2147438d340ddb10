// Room that is kept for a gang that has been passed for long.

#include <gtest/gtest.h>

#include "test/core/small_world.h"
#include "test/support/builders.h"

namespace muster::bench {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using State = ApplicationRecord::State;

TEST(KeptRoom, ALargeGangIsNotStarvedByAStreamOfSmallOnes) {
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

TEST(KeptRoom, ItIsForTheGangThatWasPassedAndNobodyElseIsStopped) {
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

TEST(KeptRoom, ExecutorsOfRunningApplicationsMayTakeItEvenAfterAPodBehindMayNot) {
  core::CoreOptions options;
  options.backfill_patience = minutes(1);
  SimulatedWorld world(MusterWorld(1, options));
  AddNodes(world, 2, 8);
  const api::StringMap ends_one_day = {{"spark-role", "executor"}};
  ASSERT_TRUE(world.BindStranger("b", "node-b", Quantity::FromUnits(8), 0, ends_one_day));
  ASSERT_TRUE(world.BindStranger("a-1", "node-a", Quantity::FromUnits(3), 0, ends_one_day));
  ASSERT_TRUE(world.BindStranger("a-2", "node-a", Quantity::FromUnits(2), 0, ends_one_day));
  world.StartScheduler();
  SparkApplication elastic = StaticApplication("elastic", 2, 2, "1g");
  elastic.driver_annotations["muster.dev/min-executors"] = "1";
  const auto& running = world.spark().Submit(elastic);
  ASSERT_TRUE(RunUntilState(world, running, State::kDriving));
  world.RunFor(seconds(10));
  ASSERT_EQ(running.executors.size(), 2U);
  const auto& large = world.spark().Submit(StaticApplication("large", 7, 2, "1g"));
  world.RunFor(seconds(70));

  api::Pod behind = testing::MakePod("behind", "2", "1Gi");
  behind.spec.scheduler_name = "muster";
  world.api().CreatePod(behind);
  world.RunFor(seconds(5));
  world.api().DeletePod(running.executors.back());  // its successor is younger than the pod
  world.RunFor(seconds(5));
  // In one step: the large gang fails, then the pod behind it, then the executor.
  world.api().DeletePod({"strangers", "a-2"});
  world.RunFor(seconds(3));

  EXPECT_FALSE(large.driver_bound_at);
  EXPECT_EQ(world.api().FindPod({"default", "behind"})->spec.node_name, "");
  EXPECT_EQ(ExecutorsByNode(world, running), (std::map<std::string, std::int64_t>{{"node-a", 2}}));
  EXPECT_EQ(Join(world.violations()), "");
}

}  // namespace
}  // namespace muster::bench
