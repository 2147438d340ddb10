#include <gtest/gtest.h>

#include "scheduler/api/pod_requests.h"
#include "scheduler/spark/shape.h"
#include "test/spark/client_fixture.h"
#include "test/spark/driver_fixture.h"

namespace muster::spark {
namespace {

using Words = std::vector<std::string>;

constexpr char kDefaults[] =
    "spark.master k8s://https://kubernetes.default.svc\n"
    "spark.kubernetes.namespace jobs\n"
    "spark.executor.instances 4\n"
    "spark.executor.memory 2g\n";

std::map<std::string, api::ConfigMap> Defaults(const std::string& text) {
  std::map<std::string, api::ConfigMap> config_maps;
  config_maps["etl-conf"].data["spark-defaults.conf"] = text;
  return config_maps;
}

Shape Compute(const api::Pod& driver, const std::string& defaults = kDefaults) {
  const auto shape = ComputeShape(driver, Defaults(defaults));
  EXPECT_TRUE(shape.ok()) << shape.status();
  return shape.value_or(Shape());
}

/// "COUNT x MEMORY", or the first reason why that is not known.
std::string Summary(const Shape& shape) {
  if (!shape.unknown.empty()) return shape.unknown[0];
  if (shape.executor_sets.empty()) return "none";
  const ExecutorSet& set = shape.executor_sets[0];
  return std::to_string(set.count) + " x " +
         api::EffectiveRequests(set.pod.spec).at("memory").ToString();
}

std::string Summary(const Words& args, const std::string& defaults = kDefaults) {
  return Summary(Compute(MakeClientDriver(args), defaults));
}

DriverKind Kind(const Words& args) { return KindOfDriver(MakeClientDriver(args)); }

TEST(DriverKind, IsReadFromLabelsThenFromTheCommandLine) {
  EXPECT_EQ(KindOfDriver(MakeDriver()), DriverKind::kClusterMode);
  EXPECT_EQ(Kind({"app.py"}), DriverKind::kClientMode);
  EXPECT_EQ(Kind({"--deploy-mode", "client", "--master", "k8s://x", "a"}), DriverKind::kClientMode);
  EXPECT_EQ(KindOfDriver(api::Pod()), DriverKind::kNone);
}

TEST(DriverKind, APodThatSubmitsOrRunsElsewhereIsNoDriver) {
  EXPECT_EQ(Kind({"--deploy-mode", "cluster", "a"}), DriverKind::kNone);
  EXPECT_EQ(Kind({"--conf", "spark.submit.deployMode=cluster", "a"}), DriverKind::kNone);
  EXPECT_EQ(Kind({"--master", "local[4]", "a"}), DriverKind::kNone);
  EXPECT_EQ(Kind({"--master", "yarn", "a"}), DriverKind::kNone);
  EXPECT_EQ(Kind({"--remote", "sc://server", "a"}), DriverKind::kNone);
  EXPECT_EQ(Kind({"--version"}), DriverKind::kNone);
}

TEST(DriverKind, AnExecutorIsNeverADriver) {
  api::Pod pod = MakeClientDriver({"a"});
  pod.metadata.annotations["muster.dev/spark-driver"] = "true";
  pod.metadata.labels["spark-role"] = "executor";
  EXPECT_EQ(KindOfDriver(pod), DriverKind::kNone);
}

TEST(DriverKind, AnAnnotationSaysItOrDeniesIt) {
  api::Pod pod = MakeClientDriver({"a"});
  pod.metadata.annotations["muster.dev/spark-driver"] = "false";
  EXPECT_EQ(KindOfDriver(pod), DriverKind::kNone);
  pod.spec.containers[0].command = {"jupyter"};
  pod.metadata.annotations["muster.dev/spark-driver"] = "true";
  EXPECT_EQ(KindOfDriver(pod), DriverKind::kClientMode);
}

TEST(ClientMode, TheMountedDefaultsAreRead) {
  EXPECT_EQ(Summary(Words{"app.py"}), "4 x 2432Mi");
  EXPECT_EQ(*RequiredConfigMaps(MakeClientDriver({"app.py"}), {}), Words{"etl-conf"});
  EXPECT_EQ(FindPropertiesFile(MakeClientDriver({"app.py"}))->key, "spark-defaults.conf");
}

TEST(ClientMode, TheCommandLineBeatsTheDefaults) {
  EXPECT_EQ(Summary(Words{"--num-executors", "7", "--conf", "spark.executor.memory=1g", "a"}),
            "7 x 1408Mi");
}

TEST(ClientMode, EnvironmentCountsLast) {
  api::Pod driver = MakeClientDriver({"a"});
  driver.spec.containers[0].environment["SPARK_EXECUTOR_MEMORY"] = "3g";
  EXPECT_EQ(Summary(Compute(driver)), "4 x 2432Mi");
  EXPECT_EQ(Summary(Compute(driver, "spark.master k8s://x\n")), "2 x 3456Mi");
}

TEST(ClientMode, ContainerVariablesAreReplaced) {
  api::Pod driver = MakeClientDriver({"--num-executors", "$(COUNT)", "a"});
  driver.spec.containers[0].environment["COUNT"] = "6";
  EXPECT_EQ(Summary(Compute(driver)), "6 x 2432Mi");
}

TEST(ClientMode, OnlyNeededValuesHaveToBeKnown) {
  EXPECT_EQ(Summary(Words{"--conf", "spark.driver.host=$(POD_IP)", "--name", "$(X)", "a"}),
            "4 x 2432Mi");
  EXPECT_EQ(Summary(Words{"--executor-memory", "$(M)", "a"}),
            "spark.executor.memory holds $(M), which only the driver can resolve");
  EXPECT_EQ(Summary(Words{"--conf", "spark.kubernetes.node.selector.pool=$(P)", "a"}),
            "spark.kubernetes.node.selector.pool holds $(P), which only the driver can resolve");
}

TEST(ClientMode, TheOtherPropertiesFileReplacesTheDefaults) {
  auto config_maps = Defaults(kDefaults);
  config_maps["etl-conf"].data["mine"] = "spark.master k8s://x\nspark.executor.instances 9";
  const auto shape = ComputeShape(
      MakeClientDriver({"--properties-file", "/opt/spark/conf/mine", "a"}), config_maps);
  ASSERT_TRUE(shape.ok()) << shape.status();
  EXPECT_EQ(Summary(*shape), "9 x 1408Mi");
  EXPECT_EQ(Summary({"--properties-file", "/data/mine", "--master", "k8s://x", "a"}),
            "the properties file /data/mine is not in a ConfigMap that the driver mounts");
}

TEST(ClientMode, TheConfigurationDirectoryMayBeElsewhere) {
  api::Pod driver = MakeClientDriver({"a"});
  driver.spec.containers[0].volume_mounts[0].mount_path = "/etc/spark";
  EXPECT_EQ(Summary(Compute(driver)), "none");
  driver.spec.containers[0].environment["SPARK_CONF_DIR"] = "/etc/spark";
  EXPECT_EQ(Summary(Compute(driver)), "4 x 2432Mi");
  driver.spec.containers[0].environment = {{"SPARK_HOME", "/etc"}};
  driver.spec.containers[0].volume_mounts[0].mount_path = "/etc/conf";
  EXPECT_EQ(Summary(Compute(driver)), "4 x 2432Mi");
}

TEST(ClientMode, AllOfTheConfigurationMayBeOnTheCommandLine) {
  api::Pod driver = MakeClientDriver({});
  driver.spec.volumes.clear();
  driver.spec.containers[0].volume_mounts.clear();
  driver.spec.containers[0].command = {
      "bash", "-c",
      "/opt/spark/sbin/start-connect-server.sh --master k8s://x --conf spark.executor.instances=3 "
      "--conf 'spark.executor.memory=4g' && tail -f /dev/null"};
  EXPECT_EQ(RequiredConfigMaps(driver, {})->size(), 0u);
  const auto shape = ComputeShape(driver, {});
  ASSERT_TRUE(shape.ok()) << shape.status();
  EXPECT_EQ(Summary(*shape), "3 x 4505Mi");
  EXPECT_EQ(shape->executor_sets[0].pod.metadata.labels.at("spark-app-name"),
            "spark-connect-server");
}

/// The server pod of a SparkConnect object (v1alpha1): all options in one script, and in the middle
/// of them a host that the shell works out. Source: kubeflow/spark-operator v2.5,
/// internal/controller/sparkconnect.
TEST(ClientMode, TheServerOfASparkConnectObjectIsRead) {
  api::Pod driver = MakeClientDriver({});
  driver.metadata.name = "hub-server";
  driver.metadata.labels = {{"spark-role", "connect-server"}, {"spark-version", "4.0.1"}};
  api::Container& container = driver.spec.containers[0];
  container.command = {"bash", "-c"};
  container.args = {
      "${SPARK_HOME}/sbin/start-connect-server.sh --master k8s://https://10.0.0.1:443 "
      "--conf spark.kubernetes.namespace=jobs --conf spark.driver.bindAddress=0.0.0.0 "
      "--conf spark.driver.host=$(host=${POD_IP}; if [[ $host == *:* ]] && [[ $host != \\[* ]]; "
      "then echo \"[$host]\"; else echo \"$host\"; fi) --conf spark.driver.port=7078 "
      "--conf spark.kubernetes.driver.pod.name=hub-server --conf spark.executor.instances=3 "
      "--conf spark.executor.memory=4g "
      "--conf spark.kubernetes.executor.label.sparkoperator.k8s.io/connect-name=hub "
      "--conf spark.kubernetes.executor.podTemplateFile=/tmp/spark/executor-pod-template.yaml "
      "--conf spark.kubernetes.executor.podTemplateContainerName=spark-kubernetes-executor"};
  container.environment = {{"SPARK_NO_DAEMONIZE", "true"}};
  container.volume_mounts = {{"spark-configmap-volume", "/tmp/spark/executor-pod-template.yaml",
                              "executor-pod-template.yaml"}};
  driver.spec.volumes = {{"spark-configmap-volume",
                          "hub-conf",
                          {{"executor-pod-template.yaml", "executor-pod-template.yaml"}}}};
  ASSERT_EQ(KindOfDriver(driver), DriverKind::kClientMode);
  ASSERT_EQ(*RequiredConfigMaps(driver, {}), Words{"hub-conf"});
  std::map<std::string, api::ConfigMap> config_maps;
  config_maps["hub-conf"].data["executor-pod-template.yaml"] =
      "spec: {schedulerName: muster, containers: [{name: spark-kubernetes-executor}]}";
  const auto shape = ComputeShape(driver, config_maps);
  ASSERT_TRUE(shape.ok()) << shape.status();
  EXPECT_EQ(Summary(*shape), "3 x 4505Mi");
  EXPECT_EQ(shape->driver_host, "");
  EXPECT_EQ(shape->executor_sets[0].pod.spec.scheduler_name, "muster");
  EXPECT_EQ(shape->executor_sets[0].pod.metadata.labels.at("sparkoperator.k8s.io/connect-name"),
            "hub");
}

TEST(ClientMode, DefaultsInAVolumeOfAnotherKindAreUnknown) {
  api::Pod driver = MakeClientDriver({"--master", "k8s://x", "a"});
  driver.spec.volumes[0].config_map_name.reset();
  EXPECT_EQ(Summary(Compute(driver)),
            "the properties file /opt/spark/conf/spark-defaults.conf is not in a ConfigMap that "
            "the driver mounts");
}

TEST(ClientMode, AConfigMapWithoutDefaultsIsFine) {
  auto config_maps = Defaults("");
  config_maps["etl-conf"].data = {{"log4j2.properties", ""}};
  const auto shape = ComputeShape(MakeClientDriver({"--master", "k8s://x", "a"}), config_maps);
  ASSERT_TRUE(shape.ok()) << shape.status();
  EXPECT_EQ(Summary(*shape), "2 x 1408Mi");
}

TEST(ClientMode, AnotherMasterOrClusterModeInTheDefaultsMeansNoExecutors) {
  EXPECT_EQ(Summary(Words{"a"}, "spark.master local[4]"), "none");
  EXPECT_EQ(Summary(Words{"a"}, "spark.master k8s://x\nspark.submit.deployMode cluster"), "none");
  EXPECT_EQ(Summary(Words{"a"}, ""), "none");
}

TEST(ClientMode, ANotebooksMasterIsSetByItsCode) {
  api::Pod driver = MakeClientDriver({});
  driver.spec.containers[0].command = {"jupyter", "lab"};
  driver.metadata.annotations["muster.dev/spark-driver"] = "true";
  driver.spec.containers[0].environment["PYSPARK_SUBMIT_ARGS"] =
      "--conf spark.executor.instances=5 pyspark-shell";
  EXPECT_EQ(Summary(Compute(driver, "spark.executor.memory 2g")), "5 x 2432Mi");
}

TEST(ClientMode, TheTemplateIsFoundThroughTheDriversMounts) {
  auto config_maps = Defaults(std::string(kDefaults) +
                              "spark.kubernetes.executor.podTemplateFile "
                              "file:///opt/spark/conf/t.yaml");
  config_maps["etl-conf"].data["t.yaml"] = "spec: {priorityClassName: high}";
  const auto shape = ComputeShape(MakeClientDriver({"a"}), config_maps);
  ASSERT_TRUE(shape.ok()) << shape.status();
  EXPECT_EQ(shape->executor_sets[0].pod.spec.priority_class_name, "high");
}

TEST(ClientMode, LabelsThatOnlyTheDriverKnowsAreLeftOut) {
  const Shape shape = Compute(MakeClientDriver({"--name", "My ETL!", "a"}));
  EXPECT_EQ(shape.application_id, "");
  EXPECT_EQ(shape.executor_sets[0].pod.metadata.labels,
            (api::StringMap{{"spark-app-name", "my-etl"},
                            {"spark-exec-resourceprofile-id", "0"},
                            {"spark-role", "executor"}}));
  const Shape with_id = Compute(MakeClientDriver({"--conf", "spark.app.id=spark-7", "a"}));
  EXPECT_EQ(with_id.application_id, "spark-7");
  EXPECT_EQ(with_id.executor_sets[0].pod.metadata.labels.at("spark-app-selector"), "spark-7");
}

TEST(ClientMode, ExecutorsAreCreatedInTheConfiguredNamespace) {
  EXPECT_EQ(Compute(MakeClientDriver({"a"})).executor_sets[0].pod.metadata.namespace_name, "jobs");
  EXPECT_EQ(Compute(MakeClientDriver({"a"}), "spark.master k8s://x")
                .executor_sets[0]
                .pod.metadata.namespace_name,
            "default");
}

TEST(ClientMode, ErrorsSayWhetherCommandLineOrFileIsWrong) {
  const auto error = [](const Words& args, const std::string& defaults) {
    return std::string(
        MessageOf(ComputeShape(MakeClientDriver(args), Defaults(defaults)).status()));
  };
  const std::string allowed = ": a whole number from 1 to 2147483647 is allowed";
  EXPECT_EQ(error({"--num-executors", "many", "a"}, kDefaults),
            "the driver's command line: spark.executor.instances=many" + allowed);
  EXPECT_EQ(error({"a"}, "spark.master k8s://x\nspark.executor.instances many"),
            "spark-defaults.conf: spark.executor.instances=many" + allowed);
}

}  // namespace
}  // namespace muster::spark
