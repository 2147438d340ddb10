// Large applications that shuffle wait a little for a place on few nodes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using State = ApplicationRecord::State;
using ::testing::HasSubstr;

/// Four nodes of 32 CPU; the executors of "first" leave 11 or 12 CPU on each.
class BetterPlace : public ::testing::Test {
 protected:
  void Start(Duration first_run_time) {
    AddNodes(world_, 4, 32);
    world_.StartScheduler();
    SparkApplication first = StaticApplication("first", 40, 2, "1g");
    first.driver_annotations["muster.dev/placement"] = "spread";
    first.run_time = first_run_time;
    first_ = &world_.spark().Submit(first);
    ASSERT_TRUE(RunUntilState(world_, *first_, State::kRunning));
  }
  const ApplicationRecord& SubmitLarge(const api::StringMap& annotations = {}) {
    SparkApplication large = StaticApplication("large", 20, 2, "1g");
    large.driver_annotations = annotations;
    return world_.spark().Submit(large);
  }

  SimulatedWorld world_{MusterWorld(1)};
  const ApplicationRecord* first_ = nullptr;
};

TEST_F(BetterPlace, ALargeGangTakesTheRoomThatSoonComesFree) {
  Start(seconds(60));
  const auto& large = SubmitLarge();
  world_.RunFor(seconds(20));
  EXPECT_FALSE(large.driver_bound_at);
  EXPECT_EQ(ScheduledCondition(world_, large).reason, "GangQueued") << "it asks for no new nodes";
  EXPECT_THAT(ScheduledCondition(world_, large).message, HasSubstr("only over 4 nodes"));
  ASSERT_TRUE(RunUntilDriverBound(world_, large));
  std::int64_t pairs = 0;
  for (const auto& [node, slots] : PlannedSlots(world_, large)) pairs += slots * slots;
  EXPECT_GE(pairs, 204) << "three quarters of 16 x 16 + 4 x 4";
  EXPECT_EQ(Join(world_.violations()), "");
}

TEST_F(BetterPlace, ItWaitsFiveMinutesAtMost) {
  Start(minutes(15));
  const auto& large = SubmitLarge();
  world_.RunFor(seconds(298));
  EXPECT_FALSE(large.driver_bound_at);
  world_.RunFor(seconds(4));
  EXPECT_TRUE(large.driver_bound_at);
  EXPECT_EQ(PlannedSlots(world_, large).size(), 4U);
}

TEST_F(BetterPlace, OneThatShufflesLittleDoesNotWait) {
  Start(minutes(15));
  const auto& light = SubmitLarge({{"muster.dev/shuffle", "light"}});
  world_.RunFor(seconds(20));
  EXPECT_TRUE(light.driver_bound_at);
}

TEST(ShuffleProfile, AnApplicationThatMovedLittleBeforeIsLight) {
  core::CoreOptions options;
  auto profile = history::ShuffleProfile::Decode(
      R"({"version":1,"applications":[{"namespace":"spark","name":"large","runs":1,"tasks":10,)"
      R"("inputBytes":5,"shuffleBytes":1,"executorMilliseconds":9000}]})");
  ASSERT_TRUE(profile.ok()) << profile.status();
  options.shuffle_profile = *std::move(profile);
  SimulatedWorld world(MusterWorld(1, options));
  AddNodes(world, 4, 32);
  world.StartScheduler();
  SparkApplication first = StaticApplication("first", 40, 2, "1g");
  first.driver_annotations["muster.dev/placement"] = "spread";
  first.run_time = minutes(15);
  ASSERT_TRUE(RunUntilState(world, world.spark().Submit(first), State::kRunning));
  const auto& large = world.spark().Submit(StaticApplication("large", 20, 2, "1g"));
  world.RunFor(seconds(20));
  EXPECT_TRUE(large.driver_bound_at) << "a heavy one would wait for a better place";
}

TEST_F(BetterPlace, NobodyWaitsForPodsThatStay) {
  AddNodes(world_, 4, 32);
  for (const char* node : {"node-a", "node-b", "node-c", "node-d"}) {
    ASSERT_TRUE(world_.BindStranger(std::string("service-") + node, node, Quantity::FromUnits(20)));
  }
  world_.StartScheduler();
  const auto& large = SubmitLarge();
  world_.RunFor(seconds(20));
  EXPECT_TRUE(large.driver_bound_at);
}

}  // namespace
}  // namespace muster::bench
