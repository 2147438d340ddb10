#include "scheduler/spark/executor_pod.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "scheduler/api/json_codec.h"
#include "scheduler/spark/pod_template.h"
#include "test/spark/driver_fixture.h"

namespace muster::spark {
namespace {

api::Pod Build(const Properties& properties, std::string_view yaml = "{}") {
  Settings settings(properties, "spark.properties");
  const StatusOr<api::Pod> pod_template = ParsePodTemplate(yaml);
  EXPECT_TRUE(pod_template.ok()) << pod_template.status();
  const auto pod =
      BuildExecutorPod(ClusterIdentity(MakeDriver()), settings, pod_template.value_or(api::Pod()));
  EXPECT_TRUE(pod.ok()) << pod.status();
  return pod.value_or(api::Pod());
}

std::string Requests(const api::Container& container) {
  return container.name + api::EncodeResourceList(container.resources.requests).dump();
}

TEST(ExecutorPod, WithoutATemplateHasOneContainer) {
  const api::Pod pod = Build({});
  ASSERT_EQ(pod.spec.containers.size(), 1u);
  EXPECT_EQ(Requests(pod.spec.containers[0]),
            R"(spark-kubernetes-executor{"cpu":"1","memory":"1408Mi"})");
  EXPECT_EQ(pod.spec.scheduler_name, "default-scheduler");
  EXPECT_EQ(pod.metadata.namespace_name, "jobs");
  EXPECT_EQ(pod.metadata.labels, (api::StringMap{{"spark-app-name", "pi"},
                                                 {"spark-app-selector", "spark-1"},
                                                 {"spark-exec-resourceprofile-id", "0"},
                                                 {"spark-role", "executor"},
                                                 {"spark-version", "4.1.4"}}));
}

TEST(ExecutorPod, SparkTakesTheFirstContainerAndPutsItLast) {
  const api::Pod pod = Build({}, "spec: {containers: [{name: a}, {name: b}, {name: c}]}");
  ASSERT_EQ(pod.spec.containers.size(), 3u);
  EXPECT_EQ(pod.spec.containers[0].name, "b");
  EXPECT_EQ(pod.spec.containers[1].name, "c");
  EXPECT_EQ(Requests(pod.spec.containers[2]), R"(a{"cpu":"1","memory":"1408Mi"})");
}

TEST(ExecutorPod, SparkTakesTheNamedContainerIfThereIsExactlyOne) {
  const Properties named{{"spark.kubernetes.executor.podTemplateContainerName", "b"}};
  EXPECT_EQ(Build(named, "spec: {containers: [{name: a}, {name: b}]}").spec.containers[1].name,
            "b");
  EXPECT_EQ(Build(named, "spec: {containers: [{name: a}, {name: c}]}").spec.containers[1].name,
            "a");
  EXPECT_EQ(
      Build(named, "spec: {containers: [{name: a}, {name: b}, {name: b}]}").spec.containers[2].name,
      "a");
}

TEST(ExecutorPod, OnlyWhatSparkSetsIsOverwritten) {
  const api::Pod pod = Build({{"spark.executor.cores", "2"}},
                             "spec: {containers: [{name: a, resources: {"
                             "requests: {cpu: 250m, memory: 700Mi, ephemeral-storage: 5Gi},"
                             "limits: {cpu: 3, memory: 9Gi, example.com/fpga: 1}}}]}");
  const api::ResourceRequirements& resources = pod.spec.containers[0].resources;
  EXPECT_EQ(api::EncodeResourceList(resources.requests).dump(),
            R"({"cpu":"2","ephemeral-storage":"5Gi","example.com/fpga":"1","memory":"1408Mi"})");
  EXPECT_EQ(api::EncodeResourceList(resources.limits).dump(),
            R"({"cpu":"3","example.com/fpga":"1","memory":"1408Mi"})");
}

TEST(ExecutorPod, LimitsBecomeRequestsInEveryContainer) {
  const api::Pod pod = Build({{"spark.executor.resource.gpu.amount", "1"},
                              {"spark.executor.resource.gpu.vendor", "nvidia.com"}},
                             "spec: {initContainers: [{name: i, resources: {limits: {cpu: 1}}}],"
                             "containers: [{name: a}, {name: b, resources: {limits: {memory: 1Gi},"
                             "requests: {cpu: 1}}}]}");
  EXPECT_EQ(Requests(pod.spec.init_containers[0]), R"(i{"cpu":"1"})");
  EXPECT_EQ(Requests(pod.spec.containers[0]), R"(b{"cpu":"1","memory":"1Gi"})");
  EXPECT_EQ(Requests(pod.spec.containers[1]),
            R"(a{"cpu":"1","memory":"1408Mi","nvidia.com/gpu":"1"})");
}

TEST(ExecutorPod, NodeSelectorsAreMergedAndTheExecutorsOwnWins) {
  EXPECT_EQ(Build({{"spark.kubernetes.node.selector.a", "conf"},
                   {"spark.kubernetes.node.selector.b", "conf"},
                   {"spark.kubernetes.executor.node.selector.b", "executor"},
                   {"spark.kubernetes.driver.node.selector.c", "driver"}},
                  "spec: {nodeSelector: {a: template, d: template}}")
                .spec.node_selector,
            (api::StringMap{{"a", "conf"}, {"b", "executor"}, {"d", "template"}}));
}

TEST(ExecutorPod, TheSchedulersNameComesFromTheMostSpecificPlace) {
  const std::string_view yaml = "spec: {schedulerName: template}";
  const std::string common = "spark.kubernetes.scheduler.name";
  const std::string own = "spark.kubernetes.executor.scheduler.name";
  EXPECT_EQ(Build({}, yaml).spec.scheduler_name, "template");
  EXPECT_EQ(Build({{common, "common"}}, yaml).spec.scheduler_name, "common");
  EXPECT_EQ(Build({{common, "common"}, {own, "own"}}, yaml).spec.scheduler_name, "own");
  EXPECT_EQ(Build({{common, "common"}, {own, ""}}, yaml).spec.scheduler_name, "default-scheduler");
}

TEST(ExecutorPod, LabelsAndAnnotationsComeFromTemplateAndConfiguration) {
  const api::Pod pod =
      Build({{"spark.kubernetes.executor.label.team", "conf"},
             {"spark.kubernetes.executor.annotation.example.com/app", "app {{APP_ID}}"}},
            "metadata: {name: x, labels: {team: template, tier: batch, spark-role: ignored},"
            "annotations: {example.com/owner: etl}}");
  EXPECT_EQ(pod.metadata.labels.at("team"), "conf");
  EXPECT_EQ(pod.metadata.labels.at("tier"), "batch");
  EXPECT_EQ(pod.metadata.labels.at("spark-role"), "executor");
  EXPECT_EQ(pod.metadata.annotations,
            (api::StringMap{{"example.com/app", "app spark-1"}, {"example.com/owner", "etl"}}));
  EXPECT_EQ(pod.metadata.name, "");
}

TEST(ExecutorPod, TheRestOfTheTemplateIsKept) {
  const api::Pod pod = Build(
      {},
      "spec: {priorityClassName: high, runtimeClassName: gvisor, schedulingGates: [{name: g}],"
      "tolerations: [{key: k, operator: Exists}], affinity: {nodeAffinity: {"
      "requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}}}}");
  EXPECT_EQ(pod.spec.priority_class_name, "high");
  EXPECT_EQ(pod.spec.runtime_class_name, "gvisor");
  EXPECT_EQ(pod.spec.scheduling_gates, std::vector<std::string>{"g"});
  EXPECT_EQ(pod.spec.tolerations.size(), 1u);
  EXPECT_TRUE(pod.spec.node_affinity.required.has_value());
}

TEST(ExecutorPod, PodLevelRequestsAreCompletedAsTheApiServerDoes) {
  const api::Pod pod =
      Build({},
            "spec: {resources: {limits: {cpu: 4, memory: 8Gi, hugepages-2Mi: 4Mi}},"
            "containers: [{name: a, resources: {requests: {hugepages-2Mi: 2Mi}}}]}");
  ASSERT_TRUE(pod.spec.pod_resources.has_value());
  EXPECT_EQ(api::EncodeResourceList(pod.spec.pod_resources->requests).dump(),
            R"({"cpu":"1","hugepages-2Mi":"4Mi","memory":"1408Mi"})");
}

}  // namespace
}  // namespace muster::spark
