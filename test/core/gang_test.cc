// The life of whole applications: admitted together or not at all, slots taken, room given back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using State = ApplicationRecord::State;

TEST(Gang, AnApplicationThatFitsIsAdmittedAsAWholeAndItsExecutorsTakeTheirSlots) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 3, 8);
  world.StartScheduler();
  const auto& record = world.spark().Submit(StaticApplication("etl", 8, 2, "4g"));

  ASSERT_TRUE(RunUntilState(world, record, State::kRunning));
  EXPECT_EQ(ExecutorsByNode(world, record), PlannedSlots(world, record));
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
  EXPECT_EQ(Join(world.overcommits()), "");
}

TEST(Gang, AnApplicationThatDoesNotFitAsAWholeGetsNoPodBoundAndHearsWhy) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 4);
  world.StartScheduler();
  // 1 + 4 x 2 CPU = 9 of 8.
  const auto& record = world.spark().Submit(StaticApplication("etl", 4, 2, "4g"));
  world.RunFor(minutes(5));

  EXPECT_FALSE(record.driver_bound_at.has_value());
  const api::PodCondition condition = ScheduledCondition(world, record);
  EXPECT_EQ(condition.status, "False");
  EXPECT_EQ(condition.reason, "Unschedulable");
  EXPECT_THAT(condition.message,
              StartsWith("0/2 nodes are available: 2 Insufficient cpu. 3 of 4 executors fit.\n"
                         "1 of 1 driver fits.\n"
                         "The gang is admitted whole or not at all."));
  EXPECT_FALSE(Notes(world, record.driver, "FailedScheduling").empty());
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Gang, TwoApplicationsOfSixtyPercentRunOneAfterTheOther) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 4, 8);
  world.StartScheduler();
  const auto& first = world.spark().Submit(StaticApplication("first", 9, 2, "4g"));
  world.RunFor(seconds(1));
  const auto& second = world.spark().Submit(StaticApplication("second", 9, 2, "4g"));

  ASSERT_TRUE(RunUntilAllSucceeded(world));
  EXPECT_GE(*second.driver_bound_at, *first.ended_at);
  EXPECT_LT(*second.driver_bound_at, *first.ended_at + seconds(5));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Gang, ASmallApplicationRunsBesideALargeOneThatWaits) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 4, 8);
  world.StartScheduler();
  world.spark().Submit(StaticApplication("large", 9, 2, "4g"));
  const auto& waiting = world.spark().Submit(StaticApplication("waiting", 9, 2, "4g"));
  world.RunFor(seconds(1));
  const auto& small = world.spark().Submit(StaticApplication("small", 2, 2, "4g"));

  ASSERT_TRUE(RunUntilDriverBound(world, small));
  EXPECT_FALSE(waiting.driver_bound_at.has_value());
  ASSERT_TRUE(RunUntilAllSucceeded(world));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Gang, ADriverWithoutExecutorsIsAGangOfOne) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 1, 2);
  world.StartScheduler();
  SparkApplication elastic = StaticApplication("elastic", 0, 1, "1g");
  elastic.properties.erase("spark.executor.instances");
  elastic.properties["spark.dynamicAllocation.enabled"] = "true";
  const auto& record = world.spark().Submit(elastic);

  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(record.executor_ids_used, 0);
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Gang, AReplacementExecutorTakesTheSlotOfTheLostOne) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 3, 8);
  world.StartScheduler();
  SparkApplication application = StaticApplication("etl", 6, 2, "4g");
  application.run_time = minutes(5);
  const auto& record = world.spark().Submit(application);
  ASSERT_TRUE(RunUntilState(world, record, State::kRunning));

  const auto planned = PlannedSlots(world, record);
  world.spark().FailExecutor(record.executors.front());
  world.RunFor(seconds(10));

  EXPECT_EQ(record.executor_ids_used, 7);
  EXPECT_EQ(ExecutorsByNode(world, record), planned);
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Gang, TheSlotOfALostExecutorIsKeptFromAWaitingGang) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 5);
  world.StartScheduler();
  SparkApplication application = StaticApplication("etl", 4, 2, "4g");
  application.run_time = minutes(5);
  const auto& record = world.spark().Submit(application);
  ASSERT_TRUE(RunUntilState(world, record, State::kRunning));
  // 1 + 4 x 2 = 9 of 10 CPU are taken; the small one would fit into the place of one executor.
  const auto& small = world.spark().Submit(StaticApplication("small", 1, 1, "1g"));
  world.RunFor(seconds(5));
  world.spark().FailExecutor(record.executors.front());
  world.RunFor(seconds(10));

  EXPECT_FALSE(small.driver_bound_at.has_value());
  EXPECT_EQ(ExecutorsByNode(world, record), PlannedSlots(world, record));
  ASSERT_TRUE(RunUntilAllSucceeded(world));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Gang, ADeletedDriverGivesBackItsSlots) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 5);
  world.StartScheduler();
  const auto& first = world.spark().Submit(StaticApplication("first", 4, 2, "4g"));
  ASSERT_TRUE(RunUntilDriverBound(world, first));
  const auto& second = world.spark().Submit(StaticApplication("second", 4, 2, "4g"));
  world.RunFor(seconds(1));
  world.api().DeletePod(first.driver);

  ASSERT_TRUE(RunUntilState(world, second, State::kSucceeded));
  EXPECT_EQ(first.state, State::kDead);
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Gang, SlotsThatNoExecutorTakesAreGivenBackAfterTheGangTimeout) {
  core::CoreOptions core;
  core.gang_timeout = minutes(2);
  SimulatedWorld world(MusterWorld(1, core));
  AddNodes(world, 2, 5);
  world.StartScheduler();
  SparkApplication stuck = StaticApplication("stuck", 4, 2, "4g");
  stuck.driver_startup = minutes(15);
  const auto& first = world.spark().Submit(stuck);
  ASSERT_TRUE(RunUntilDriverBound(world, first));
  const auto& second = world.spark().Submit(StaticApplication("second", 2, 2, "4g"));

  ASSERT_TRUE(RunUntilDriverBound(world, second));
  EXPECT_GE(*second.driver_bound_at, *first.driver_bound_at + minutes(2));
  EXPECT_LE(*second.driver_bound_at, *first.driver_bound_at + minutes(3));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Gang, ExecutorsLargerThanPredictedAreScheduledAsTheyAre) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 3, 8);
  world.StartScheduler();
  SparkApplication application = StaticApplication("etl", 3, 2, "4g");
  application.executor_cpu_override = Quantity::FromUnits(3);
  const auto& record = world.spark().Submit(application);

  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
  EXPECT_EQ(Join(world.overcommits()), "");
}

TEST(Gang, TheExecutorTemplateIsPartOfTheShape) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 8);
  api::Node labelled = *world.api().FindNode("node-b");
  labelled.metadata.labels["disk"] = "ssd";
  world.api().ApplyNode(labelled);
  world.StartScheduler();
  SparkApplication application = StaticApplication("etl", 2, 2, "4g");
  application.executor_template = "spec:\n  nodeSelector:\n    disk: ssd\n";
  const auto& record = world.spark().Submit(application);

  ASSERT_TRUE(RunUntilState(world, record, State::kRunning));
  EXPECT_EQ(ExecutorsByNode(world, record), (std::map<std::string, std::int64_t>{{"node-b", 2}}));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Gang, PodsOfOtherSchedulersAreLeftAlone) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 8);
  world.StartScheduler();
  SparkApplication foreign = StaticApplication("foreign", 2, 2, "4g");
  foreign.scheduler_name = "default-scheduler";
  const auto& record = world.spark().Submit(foreign);
  world.RunFor(minutes(2));

  EXPECT_FALSE(record.driver_bound_at.has_value());
  EXPECT_EQ(world.effect_log(), "");
}

TEST(Gang, ExecutorsThatAreThereBeforeTheirDriverHasAPlaceWaitForIt) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 1, 10);
  world.StartScheduler();
  const auto& first = world.spark().Submit(StaticApplication("first", 4, 2, "4g"));
  ASSERT_TRUE(RunUntilDriverBound(world, first));
  SparkApplication application = StaticApplication("second", 2, 1, "1g");
  application.driver_startup = std::chrono::hours(100);  // the test plays the driver
  const auto& second = world.spark().Submit(application);
  world.RunFor(seconds(2));  // its ConfigMap is there
  for (const char* id : {"1", "2"}) {
    api::Pod pod = world.spark().ShapeOf(DriverOf(world, second))->executor_sets[0].pod;
    pod.metadata.name = std::string("early-") + id;
    pod.metadata.namespace_name = second.driver.namespace_name;
    pod.metadata.labels["spark-exec-id"] = id;
    pod.metadata.owner_references = {
        {"v1", "Pod", second.driver.name, second.driver_uid, /*controller=*/true}};
    world.api().CreatePod(std::move(pod));
  }
  world.RunFor(seconds(5));
  // One of them alone would fit beside the first application.
  EXPECT_EQ(ExecutorsByNode(world, second), (std::map<std::string, std::int64_t>{{"", 2}}));

  ASSERT_TRUE(RunUntilState(world, first, ApplicationRecord::State::kSucceeded));
  ASSERT_TRUE(RunUntilDriverBound(world, second));
  world.RunFor(seconds(5));
  EXPECT_EQ(ExecutorsByNode(world, second), PlannedSlots(world, second));
  EXPECT_EQ(Join(world.violations()), "");
}

}  // namespace
}  // namespace muster::bench
