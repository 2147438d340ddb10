// Rules between pods: executors take exactly the slots that were planned by them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using State = ApplicationRecord::State;

constexpr const char* kApart = R"(
spec:
  affinity:
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector: {matchLabels: {spark-role: executor}}
        matchLabelKeys: [spark-app-selector]
)";
constexpr const char* kSpread = R"(
spec:
  topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: zone
    whenUnsatisfiable: DoNotSchedule
    labelSelector: {matchLabels: {spark-role: executor}}
)";
constexpr const char* kTogether = R"(
spec:
  affinity:
    podAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: zone
        labelSelector: {matchLabels: {spark-role: executor}}
)";

/// Six nodes in three zones.
void AddZones(SimulatedWorld& world, std::int64_t cpus) {
  AddNodes(world, 6, cpus);
  for (int i = 0; i < 6; ++i) {
    api::Node node = *world.api().FindNode("node-" + std::string(1, static_cast<char>('a' + i)));
    node.metadata.labels["zone"] = "zone-" + std::to_string(i / 2);
    world.api().ApplyNode(node);
  }
}

std::map<std::string, std::int64_t> ByZone(SimulatedWorld& world, const ApplicationRecord& record) {
  std::map<std::string, std::int64_t> zones;
  for (const auto& [node, count] : ExecutorsByNode(world, record)) {
    zones[world.api().FindNode(node)->metadata.labels.at("zone")] += count;
  }
  return zones;
}

const ApplicationRecord& SubmitWith(SimulatedWorld& world, const std::string& name,
                                    const char* executor_template, std::int64_t executors) {
  SparkApplication application = StaticApplication(name, executors, 1, "1g");
  application.executor_template = executor_template;
  return world.spark().Submit(application);
}

TEST(GangRules, ExecutorsThatAvoidEachOtherTakeTheirPlannedNodes) {
  SimulatedWorld world(MusterWorld(1));
  AddZones(world, 8);
  world.StartScheduler();
  const auto& record = SubmitWith(world, "etl", kApart, 6);
  ASSERT_TRUE(RunUntilState(world, record, State::kRunning));
  EXPECT_EQ(ExecutorsByNode(world, record).size(), 6u);
  EXPECT_EQ(ExecutorsByNode(world, record), PlannedSlots(world, record));
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(GangRules, ApplicationsAvoidOnlyTheirOwnWhereMatchLabelKeysSayIt) {
  SimulatedWorld world(MusterWorld(1));
  AddZones(world, 8);
  world.StartScheduler();
  const auto& first = SubmitWith(world, "first", kApart, 6);
  const auto& second = SubmitWith(world, "second", kApart, 6);
  ASSERT_TRUE(RunUntilState(world, first, State::kRunning));
  ASSERT_TRUE(RunUntilDriverBound(world, second));
  EXPECT_FALSE(first.ended_at.has_value());  // side by side
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(GangRules, SpreadExecutorsTakeTheirPlannedNodesEvenlyOverTheZones) {
  SimulatedWorld world(MusterWorld(1));
  AddZones(world, 8);
  world.StartScheduler();
  const auto& record = SubmitWith(world, "etl", kSpread, 8);
  ASSERT_TRUE(RunUntilState(world, record, State::kRunning));
  EXPECT_EQ(ExecutorsByNode(world, record), PlannedSlots(world, record));
  for (const auto& [zone, count] : ByZone(world, record)) {
    EXPECT_GE(count, 2) << zone;
    EXPECT_LE(count, 3) << zone;
  }
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(GangRules, ExecutorsThatMustBeTogetherTakeTheirPlannedNodesInOneZone) {
  SimulatedWorld world(MusterWorld(1));
  AddZones(world, 4);
  world.StartScheduler();
  const auto& record = SubmitWith(world, "etl", kTogether, 8);  // a zone has 8 CPU
  ASSERT_TRUE(RunUntilState(world, record, State::kRunning));
  EXPECT_EQ(ExecutorsByNode(world, record), PlannedSlots(world, record));
  EXPECT_EQ(ByZone(world, record).size(), 1u);
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(GangRules, AReplacementForALostExecutorObeysTheRulesToo) {
  SimulatedWorld world(MusterWorld(1));
  AddZones(world, 8);
  world.StartScheduler();
  const auto& record = SubmitWith(world, "etl", kSpread, 6);
  ASSERT_TRUE(RunUntilState(world, record, State::kRunning));
  const auto planned = PlannedSlots(world, record);
  world.spark().FailExecutor(record.executors.front());
  world.RunFor(std::chrono::seconds(10));
  EXPECT_EQ(ExecutorsByNode(world, record), planned);
  EXPECT_EQ(Join(world.violations()), "");
}

}  // namespace
}  // namespace muster::bench
