#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using State = ApplicationRecord::State;

SparkApplication WithPriority(const std::string& name, std::int64_t executors,
                              std::int32_t priority) {
  SparkApplication application = StaticApplication(name, executors, 1, "1g");
  application.priority = priority;
  application.run_time = minutes(2);
  return application;
}

std::vector<std::string> Preempted(SimulatedWorld& world) {
  std::vector<std::string> names;
  for (const core::RecordEvent& event : world.api().events()) {
    if (event.reason == "Preempted") names.push_back(event.pod.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

void Fill(SimulatedWorld& world, const std::string& node, int pods, std::int32_t priority) {
  for (int i = 0; i < pods; ++i) {
    ASSERT_TRUE(world.BindStranger("filler-" + node + "-" + std::to_string(i), node,
                                   Quantity::FromUnits(1), priority));
  }
}

TEST(Preemption, AGangTakesTheRoomOfPausePodsAndOfNoMoreThanItNeeds) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 4);
  Fill(world, "node-a", 4, -10);
  Fill(world, "node-b", 4, -10);
  world.StartScheduler();
  const auto& record = world.spark().Submit(WithPriority("high", 3, 0));
  ASSERT_TRUE(RunUntilDriverBound(world, record));
  EXPECT_THAT(Preempted(world), SizeIs(4));
  EXPECT_TRUE(RunUntilState(world, record, State::kRunning));
  EXPECT_EQ(Join(world.violations()), "");
  EXPECT_THAT(world.rejections(), IsEmpty());
}

TEST(Preemption, VictimsAreToldAsKubeSchedulerDoesAndTheDriverIsNominated) {
  WorldOptions options = MusterWorld(1);
  options.kubelet.termination = {seconds(20), seconds(20)};
  SimulatedWorld world(options);
  AddNodes(world, 1, 2);
  Fill(world, "node-a", 2, -10);
  world.StartScheduler();
  const auto& record = world.spark().Submit(WithPriority("high", 1, 5));
  world.RunFor(seconds(10));
  const api::Pod* victim = world.api().FindPod({"strangers", "filler-node-a-0"});
  ASSERT_NE(victim, nullptr);
  EXPECT_TRUE(victim->metadata.deletion_timestamp);
  const auto condition =
      std::find_if(victim->status.conditions.begin(), victim->status.conditions.end(),
                   [](const api::PodCondition& c) { return c.type == "DisruptionTarget"; });
  ASSERT_NE(condition, victim->status.conditions.end());
  EXPECT_EQ(condition->status, "True");
  EXPECT_EQ(condition->reason, "PreemptionByScheduler");
  EXPECT_EQ(condition->message, "muster: preempting to accommodate a higher priority pod");
  EXPECT_EQ(Notes(world, {"strangers", "filler-node-a-0"}, "Preempted").front(),
            "Preempted by pod " + record.driver_uid + " on node node-a");
  EXPECT_EQ(DriverOf(world, record).status.nominated_node_name, "node-a");
  ASSERT_TRUE(RunUntilDriverBound(world, record));
  EXPECT_THAT(Preempted(world), SizeIs(2));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Preemption, NothingIsEvictedForAGangThatWouldNotFitAnyhow) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 4);
  Fill(world, "node-a", 2, -10);
  Fill(world, "node-b", 4, 10);
  world.StartScheduler();
  const auto& record = world.spark().Submit(WithPriority("high", 6, 5));
  world.RunFor(minutes(2));
  EXPECT_THAT(Preempted(world), IsEmpty());
  EXPECT_THAT(ScheduledCondition(world, record).message,
              HasSubstr("preemption: 0/2 nodes are available: 1 Insufficient cpu, 1 No preemption "
                        "victims found for incoming pod."));
  EXPECT_EQ(DriverOf(world, record).status.nominated_node_name, "");
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Preemption, PodsOfTheSamePriorityStay) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 1, 4);
  Fill(world, "node-a", 4, 5);
  world.StartScheduler();
  const auto& record = world.spark().Submit(WithPriority("equal", 1, 5));
  world.RunFor(minutes(1));
  EXPECT_THAT(Preempted(world), IsEmpty());
  EXPECT_THAT(ScheduledCondition(world, record).message,
              HasSubstr("preemption: 0/1 nodes are available: 1 No preemption victims found for "
                        "incoming pod."));
}

TEST(Preemption, FreedRoomIsHeldForTheGangWhileItsVictimsLeave) {
  WorldOptions options = MusterWorld(1);
  options.kubelet.termination = {seconds(5), seconds(40)};
  SimulatedWorld world(options);
  AddNodes(world, 2, 4);
  Fill(world, "node-a", 4, -10);
  Fill(world, "node-b", 3, -10);
  world.StartScheduler();
  const auto& high = world.spark().Submit(WithPriority("high", 5, 5));
  world.RunFor(seconds(3));
  // It would fit into what the first victims leave.
  const auto& low = world.spark().Submit(WithPriority("low", 1, 0));
  ASSERT_TRUE(RunUntilDriverBound(world, high));
  EXPECT_FALSE(low.driver_bound_at);
  EXPECT_THAT(Preempted(world), SizeIs(5));
  EXPECT_EQ(Join(world.violations()), "");
  EXPECT_THAT(world.rejections(), IsEmpty());
}

TEST(Preemption, AnApplicationGivesItsExecutorsAndTheyDoNotComeBackBeforeTheGang) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 4);
  world.StartScheduler();
  const auto& low = world.spark().Submit(WithPriority("low", 7, 0));
  ASSERT_TRUE(RunUntilState(world, low, State::kRunning));
  const auto& high = world.spark().Submit(WithPriority("high", 2, 5));
  ASSERT_TRUE(RunUntilState(world, high, State::kRunning));
  // Three executors left; their replacements wait, and the driver lives.
  EXPECT_THAT(Preempted(world), SizeIs(3));
  EXPECT_EQ(DriverOf(world, low).status.phase, "Running");
  EXPECT_EQ(Join(world.violations()), "");
  EXPECT_THAT(world.rejections(), IsEmpty());
}

TEST(Preemption, WhenExecutorsDoNotSufficeTheWholeApplicationGoes) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 4);
  world.StartScheduler();
  const auto& low = world.spark().Submit(WithPriority("low", 7, 0));
  ASSERT_TRUE(RunUntilState(world, low, State::kRunning));
  const auto& high = world.spark().Submit(WithPriority("high", 7, 5));
  ASSERT_TRUE(RunUntilState(world, high, State::kRunning));
  EXPECT_EQ(low.state, State::kDead);
  EXPECT_EQ(Join(world.violations()), "");
  EXPECT_THAT(world.rejections(), IsEmpty());
}

TEST(Preemption, EmptyPlacesGoOnlyWithTheirDriver) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 1, 8);
  world.StartScheduler();
  SparkApplication slow = WithPriority("slow", 7, 0);
  slow.driver_startup = minutes(5);
  const auto& low = world.spark().Submit(slow);
  ASSERT_TRUE(RunUntilDriverBound(world, low));
  const auto& high = world.spark().Submit(WithPriority("high", 2, 5));
  ASSERT_TRUE(RunUntilState(world, high, State::kRunning));
  EXPECT_THAT(Preempted(world), SizeIs(1));
  EXPECT_EQ(low.state, State::kDead);
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Preemption, WithoutThePermissionToDeleteOneVictimIsTriedAndTheGangWaits) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 1, 4);
  Fill(world, "node-a", 4, -10);
  int deletes = 0;
  world.SetFaultHook([&deletes](const core::Effect& effect) {
    CallFault fault;
    if (!std::holds_alternative<core::DeletePod>(effect)) return fault;
    ++deletes;
    fault.kind = CallFault::Kind::kRefused;
    fault.refusal = {core::CallResult::kForbidden, "pods is forbidden"};
    return fault;
  });
  world.StartScheduler();
  const auto& record = world.spark().Submit(WithPriority("high", 3, 5));
  world.RunFor(seconds(9));
  EXPECT_EQ(deletes, 1);
  EXPECT_EQ(DriverOf(world, record).status.nominated_node_name, "");
  EXPECT_THAT(Notes(world, record.driver, "FailedScheduling"),
              ::testing::Contains(HasSubstr("cannot be evicted: pods is forbidden")));
  world.RunFor(minutes(10));
  EXPECT_LE(deletes, 8);  // with back-off
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Preemption, ANewProcessWaitsForTheVictimsOfTheOldOne) {
  WorldOptions options = MusterWorld(1);
  options.kubelet.termination = {seconds(20), seconds(20)};
  SimulatedWorld world(options);
  AddNodes(world, 2, 4);
  Fill(world, "node-a", 4, -10);
  Fill(world, "node-b", 4, -10);
  world.StartScheduler();
  const auto& record = world.spark().Submit(WithPriority("high", 3, 5));
  world.RunFor(seconds(5));
  EXPECT_THAT(Preempted(world), SizeIs(4));
  world.KillScheduler();
  world.RunFor(seconds(2));
  world.StartScheduler();
  ASSERT_TRUE(RunUntilDriverBound(world, record));
  EXPECT_THAT(Preempted(world), SizeIs(4));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(Preemption, PolicyNeverIsHonoured) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 1, 2);
  Fill(world, "node-a", 2, -10);
  world.StartScheduler();
  api::Pod pod;
  pod.metadata.name = "patient";
  pod.metadata.namespace_name = "default";
  pod.spec.scheduler_name = "muster";
  pod.spec.priority = 100;
  pod.spec.never_preempts = true;
  pod.spec.containers.emplace_back();
  pod.spec.containers.back().resources.requests = {{"cpu", Quantity::FromUnits(1)}};
  world.api().CreatePod(pod);
  world.RunFor(minutes(1));
  EXPECT_THAT(Preempted(world), IsEmpty());
  EXPECT_THAT(
      Notes(world, {"default", "patient"}, "FailedScheduling"),
      ::testing::Contains(HasSubstr("preemption: not eligible due to preemptionPolicy=Never.")));
}

}  // namespace
}  // namespace muster::bench
