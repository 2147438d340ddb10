#include "scheduler/spark/spark_application.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scheduler/api/json_codec.h"
#include "test/spark/driver_fixture.h"

namespace muster::spark {
namespace {

using nlohmann::json;

/// The object as the operator's users write it and the API server returns it.
constexpr char kApplication[] = R"({
  "apiVersion": "sparkoperator.k8s.io/v1beta2", "kind": "SparkApplication",
  "metadata": {"name": "pi", "namespace": "jobs", "uid": "u7", "generation": 1},
  "spec": {
    "type": "Scala", "mode": "cluster", "sparkVersion": "4.0.0", "image": "spark:4.0.0",
    "mainClass": "org.apache.spark.examples.SparkPi", "mainApplicationFile": "local:///x.jar",
    "restartPolicy": {"type": "Never"}, "batchScheduler": "muster",
    "sparkConf": {"spark.blockManager.port": "7100"},
    "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "shared"}},
                {"name": "driver-only", "hostPath": {"path": "/x"}},
                {"name": "spark-local-dir-1", "hostPath": {"path": "/y"}}],
    "driver": {"cores": 1, "memory": "512m", "tolerations": [{"key": "driver-only"}]},
    "executor": {
      "cores": 1, "instances": 2, "memory": "512m", "memoryLimit": "2g", "hostNetwork": true,
      "schedulerName": "other", "priorityClassName": "high", "runtimeClassName": "gvisor",
      "gpu": {"name": "nvidia.com/gpu", "quantity": 2},
      "nodeSelector": {"pool": "workers"},
      "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "spark",
                       "effect": "NoSchedule"}],
      "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
        {"weight": 1, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname",
          "labelSelector": {}, "matchLabelKeys": ["spark-app-selector"]}}]}},
      "volumeMounts": [{"name": "data", "mountPath": "/d"},
                       {"name": "spark-local-dir-1", "mountPath": "/l"}],
      "sidecars": [{"name": "log", "image": "log:1",
                    "resources": {"limits": {"cpu": "100m", "memory": "64Mi"}}}],
      "initContainers": [{"name": "fetch", "image": "fetch:1"}]}}})";

Shape MakeShape(const std::string& pod_template = "spec: {nodeSelector: {pool: x, disk: ssd}}") {
  const auto shape = ComputeShape(MakeDriver(), MakeConfigMaps(kTemplateProperty, pod_template));
  EXPECT_TRUE(shape.ok()) << shape.status();
  return shape.value_or(Shape());
}

json Apply(const Shape& shape, const json& application) {
  const auto applied = ApplySparkApplication(shape, application);
  EXPECT_TRUE(applied.ok()) << applied.status();
  if (!applied.ok()) return {};
  EXPECT_TRUE(applied->unknown.empty());
  return api::EncodePod(applied->executor_sets.at(0).pod).at("spec");
}

TEST(SparkApplication, IsFoundByTheDriversLabel) {
  api::Pod driver = MakeDriver();
  EXPECT_FALSE(FindSparkApplication(driver).has_value());
  driver.metadata.labels["sparkoperator.k8s.io/app-name"] = "pi";
  EXPECT_EQ(FindSparkApplication(driver)->ToString(), "jobs/pi");
}

TEST(SparkApplication, AddsWhatTheWebhookAdds) {
  const json spec = Apply(MakeShape(), json::parse(kApplication));
  EXPECT_EQ(spec["schedulerName"], "muster");
  EXPECT_EQ(spec["priorityClassName"], "high");
  EXPECT_EQ(spec["runtimeClassName"], "gvisor");
  EXPECT_EQ(spec["nodeSelector"].dump(), R"({"disk":"ssd","pool":"workers"})");
  EXPECT_EQ(spec["tolerations"].size(), 1u);
  EXPECT_EQ(spec["tolerations"][0]["key"], "dedicated");
  EXPECT_EQ(spec["hostNetwork"], true);
  EXPECT_EQ(spec["volumes"].dump(),
            R"([{"name":"data","persistentVolumeClaim":{"claimName":"shared"}}])");
  EXPECT_EQ(spec["initContainers"][0]["name"], "fetch");
  ASSERT_EQ(spec["containers"].size(), 2u);
  const json& spark = spec["containers"][0];
  EXPECT_EQ(spark["resources"]["limits"].dump(), R"({"memory":"2Gi","nvidia.com/gpu":"2"})");
  EXPECT_EQ(spark["resources"]["requests"].dump(),
            R"({"cpu":"1","memory":"1408Mi","nvidia.com/gpu":"2"})");
  EXPECT_EQ(spark["ports"][0]["hostPort"], 7100);
  EXPECT_EQ(spec["containers"][1]["resources"]["requests"].dump(),
            R"({"cpu":"100m","memory":"64Mi"})");
}

TEST(SparkApplication, AffinityReplacesTheTemplatesAndKnowsTheExecutorsLabels) {
  const json spec = Apply(MakeShape("spec: {affinity: {nodeAffinity: {"
                                    "requiredDuringSchedulingIgnoredDuringExecution: {"
                                    "nodeSelectorTerms: []}}}}"),
                          json::parse(kApplication));
  EXPECT_FALSE(spec["affinity"].contains("nodeAffinity"));
  EXPECT_EQ(spec["affinity"]["podAntiAffinity"]
                .begin()
                .value()[0]["podAffinityTerm"]["labelSelector"]["matchExpressions"][0]["values"]
                .dump(),
            R"(["spark-1"])");
}

TEST(SparkApplication, TheExecutorsOwnSchedulerCountsWithoutABatchScheduler) {
  json application = json::parse(kApplication);
  application["spec"].erase("batchScheduler");
  EXPECT_EQ(Apply(MakeShape(), application)["schedulerName"], "other");
}

TEST(SparkApplication, WithoutFieldsOfTheExecutorNothingChanges) {
  const Shape shape = MakeShape();
  json application = json::parse(kApplication);
  application["spec"].erase("batchScheduler");
  application["spec"]["executor"] = {{"instances", 2}};
  EXPECT_EQ(Apply(shape, application), api::EncodePod(shape.executor_sets[0].pod).at("spec"));
}

TEST(SparkApplication, MemoryLimitsAreThoseOfJava) {
  json application = json::parse(kApplication);
  const auto limit = [&application](const char* text) {
    application["spec"]["executor"]["memoryLimit"] = text;
    return Apply(MakeShape(), application)["containers"][0]["resources"]["limits"]["memory"];
  };
  EXPECT_EQ(limit("2048m"), "2Gi");
  EXPECT_EQ(limit("2 GB"), "2Gi");
  EXPECT_EQ(limit("2Gi"), "2Gi");
  EXPECT_EQ(limit("4096Mi"), "4Gi");
}

TEST(SparkApplication, AContainerThatTheWebhookDoesNotFindIsUnknown) {
  const auto applied = ApplySparkApplication(MakeShape("spec: {containers: [{name: mine}]}"),
                                             json::parse(kApplication));
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_EQ(applied->unknown.size(), 1u);
}

TEST(SparkApplication, FieldsBesideATemplateCountOnlyWhenTheExecutorsAreMarked) {
  json application = json::parse(kApplication);
  application["spec"]["executor"]["template"] = {{"spec", {{"containers", json::array()}}}};
  Shape shape = MakeShape();
  const auto unmarked = ApplySparkApplication(shape, application);
  ASSERT_TRUE(unmarked.ok()) << unmarked.status();
  EXPECT_EQ(unmarked->unknown.size(), 1u);
  EXPECT_EQ(api::EncodePod(unmarked->executor_sets[0].pod),
            api::EncodePod(shape.executor_sets[0].pod));
  shape.executor_sets[0].pod.metadata.labels["sparkoperator.k8s.io/mutated-by-spark-operator"] =
      "true";
  EXPECT_EQ(Apply(shape, application)["priorityClassName"], "high");
}

TEST(SparkApplication, WhatIsWrongIsNamed) {
  const auto error = [](const json& application) {
    return std::string(MessageOf(ApplySparkApplication(MakeShape(), application).status()));
  };
  EXPECT_EQ(error(json::array()),
            "a SparkApplication of sparkoperator.k8s.io/v1beta2 is allowed here");
  json application = json::parse(kApplication);
  application["spec"]["executor"]["memoryLimit"] = "lots";
  EXPECT_EQ(error(application),
            "SparkApplication: spec.executor.memoryLimit: 'lots' given, a size such as 4g is "
            "allowed");
  application["spec"]["executor"]["tolerations"] = 1;
  EXPECT_EQ(error(application),
            "SparkApplication, as a pod of its executor: spec.tolerations: a list is allowed here, "
            "not a JSON number");
  application["spec"]["executor"] = "text";
  application["spec"]["batchScheduler"] = nullptr;
  EXPECT_TRUE(ApplySparkApplication(MakeShape(), application).ok());
}

TEST(SparkApplication, ItsTextCountsOnlyForTheDriversThatItOwns) {
  api::Pod driver = MakeDriver();
  driver.metadata.owner_references = {
      {"sparkoperator.k8s.io/v1beta2", "SparkApplication", "pi", "u7", /*controller=*/true}};
  const auto applied = ApplySparkApplicationText(MakeShape(), driver, kApplication);
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_EQ(applied->executor_sets[0].pod.spec.priority_class_name, "high");

  driver.metadata.owner_references[0].uid = "u6";
  const Status another = ApplySparkApplicationText(MakeShape(), driver, kApplication).status();
  EXPECT_EQ(MessageOf(another),
            "the driver is of an earlier SparkApplication of this name (UID u6)");
}

TEST(SparkApplication, TextThatIsNoObjectIsRefused) {
  const api::Pod driver = MakeDriver();
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("\xff\xfe"),
        std::string(100'000, '['), std::string((2 << 20) + 1, ' ')}) {
    const auto applied = ApplySparkApplicationText(MakeShape(), driver, text);
    EXPECT_TRUE(absl::IsInvalidArgument(applied.status())) << text.substr(0, 20);
  }
}

TEST(SparkApplication, WithoutItExecutorsGetSchedulerAndTolerationsOfTheirDriverAndNothingElse) {
  api::Pod driver = MakeDriver();
  driver.spec.scheduler_name = "muster";
  driver.spec.tolerations = {{"dedicated", "Equal", "spark", "NoSchedule"}};
  driver.spec.node_selector = {{"pool", "drivers"}};
  Shape shape = MakeShape();
  const json before = api::EncodePod(shape.executor_sets[0].pod)["spec"];
  AssumeFromDriver(driver, shape);
  AssumeFromDriver(driver, shape);
  EXPECT_EQ(shape.executor_sets[0].pod.spec.tolerations, driver.spec.tolerations);
  json after = api::EncodePod(shape.executor_sets[0].pod)["spec"];
  EXPECT_EQ(after["schedulerName"], "muster");
  after["schedulerName"] = before["schedulerName"];
  after.erase("tolerations");
  EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace muster::spark
