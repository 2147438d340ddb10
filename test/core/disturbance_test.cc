// Strangers bind where Muster has reserved, nodes go: nothing is ever over-committed by Muster.

#include <gtest/gtest.h>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using State = ApplicationRecord::State;

/// A node on which the application has a slot but not its driver.
std::string SlotNodeWithoutDriver(SimulatedWorld& world, const ApplicationRecord& record) {
  for (const auto& [node, count] : PlannedSlots(world, record)) {
    if (node != DriverOf(world, record).spec.node_name) return node;
  }
  return "";
}

/// Seven executors planned on four nodes; on one of these are slots, but not the driver.
class PlannedApplication : public ::testing::Test {
 protected:
  void SetUp() override {
    AddNodes(world_, 4, 8);
    world_.StartScheduler();
    record_ = &world_.spark().Submit(StaticApplication("etl", 7, 2, "4g"));
    ASSERT_TRUE(RunUntilDriverBound(world_, *record_));
    node_ = SlotNodeWithoutDriver(world_, *record_);
    ASSERT_NE(node_, "");
  }

  SimulatedWorld world_{MusterWorld(1)};
  const ApplicationRecord* record_ = nullptr;
  std::string node_;
};

TEST_F(PlannedApplication, ASlotTakenByAStrangerIsPlannedElsewhere) {
  ASSERT_TRUE(world_.BindStranger("thief", node_, Quantity::FromUnits(8)));

  ASSERT_TRUE(RunUntilState(world_, *record_, State::kSucceeded));
  EXPECT_EQ(Join(world_.violations()), "");
  EXPECT_EQ(Join(world_.overcommits()), "");
}

TEST(Disturbance, ASlotTakenByAStrangerWhileTheClusterIsFullWaitsForRoom) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 5);
  world.StartScheduler();
  const auto& record = world.spark().Submit(StaticApplication("etl", 4, 2, "4g"));
  ASSERT_TRUE(RunUntilDriverBound(world, record));
  const std::string node = SlotNodeWithoutDriver(world, record);
  ASSERT_TRUE(world.BindStranger("thief", node, Quantity::FromUnits(5)));
  world.RunFor(minutes(2));
  EXPECT_EQ(record.state, State::kDriving);
  EXPECT_FALSE(ExecutorsByNode(world, record).contains(node));

  world.api().DeletePod({"strangers", "thief"});
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
  EXPECT_EQ(Join(world.overcommits()), "");
}

TEST_F(PlannedApplication, EmptySlotsOfADeletedNodeArePlannedElsewhere) {
  world_.api().DeleteNode(node_);

  ASSERT_TRUE(RunUntilState(world_, *record_, State::kRunning));
  EXPECT_FALSE(ExecutorsByNode(world_, *record_).contains(node_));
  ASSERT_TRUE(RunUntilState(world_, *record_, State::kSucceeded));
  EXPECT_EQ(Join(world_.violations()), "");
}

TEST_F(PlannedApplication, ANodeThatIsDeletedWhileMusterIsDownLosesItsEmptySlots) {
  world_.KillScheduler();
  world_.api().DeleteNode(node_);
  world_.StartScheduler();

  ASSERT_TRUE(RunUntilState(world_, *record_, State::kSucceeded));
  EXPECT_FALSE(ExecutorsByNode(world_, *record_).contains(node_));
  EXPECT_EQ(Join(world_.violations()), "");
}

TEST(Disturbance, ExecutorsOfADeletedNodeAreReplacedElsewhere) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 4, 8);
  world.StartScheduler();
  SparkApplication application = StaticApplication("etl", 7, 2, "4g");
  application.run_time = minutes(5);
  const auto& record = world.spark().Submit(application);
  ASSERT_TRUE(RunUntilState(world, record, State::kRunning));
  const std::string node = SlotNodeWithoutDriver(world, record);
  world.api().DeleteNode(node);
  world.RunFor(minutes(1));

  const auto executors = ExecutorsByNode(world, record);
  EXPECT_FALSE(executors.contains(node));
  EXPECT_FALSE(executors.contains(""));
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Disturbance, ANewNodeAdmitsTheGangThatWaitedForIt) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 4);
  world.StartScheduler();
  const auto& record = world.spark().Submit(StaticApplication("etl", 6, 2, "4g"));
  world.RunFor(minutes(1));
  EXPECT_FALSE(record.driver_bound_at.has_value());
  world.AddNode("node-new", 8, 64);

  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Disturbance, AnUncordonedNodeIsUsedAndACordonedOneIsNot) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 8);
  api::Node cordoned = *world.api().FindNode("node-b");
  cordoned.unschedulable = true;
  world.api().ApplyNode(cordoned);
  world.StartScheduler();
  const auto& record = world.spark().Submit(StaticApplication("etl", 5, 2, "4g"));
  world.RunFor(minutes(1));
  EXPECT_FALSE(record.driver_bound_at.has_value());
  cordoned.unschedulable = false;
  world.api().ApplyNode(cordoned);

  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
}

class StrangersBySeed : public ::testing::TestWithParam<std::uint64_t> {};

/// Strangers that come and go every few hundred milliseconds while three applications are planned
/// and run.
void RunAmongStrangers(SimulatedWorld& world) {
  AddNodes(world, 5, 8);
  world.StartScheduler();
  for (const char* name : {"one", "two", "three"}) {
    world.spark().Submit(StaticApplication(name, world.random().Between(2, 7), 2, "4g"));
  }
  for (int i = 0; i < 60; ++i) {
    world.RunFor(milliseconds(world.random().Between(1, 400)));
    const std::string node = "node-" + std::string(1, static_cast<char>('a' + i % 5));
    world.BindStranger("s" + std::to_string(i), node,
                       Quantity::FromUnits(world.random().Between(1, 3)));
    if (i >= 3) world.api().DeletePod({"strangers", "s" + std::to_string(i - 3)});
  }
  for (int i = 0; i < 60; ++i) world.api().DeletePod({"strangers", "s" + std::to_string(i)});
}

TEST_P(StrangersBySeed, NeverMakeMusterOverCommitANodeWhenItHearsOfThemAtOnce) {
  SimulatedWorld world(WorldWithoutDelays(GetParam()));
  RunAmongStrangers(world);
  EXPECT_TRUE(RunUntilAllSucceeded(world)) << "seed " << GetParam();
  EXPECT_EQ(Join(world.violations()), "") << "seed " << GetParam();
  EXPECT_EQ(Join(world.overcommits()), "") << "seed " << GetParam();
}

TEST_P(StrangersBySeed, NeverMakeMusterDecideAgainstWhatItKnows) {
  SimulatedWorld world(MusterWorld(GetParam()));
  RunAmongStrangers(world);
  const auto all_ended = [&] {
    for (const ApplicationRecord& record : world.spark().records()) {
      if (!record.ended_at) return false;
    }
    return true;
  };
  EXPECT_TRUE(world.RunUntil(all_ended, kLongEnough)) << "seed " << GetParam();
  EXPECT_EQ(Join(world.violations()), "") << "seed " << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Disturbance, StrangersBySeed, ::testing::Range<std::uint64_t>(1, 21));

}  // namespace
}  // namespace muster::bench
