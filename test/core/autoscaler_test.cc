// One scale-up for a whole gang: what Cluster Autoscaler does with what Muster tells it.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "scheduler/capacity/stand_in.h"
#include "test/core/autoscaled_world.h"

namespace muster::bench {
namespace {

using namespace std::chrono_literals;
using State = ApplicationRecord::State;
using Calls = std::map<std::string, std::int64_t>;

constexpr auto kClusterAutoscaler = capacity::Autoscaler::kClusterAutoscaler;

std::string ReasonOf(const api::Pod& pod) {
  for (const api::PodCondition& condition : pod.status.conditions) {
    if (condition.type == "PodScheduled") return condition.status + " " + condition.reason;
  }
  return "";
}

TEST(Autoscaler, AGangOnAnEmptyClusterIsOneScaleUpOfTheRightSize) {
  AutoscaledWorld scaled(HintingWorld(1), {MakeGroup("pool", 4, 100)});
  scaled.Start();
  SimulatedWorld& world = scaled.world();
  const ApplicationRecord& record = world.spark().Submit(StaticApplication("pi", 10, 1, "1g"));
  EXPECT_TRUE(RunUntilState(world, record, State::kSucceeded));
  world.RunFor(30min);
  EXPECT_EQ(scaled.autoscaler().CallsByGroup(), (Calls{{"pool", 1}}));
  EXPECT_EQ(scaled.autoscaler().calls().front().delta, 3) << "11 CPUs on nodes of 4";
  EXPECT_TRUE(scaled.StandIns().empty());
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Autoscaler, ForKarpenterTheSamePodsAreShownWithoutDelay) {
  AutoscaledWorld scaled(HintingWorld(1, capacity::Autoscaler::kKarpenter), {});
  scaled.Start();
  SimulatedWorld& world = scaled.world();
  world.spark().Submit(StaticApplication("pi", 10, 1, "1g"));
  world.RunFor(3s);
  ASSERT_EQ(scaled.StandIns().size(), 10U);
  for (const api::Pod* pod : scaled.StandIns()) {
    EXPECT_EQ(ReasonOf(*pod), "False Unschedulable");
    EXPECT_TRUE(pod->metadata.annotations.empty());
    EXPECT_EQ(pod->status.nominated_node_name, "") << "Karpenter would not provision for it";
  }
}

TEST(Autoscaler, PodByPodTheSameGangIsScaledUpTwiceOrMore) {
  AutoscaledWorld scaled(PodByPodWorld(1), {MakeGroup("pool", 4, 100)});
  scaled.Start();
  SimulatedWorld& world = scaled.world();
  const ApplicationRecord& record = world.spark().Submit(StaticApplication("pi", 10, 1, "1g"));
  EXPECT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_GE(scaled.autoscaler().CallsByGroup()["pool"], 2);
}

TEST(Autoscaler, WithoutTheSettingTheDriverAloneIsSeen) {
  AutoscaledWorld scaled(HintingWorld(1, capacity::Autoscaler::kNone), {MakeGroup("pool", 4, 100)});
  scaled.Start();
  SimulatedWorld& world = scaled.world();
  const ApplicationRecord& record = world.spark().Submit(StaticApplication("pi", 10, 1, "1g"));
  world.RunFor(30min);
  EXPECT_TRUE(scaled.StandIns().empty());
  EXPECT_FALSE(record.driver_bound_at) << "one node came for the driver, and no more";
  EXPECT_EQ(scaled.autoscaler().calls().front().delta, 1);
}

TEST(Autoscaler, TwoPoolsAreOneScaleUpEach) {
  AutoscaledWorld scaled(HintingWorld(1), {MakeGroup("drivers", 2, 4), MakeGroup("big", 16, 10)});
  scaled.Start();
  SimulatedWorld& world = scaled.world();
  SparkApplication application = StaticApplication("pi", 6, 8, "4g");
  const ApplicationRecord& record = world.spark().Submit(application);
  EXPECT_TRUE(RunUntilState(world, record, State::kSucceeded));
  for (const auto& [group, calls] : scaled.autoscaler().CallsByGroup())
    EXPECT_EQ(calls, 1) << group;
}

TEST(Autoscaler, DriverAndStandInsBecomeUnschedulableInTheSameStep) {
  AutoscaledWorld scaled(HintingWorld(1), {});
  scaled.Start();
  SimulatedWorld& world = scaled.world();
  const ApplicationRecord& record = world.spark().Submit(StaticApplication("pi", 10, 1, "1g"));
  ASSERT_TRUE(world.RunUntil(
      [&] { return ReasonOf(DriverOf(world, record)) == "False Unschedulable"; }, 1min));
  world.RunFor(100ms);
  std::set<std::string> moments;
  std::istringstream log(world.effect_log());
  int stamps = 0;
  for (std::string line; std::getline(log, line);) {
    if (line.find(" patch ") == line.npos || line.find("Unschedulable") == line.npos) continue;
    moments.insert(line.substr(0, line.find(' ')));
    ++stamps;
  }
  EXPECT_EQ(stamps, 11);
  EXPECT_EQ(moments.size(), 1U);
}

TEST(Autoscaler, QuotaForTheDriverOnlyIsADefinedState) {
  AutoscaledWorld scaled(HintingWorld(1), {});
  SimulatedWorld& world = scaled.world();
  int creates = 0;
  world.SetFaultHook([&](const core::Effect& effect) {
    CallFault fault;
    if (!std::holds_alternative<core::CreateStandIn>(effect)) return fault;
    ++creates;
    fault.kind = CallFault::Kind::kRefused;
    fault.refusal = {core::CallResult::kForbidden, "exceeded quota: pods"};
    return fault;
  });
  scaled.Start();
  const ApplicationRecord& record = world.spark().Submit(StaticApplication("pi", 10, 1, "1g"));
  world.RunFor(2h);
  EXPECT_EQ(ReasonOf(DriverOf(world, record)), "False Unschedulable");
  const std::vector<std::string> notes = Notes(world, record.driver, "GangCapacityRefused");
  ASSERT_FALSE(notes.empty());
  EXPECT_NE(notes.front().find("exceeded quota: pods"), std::string::npos);
  EXPECT_LE(creates, 100) << "with back-off";
  world.AddNode("by-hand", 16, 64);
  EXPECT_TRUE(RunUntilState(world, record, State::kSucceeded));
  world.RunFor(1min);
  EXPECT_TRUE(scaled.StandIns().empty());
}

TEST(Autoscaler, WhenNoNodeComesTheGangSaysSoAndAsksAgainLater) {
  NodeGroup group = MakeGroup("pool", 4, 100);
  group.is_out_of_stock = true;
  AutoscaledWorld scaled(HintingWorld(1), {group});
  scaled.Start();
  SimulatedWorld& world = scaled.world();
  const ApplicationRecord& record = world.spark().Submit(StaticApplication("pi", 10, 1, "1g"));
  world.RunFor(10min + 30s);
  EXPECT_TRUE(scaled.StandIns().empty());
  EXPECT_EQ(ReasonOf(DriverOf(world, record)), "False GangCapacityFailed");
  EXPECT_EQ(Notes(world, record.driver, "GangCapacityFailed").size(), 1U);
  world.RunFor(2min);
  EXPECT_EQ(scaled.StandIns().size(), 10U);
  EXPECT_EQ(ReasonOf(DriverOf(world, record)), "False Unschedulable");
  world.AddNode("by-hand", 16, 64);
  EXPECT_TRUE(RunUntilState(world, record, State::kSucceeded));
}

TEST(Autoscaler, StandInsGoWithTheirDriver) {
  AutoscaledWorld scaled(HintingWorld(1), {});
  scaled.Start();
  SimulatedWorld& world = scaled.world();
  const ApplicationRecord& record = world.spark().Submit(StaticApplication("pi", 10, 1, "1g"));
  world.RunFor(10s);
  ASSERT_EQ(scaled.StandIns().size(), 10U);
  world.api().DeletePod(record.driver);
  world.RunFor(1s);
  EXPECT_TRUE(scaled.StandIns().empty());
}

TEST(Autoscaler, AnExecutorIsBoundOnlyAfterItsStandInIsGone) {
  AutoscaledWorld scaled(HintingWorld(1), {MakeGroup("pool", 4, 100)});
  scaled.Start();
  SimulatedWorld& world = scaled.world();
  const ApplicationRecord& record = world.spark().Submit(StaticApplication("pi", 10, 1, "1g"));
  std::size_t most = 0;
  EXPECT_TRUE(world.RunUntil(
      [&] {
        std::size_t bound = 0;
        for (const auto& [node, count] : ExecutorsByNode(world, record)) {
          bound += node.empty() ? 0 : static_cast<std::size_t>(count);
        }
        most = std::max(most, bound + scaled.StandIns().size());
        return record.state == State::kRunning;
      },
      kLongEnough));
  EXPECT_EQ(most, 10U) << "an autoscaler that counts both would add a node";
}

TEST(Autoscaler, AGangThatPreemptsAsksForNoNode) {
  AutoscaledWorld scaled(HintingWorld(1), {});
  SimulatedWorld& world = scaled.world();
  world.AddNode("a", 12, 64);
  world.BindStranger("s", "a", Quantity::FromUnits(8), -5);
  scaled.Start();
  SparkApplication application = StaticApplication("pi", 10, 1, "1g");
  application.priority = 10;
  const ApplicationRecord& record = world.spark().Submit(application);
  std::size_t most = 0;
  EXPECT_TRUE(world.RunUntil(
      [&] {
        most = std::max(most, scaled.StandIns().size());
        return record.state == State::kRunning;
      },
      kLongEnough));
  EXPECT_EQ(most, 0U);
}

TEST(Autoscaler, AGangThatFitsAndWaitsForABetterPlaceAsksForNoNode) {
  core::CoreOptions core;
  core.capacity.autoscaler = kClusterAutoscaler;
  AutoscaledWorld scaled(MusterWorld(1, core), {});
  SimulatedWorld& world = scaled.world();
  AddNodes(world, 4, 32);
  scaled.Start();
  SparkApplication first = StaticApplication("first", 40, 2, "1g");
  first.driver_annotations["muster.dev/placement"] = "spread";
  first.run_time = 10min;
  world.spark().Submit(first);
  world.RunFor(60s);
  const ApplicationRecord& large = world.spark().Submit(StaticApplication("large", 20, 2, "1g"));
  world.RunFor(20s);
  EXPECT_EQ(ReasonOf(DriverOf(world, large)), "False GangQueued");
  EXPECT_TRUE(scaled.StandIns().empty());
}

}  // namespace
}  // namespace muster::bench
