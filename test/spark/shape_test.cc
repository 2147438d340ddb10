#include "scheduler/spark/shape.h"

#include <gtest/gtest.h>

#include <string>

#include "scheduler/api/pod_requests.h"
#include "test/spark/driver_fixture.h"

namespace muster::spark {
namespace {

std::string ErrorOf(const std::string& properties, const std::string& pod_template = "") {
  const auto shape = ComputeShape(MakeDriver(), MakeConfigMaps(properties, pod_template));
  return shape.ok() ? "no error" : std::string(MessageOf(shape.status()));
}

TEST(Shape, HoldsTheExecutorsOfTheDefaultProfile) {
  const auto shape = ComputeShape(
      MakeDriver(), MakeConfigMaps("spark.executor.instances=3\nspark.executor.memory=4g\n"));
  ASSERT_TRUE(shape.ok()) << shape.status();
  EXPECT_EQ(shape->application_id, "spark-1");
  EXPECT_TRUE(shape->unknown.empty());
  ASSERT_EQ(shape->executor_sets.size(), 1u);
  const ExecutorSet& set = shape->executor_sets[0];
  EXPECT_EQ(set.profile, 0);
  EXPECT_EQ(set.count, 3);
  EXPECT_EQ(set.count_min, 3);
  EXPECT_EQ(set.count_max, 3);
  EXPECT_FALSE(set.dynamic_allocation);
  EXPECT_EQ(api::EffectiveRequests(set.pod.spec).at("memory").ToString(), "4505Mi");
}

TEST(Shape, SaysWhetherAllocationIsDynamic) {
  const auto shape =
      ComputeShape(MakeDriver(), MakeConfigMaps("spark.dynamicAllocation.enabled=true\n"
                                                "spark.dynamicAllocation.minExecutors=2\n"
                                                "spark.dynamicAllocation.initialExecutors=4\n"
                                                "spark.dynamicAllocation.maxExecutors=9\n"));
  ASSERT_TRUE(shape.ok()) << shape.status();
  const ExecutorSet& set = shape->executor_sets[0];
  EXPECT_TRUE(set.dynamic_allocation);
  EXPECT_EQ(set.count, 4);
  EXPECT_EQ(set.count_min, 2);
  EXPECT_EQ(set.count_max, 9);
}

TEST(Shape, AHugeCountIsNotJudgedHere) {
  const auto shape =
      ComputeShape(MakeDriver(), MakeConfigMaps("spark.executor.instances=10000000"));
  ASSERT_TRUE(shape.ok());
  EXPECT_EQ(shape->executor_sets[0].count, 10'000'000);
}

TEST(Shape, UsesTheTemplateThatThePropertiesName) {
  const auto shape = ComputeShape(
      MakeDriver(), MakeConfigMaps(kTemplateProperty, "spec: {priorityClassName: high}"));
  ASSERT_TRUE(shape.ok()) << shape.status();
  EXPECT_EQ(shape->executor_sets[0].pod.spec.priority_class_name, "high");
}

TEST(Shape, SaysWhetherShuffleFilesAreKeptAwayFromTheExecutors) {
  const auto remote = [](const std::string& properties) {
    const auto shape = ComputeShape(MakeDriver(), MakeConfigMaps(properties));
    EXPECT_TRUE(shape.ok()) << shape.status();
    return shape.ok() && shape->shuffles_remotely;
  };
  EXPECT_FALSE(remote("spark.executor.instances=2"));
  EXPECT_FALSE(remote("spark.shuffle.manager=sort"));
  EXPECT_FALSE(remote("spark.shuffle.manager=org.apache.spark.shuffle.sort.SortShuffleManager"));
  EXPECT_TRUE(
      remote("spark.shuffle.manager=org.apache.spark.shuffle.celeborn.SparkShuffleManager"));
  EXPECT_TRUE(remote("spark.shuffle.manager=org.apache.spark.shuffle.RssShuffleManager"));
  EXPECT_TRUE(remote(
      "spark.shuffle.sort.io.plugin.class=com.amazonaws.spark.shuffle.io.cloud.ChopperPlugin"));
}

TEST(Shape, SaysWhetherAnybodyNamedAScheduler) {
  const auto nobody = [](const std::string& properties, const std::string& pod_template = "{}") {
    const auto shape =
        ComputeShape(MakeDriver(), MakeConfigMaps(kTemplateProperty + properties, pod_template));
    EXPECT_TRUE(shape.ok()) << shape.status();
    return shape.ok() && shape->names_no_scheduler;
  };
  EXPECT_TRUE(nobody(""));
  EXPECT_FALSE(nobody("spark.kubernetes.scheduler.name=muster"));
  EXPECT_FALSE(nobody("spark.kubernetes.driver.scheduler.name=muster"));
  EXPECT_FALSE(nobody("spark.kubernetes.executor.scheduler.name=other"));
  EXPECT_FALSE(nobody("spark.kubernetes.driver.podTemplateFile=/home/me/driver.yaml"));
  EXPECT_FALSE(nobody("", "spec: {schedulerName: other}"));
}

TEST(Shape, ErrorsNameTheFile) {
  EXPECT_EQ(
      ErrorOf("spark.executor.instances=abc"),
      "spark.properties: spark.executor.instances=abc: a whole number from 1 to 2147483647 is "
      "allowed");
  EXPECT_EQ(ErrorOf("spark.executor.memory=1.5g"),
            "spark.properties: spark.executor.memory=1.5g: a whole number with one of the suffixes "
            "b, k, m, g, t, p (such as 512m or 4g) is allowed, up to 8191p");
  EXPECT_EQ(ErrorOf("a=\\u12"),
            "spark.properties: line 1: '\\u12' given, \\u and four hexadecimal digits are allowed");
  EXPECT_EQ(ErrorOf(kTemplateProperty, "spec: []"),
            "executor pod template /opt/spark/pod-template/pod-spec-template.yml: spec: an object "
            "is allowed here, not a JSON array");
}

TEST(Shape, AMissingConfigMapIsUnavailable) {
  auto config_maps = MakeConfigMaps(kTemplateProperty);
  config_maps.erase("pi-podspec");
  const Status without_template = ComputeShape(MakeDriver(), config_maps).status();
  EXPECT_EQ(without_template.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(MessageOf(without_template), "ConfigMap pi-podspec is needed and was not given");
  EXPECT_EQ(ComputeShape(MakeDriver(), {}).status().code(), absl::StatusCode::kUnavailable);
}

TEST(Shape, AConfigMapWithoutTheKeyIsRefused) {
  auto config_maps = MakeConfigMaps("a=b");
  config_maps["pi-conf"].data.clear();
  const Status status = ComputeShape(MakeDriver(), config_maps).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(MessageOf(status), "ConfigMap pi-conf has no key spark.properties");
}

TEST(Shape, VariablesInNeededKeysMakeItUnknown) {
  const auto shape =
      ComputeShape(MakeDriver(), MakeConfigMaps("spark.executor.memory=${env:SIZE}\n"
                                                "spark.executor.instances=${spark.my.count}\n"
                                                "spark.app.name=${user}\n"));
  ASSERT_TRUE(shape.ok()) << shape.status();
  EXPECT_EQ(shape->unknown,
            (std::vector<std::string>{
                "spark.executor.instances holds ${spark.my.count}, and spark.my.count is not set "
                "here",
                "spark.executor.memory holds ${env:SIZE}, which only the driver can resolve"}));
}

TEST(Shape, ATemplateThatNoConfigMapHoldsMakesItUnknown) {
  const auto shape = ComputeShape(
      MakeDriver(), MakeConfigMaps("spark.kubernetes.executor.podTemplateFile=/opt/app/mine.yaml"));
  ASSERT_TRUE(shape.ok()) << shape.status();
  ASSERT_EQ(shape->unknown.size(), 1u);
  EXPECT_EQ(shape->unknown[0],
            "spark.kubernetes.executor.podTemplateFile=/opt/app/mine.yaml is not in a ConfigMap "
            "that the driver mounts");
}

TEST(Shape, CodeOfTheUsersOwnMakesItUnknown) {
  const auto shape = ComputeShape(
      MakeDriver(), MakeConfigMaps("spark.kubernetes.executor.pod.featureSteps=com.example.Step"));
  ASSERT_TRUE(shape.ok());
  EXPECT_EQ(shape->unknown.size(), 1u);
}

}  // namespace
}  // namespace muster::spark
