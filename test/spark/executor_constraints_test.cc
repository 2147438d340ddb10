#include "scheduler/spark/executor_constraints.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scheduler/api/json_codec.h"
#include "scheduler/spark/executor_pod.h"
#include "scheduler/spark/pod_template.h"
#include "test/spark/driver_fixture.h"

namespace muster::spark {
namespace {

/// The spec of the executors as JSON.
nlohmann::json Build(const Properties& properties, std::string_view yaml) {
  Settings settings(properties, "spark.properties");
  const auto pod_template = ParsePodTemplate(yaml);
  EXPECT_TRUE(pod_template.ok()) << pod_template.status();
  const auto pod =
      BuildExecutorPod(ClusterIdentity(MakeDriver()), settings, pod_template.value_or(api::Pod()));
  EXPECT_TRUE(pod.ok()) << pod.status();
  return api::EncodePod(pod.value_or(api::Pod())).at("spec");
}

TEST(ExecutorConstraints, TheTemplatesAreKept) {
  const auto spec = Build({}, R"(
spec:
  affinity:
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - {topologyKey: host, labelSelector: {matchLabels: {spark-role: executor}}}
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}
  tolerations: [{key: k, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]
  preemptionPolicy: Never
  resourceClaims: [{name: gpu, resourceClaimTemplateName: one-gpu}]
  volumes: [{name: scratch, ephemeral: {volumeClaimTemplate: {}}}]
)");
  EXPECT_EQ(spec["affinity"]["podAntiAffinity"].begin().value()[0]["topologyKey"], "host");
  EXPECT_EQ(spec["topologySpreadConstraints"][0]["maxSkew"], 1);
  EXPECT_EQ(spec["tolerations"][0]["tolerationSeconds"], 60);
  EXPECT_EQ(spec["preemptionPolicy"], "Never");
  EXPECT_EQ(spec["resourceClaims"][0]["resourceClaimTemplateName"], "one-gpu");
  EXPECT_EQ(spec["volumes"].dump(), R"([{"ephemeral":{},"name":"scratch"}])");
}

TEST(ExecutorConstraints, LabelKeysBecomeRequirements) {
  const auto spec = Build({}, R"(
spec:
  affinity:
    podAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 1
        podAffinityTerm:
          topologyKey: zone
          labelSelector: {}
          matchLabelKeys: [spark-app-selector, absent]
          mismatchLabelKeys: [spark-role]
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: zone, labelSelector: {}, matchLabelKeys: [spark-app-selector]}
)");
  EXPECT_EQ(spec["affinity"]["podAffinity"]
                .begin()
                .value()[0]["podAffinityTerm"]["labelSelector"]["matchExpressions"]
                .dump(),
            R"([{"key":"spark-app-selector","operator":"In","values":["spark-1"]},)"
            R"({"key":"spark-role","operator":"NotIn","values":["executor"]}])");
  EXPECT_EQ(spec["topologySpreadConstraints"][0]["labelSelector"]["matchExpressions"].size(), 1u);
}

TEST(ExecutorConstraints, ClaimsOfTheConfigurationBecomeVolumes) {
  const std::string prefix = "spark.kubernetes.executor.volumes.persistentVolumeClaim.";
  const auto spec = Build({{prefix + "data.options.claimName", "shared"},
                           {prefix + "data.mount.path", "/data"},
                           {prefix + "data.mount.readOnly", "true"},
                           {prefix + "spark-local-dir-1.options.claimName", "OnDemand"}},
                          "{}");
  EXPECT_EQ(spec["volumes"].dump(),
            R"([{"name":"data","persistentVolumeClaim":{"claimName":"shared","readOnly":true}},)"
            R"({"name":"spark-local-dir-1","persistentVolumeClaim":{}}])");
}

TEST(ExecutorConstraints, OnTheHostsNetworkTheBlockManagersPortIsTheNodes) {
  const std::string_view yaml =
      "spec: {hostNetwork: true, containers: [{name: a, ports: [{containerPort: 9}]}]}";
  const auto ports = [yaml](const Properties& properties) {
    return Build(properties, yaml)["containers"][0]["ports"].dump();
  };
  EXPECT_EQ(ports({}), R"([{"hostPort":9},{"hostPort":7079,"protocol":"TCP"}])");
  EXPECT_EQ(ports({{"spark.blockManager.port", "9"}}), R"([{"hostPort":9}])");
  EXPECT_EQ(ports({{"spark.blockManager.port", "0"}}), R"([{"hostPort":9}])");
  EXPECT_FALSE(Build({}, "{}")["containers"][0].contains("ports"));
}

}  // namespace
}  // namespace muster::spark
