// What the Spark Operator's webhook adds to executors: known, assumed, corrected.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using State = ApplicationRecord::State;

/// Three executors of 2 CPU, and of 3 with the sidecar that the webhook adds.
SparkApplication WithSidecar(const std::string& name) {
  SparkApplication application = StaticApplication(name, 3, 2, "4g");
  application.operator_spec = R"({"executor":{"sidecars":[{"name":"log","image":"log:1",)"
                              R"("resources":{"requests":{"cpu":"1"}}}]}})";
  return application;
}

CallFault Refusal(const core::Effect& effect, core::CallResult result, const std::string& words) {
  if (!std::holds_alternative<core::FetchCustomResource>(effect)) return {};
  CallFault fault;
  fault.kind = CallFault::Kind::kRefused;
  fault.refusal = {result, words};
  return fault;
}

TEST(SparkOperator, ADriverWaitsForTheRoomOfTheSidecarsThatTheWebhookWillAdd) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 1, 8);  // 1 + 3 x 2 CPU would fit, 1 + 3 x 3 do not
  world.StartScheduler();
  const auto& record = world.spark().Submit(WithSidecar("etl"));
  world.RunFor(minutes(1));
  EXPECT_FALSE(record.driver_bound_at.has_value());
  EXPECT_EQ(ScheduledCondition(world, record).reason, "Unschedulable");

  world.AddNode("node-z", 8, 64);
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_THAT(Notes(world, record.driver, "GangMismatch"), IsEmpty());
  EXPECT_THAT(Notes(world, record.driver, "GangAssumed"), IsEmpty());
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(SparkOperator, WithoutTheRightTheDriversTolerationsAreAssumedAndSaidOnce) {
  SimulatedWorld world(MusterWorld(1));
  world.SetFaultHook([](const core::Effect& effect) {
    return Refusal(effect, core::CallResult::kForbidden, "cannot get sparkapplications");
  });
  api::Node node;
  node.metadata.name = "tainted";
  node.taints = {{"dedicated", "spark", "NoSchedule"}};
  node.allocatable = {{"cpu", Quantity::FromUnits(8)},
                      {"memory", Quantity::FromUnits(std::int64_t{64} << 30)},
                      {"pods", Quantity::FromUnits(110)}};
  world.api().ApplyNode(node);
  world.StartScheduler();
  SparkApplication application = StaticApplication("etl", 3, 2, "4g");
  application.driver_tolerations = {{"dedicated", "Equal", "spark", "NoSchedule"}};
  application.operator_spec =
      R"({"executor":{"tolerations":[{"key":"dedicated","operator":"Equal","value":"spark",)"
      R"("effect":"NoSchedule"}]}})";
  const auto& record = world.spark().Submit(application);
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_THAT(Notes(world, record.driver, "GangAssumed"),
              ElementsAre(HasSubstr("cannot get sparkapplications")));
  EXPECT_THAT(Notes(world, record.driver, "GangMismatch"), IsEmpty());
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(SparkOperator, AnAssumptionThatWasWrongIsCorrectedByTheFirstExecutor) {
  SimulatedWorld world(MusterWorld(1));
  world.SetFaultHook([](const core::Effect& effect) {
    return Refusal(effect, core::CallResult::kNotFound, "no such resource");
  });
  AddNodes(world, 4, 4);
  world.StartScheduler();
  const auto& record = world.spark().Submit(WithSidecar("etl"));
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_THAT(Notes(world, record.driver, "GangMismatch"), ElementsAre(HasSubstr("it asks cpu 3")));
  EXPECT_EQ(Join(world.overcommits()), "");
}

TEST(SparkOperator, AServerThatCannotAnswerIsAskedAgainAndThenNotWaitedFor) {
  SimulatedWorld world(MusterWorld(1));
  int asked = 0;
  world.SetFaultHook([&asked](const core::Effect& effect) {
    CallFault fault = Refusal(effect, core::CallResult::kUnavailable, "etcd has no leader");
    if (fault.kind != CallFault::Kind::kNone) ++asked;
    return fault;
  });
  AddNodes(world, 4, 4);
  world.StartScheduler();
  const auto& record = world.spark().Submit(WithSidecar("etl"));
  world.RunFor(seconds(50));
  EXPECT_FALSE(record.driver_bound_at.has_value());
  EXPECT_GE(asked, 5);
  EXPECT_LE(asked, 15);
  world.RunFor(seconds(30));  // shapeTimeout is 60 s
  EXPECT_TRUE(record.driver_bound_at.has_value());
  EXPECT_THAT(Notes(world, record.driver, "GangAssumed"),
              ElementsAre(HasSubstr("etcd has no leader")));
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
}

TEST(SparkOperator, AnObjectThatMakesNoSenseDisturbsNobody) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 2, 8);
  world.StartScheduler();
  SparkApplication bad = StaticApplication("bad", 3, 2, "4g");
  bad.operator_spec = R"({"executor":{"memoryLimit":"much"}})";
  const auto& record = world.spark().Submit(bad);
  ASSERT_TRUE(RunUntilDriverBound(world, record));
  EXPECT_THAT(Notes(world, record.driver, "GangAssumed"),
              ElementsAre(HasSubstr("spec.executor.memoryLimit: 'much'")));
  const auto& other = world.spark().Submit(StaticApplication("other", 3, 2, "4g"));
  ASSERT_TRUE(RunUntilState(world, other, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(SparkOperator, AProcessThatStartsAgainReadsTheObjectAgain) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 1, 8);
  world.StartScheduler();
  const auto& record = world.spark().Submit(WithSidecar("etl"));
  world.RunFor(std::chrono::milliseconds(230));
  world.KillScheduler();
  world.StartScheduler();
  world.RunFor(minutes(1));
  EXPECT_FALSE(record.driver_bound_at.has_value());
  world.AddNode("node-z", 8, 64);
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_EQ(Join(world.violations()), "");
}

}  // namespace
}  // namespace muster::bench
