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

/// Up to four executors of 2 CPU, at least one, in a cluster of 10 CPU; the test itself plays the
/// driver.
class DynamicRestart : public ::testing::Test {
 protected:
  DynamicRestart() : world_(Unaudited()) {
    AddNodes(world_, 1, 10);
    world_.StartScheduler();
  }

  static WorldOptions Unaudited() {
    WorldOptions options = MusterWorld(1);
    options.audited = false;  // the audit takes every slot of a plan for reserved
    return options;
  }

  const ApplicationRecord& SubmitDynamic(const std::string& least) {
    SparkApplication application = StaticApplication("dynamic", 4, 2, "4g");
    application.properties["spark.dynamicAllocation.enabled"] = "true";
    application.properties["spark.dynamicAllocation.minExecutors"] = least;
    application.driver_startup = std::chrono::hours(100);
    const auto& record = world_.spark().Submit(application);
    EXPECT_TRUE(RunUntilDriverBound(world_, record));
    world_.RunFor(seconds(10));
    return record;
  }

  void CreateExecutor(const ApplicationRecord& record, const std::string& id) {
    const api::Pod& driver = DriverOf(world_, record);
    api::Pod pod = world_.spark().ShapeOf(driver)->executor_sets[0].pod;
    pod.metadata.name = "exec-" + id;
    pod.metadata.namespace_name = record.driver.namespace_name;
    pod.metadata.labels["spark-exec-id"] = id;
    pod.metadata.owner_references = {
        {"v1", "Pod", record.driver.name, record.driver_uid, /*controller=*/true}};
    world_.api().CreatePod(std::move(pod));
    world_.RunFor(seconds(5));
  }

  void EndExecutor(const ApplicationRecord& record, const std::string& id) {
    world_.api().DeletePod({record.driver.namespace_name, "exec-" + id});
    world_.RunFor(minutes(1));
  }

  void Restart() {
    world_.KillScheduler();
    world_.RunFor(seconds(1));
    world_.StartScheduler();
    world_.RunFor(seconds(5));
  }

  /// Whether a driver of 1 CPU and executors of 2 CPU are admitted.
  bool FindsRoom(std::int64_t executors) {
    const auto& record = world_.spark().Submit(StaticApplication("probe", executors, 2, "4g"));
    world_.RunFor(seconds(30));
    return record.driver_bound_at.has_value();
  }

  SimulatedWorld world_;
};

TEST_F(DynamicRestart, SlotsThatWentWithTheirExecutorsStayGivenBack) {
  const auto& record = SubmitDynamic("1");
  for (const char* id : {"1", "2", "3", "4"}) CreateExecutor(record, id);
  for (const char* id : {"1", "2", "3"}) EndExecutor(record, id);
  Restart();
  EXPECT_TRUE(FindsRoom(2));  // of 10 CPU the driver has 1 and the living executor 2
}

TEST_F(DynamicRestart, SlotsWhoseExecutorsHaveNotComeAreKept) {
  const auto& record = SubmitDynamic("1");
  CreateExecutor(record, "1");
  CreateExecutor(record, "2");
  Restart();
  EXPECT_FALSE(FindsRoom(2));
  CreateExecutor(record, "3");
  CreateExecutor(record, "4");
  EXPECT_EQ(ExecutorsByNode(world_, record), PlannedSlots(world_, record));
}

TEST_F(DynamicRestart, TheMinimumIsKeptForTheReplacementsOfExecutorsThatEnded) {
  const auto& record = SubmitDynamic("3");
  for (const char* id : {"1", "2", "3", "4"}) CreateExecutor(record, id);
  for (const char* id : {"1", "2", "3"}) EndExecutor(record, id);
  Restart();
  EXPECT_FALSE(FindsRoom(2));  // 1 + 3 x 2 of 10 CPU are held
  EXPECT_TRUE(FindsRoom(1));
}

TEST_F(DynamicRestart, AnExecutorBeyondTheSlotsThatOutlivesThemCountsTowardsTheMinimum) {
  const auto& record = SubmitDynamic("1");
  for (const char* id : {"1", "2", "3", "4"}) CreateExecutor(record, id);
  world_.AddNode("node-more", 2, 64);
  CreateExecutor(record, "5");
  for (const char* id : {"1", "2", "3", "4"}) EndExecutor(record, id);
  // Of 10 CPU the driver has 1; no place is kept there, because the fifth is the minimum.
  EXPECT_TRUE(FindsRoom(4));
}

TEST_F(DynamicRestart, SlotsThatNobodyTookEndWithTheTimeoutCountedFromTheBind) {
  SubmitDynamic("0");
  world_.RunFor(minutes(28));
  Restart();
  EXPECT_FALSE(FindsRoom(2));
  world_.RunFor(minutes(3));  // gangTimeout is 30 minutes
  EXPECT_TRUE(FindsRoom(2));
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
