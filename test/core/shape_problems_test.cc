// What becomes of drivers whose executors Muster cannot learn, and of those around them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using State = ApplicationRecord::State;

TEST(ShapeProblems, ADriverMayComeLongBeforeItsConfigMap) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 3, 8);
  world.StartScheduler();
  SparkApplication application = StaticApplication("etl", 4, 2, "4g");
  application.config_map_delay = seconds(8);
  const auto& record = world.spark().Submit(application);

  world.RunFor(seconds(7));
  EXPECT_FALSE(record.driver_bound_at.has_value());
  ASSERT_TRUE(RunUntilState(world, record, State::kSucceeded));
  EXPECT_LT(*record.driver_bound_at - record.submitted_at, seconds(25));
  EXPECT_EQ(Join(world.violations()), "");
}

TEST(ShapeProblems, ADriverWhoseConfigMapNeverComesIsToldSoAndDisturbsNobody) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 3, 8);
  world.StartScheduler();
  SparkApplication orphan = StaticApplication("orphan", 4, 2, "4g");
  orphan.config_map_delay = std::nullopt;
  const auto& record = world.spark().Submit(orphan);
  world.RunFor(seconds(50));
  EXPECT_THAT(Notes(world, record.driver, "FailedScheduling"), ::testing::IsEmpty());
  world.RunFor(seconds(20));  // shape_timeout is 60 s

  EXPECT_FALSE(record.driver_bound_at.has_value());
  EXPECT_EQ(ScheduledCondition(world, record).reason, "GangGathering");
  EXPECT_FALSE(Notes(world, record.driver, "FailedScheduling").empty());
  const auto& other = world.spark().Submit(StaticApplication("other", 8, 2, "4g"));
  ASSERT_TRUE(RunUntilState(world, other, State::kSucceeded));
  EXPECT_FALSE(record.driver_bound_at.has_value());
  EXPECT_EQ(Join(world.violations()), "");
}

struct BadProperty {
  const char* name;
  const char* key;
  const char* value;
};

class RefusedProperties : public ::testing::TestWithParam<BadProperty> {};

TEST_P(RefusedProperties, AreNamedInAConditionAndAnEventAndDisturbNobody) {
  const BadProperty& bad = GetParam();
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 3, 8);
  world.StartScheduler();
  SparkApplication application = StaticApplication("bad", 4, 2, "4g");
  application.properties[bad.key] = bad.value;
  const auto& record = world.spark().Submit(application);
  world.RunFor(seconds(30));

  EXPECT_FALSE(record.driver_bound_at.has_value());
  EXPECT_EQ(ScheduledCondition(world, record).reason, "GangRefused");
  EXPECT_THAT(Notes(world, record.driver, "FailedScheduling"),
              Contains(AllOf(HasSubstr(bad.key), HasSubstr(bad.value))));
  const auto& other = world.spark().Submit(StaticApplication("other", 8, 2, "4g"));
  ASSERT_TRUE(RunUntilState(world, other, State::kSucceeded));
  EXPECT_FALSE(record.driver_bound_at.has_value());
  EXPECT_EQ(Join(world.violations()), "");
}

INSTANTIATE_TEST_SUITE_P(ShapeProblems, RefusedProperties,
                         ::testing::Values(BadProperty{"negative", "spark.executor.instances",
                                                       "-1"},
                                           BadProperty{"word", "spark.executor.instances", "abc"},
                                           BadProperty{"fraction", "spark.executor.memory", "1.5g"},
                                           BadProperty{"cores", "spark.executor.cores", "0"}),
                         [](const auto& info) { return info.param.name; });

TEST(ShapeProblems, AGangOverTheLimitIsRefusedWithItsSize) {
  SimulatedWorld world(MusterWorld(1));
  AddNodes(world, 3, 8);
  world.StartScheduler();
  SparkApplication application = StaticApplication("huge", 4, 2, "4g");
  application.properties["spark.executor.instances"] = "10000000";
  const auto& record = world.spark().Submit(application);
  world.RunFor(seconds(30));

  EXPECT_FALSE(record.driver_bound_at.has_value());
  EXPECT_EQ(ScheduledCondition(world, record).reason, "GangRefused");
  EXPECT_THAT(Notes(world, record.driver, "FailedScheduling"), Contains(HasSubstr("10000000")));
  EXPECT_EQ(Join(world.violations()), "");
}

}  // namespace
}  // namespace muster::bench
