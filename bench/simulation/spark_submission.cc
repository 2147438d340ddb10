#include "bench/simulation/spark_submission.h"

#include <cstdio>
#include <utility>

namespace muster::bench {
namespace {

std::string Hex(std::uint64_t value, int digits) {
  char text[20];
  std::snprintf(text, sizeof(text), "%0*llx", digits, static_cast<unsigned long long>(value));
  return text;
}

void AppendEscaped(std::string& text, const std::string& raw, bool all_spaces) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    switch (c) {
      case '\t':
        text += "\\t";
        break;
      case '\n':
        text += "\\n";
        break;
      case '\r':
        text += "\\r";
        break;
      case '\f':
        text += "\\f";
        break;
      case ' ':
        text += all_spaces || i == 0 ? "\\ " : " ";
        break;
      case ':':
      case '=':
      case '#':
      case '!':
      case '\\':
        text += '\\';
        text += c;
        break;
      default:
        text += c;
    }
  }
}

struct Names {
  std::string application_id;
  std::string prefix;
  std::string driver;
  std::string config_map;
  std::string template_map;
};

Names NamesFor(const SparkApplication& application, std::uint64_t identity) {
  // Spark draws these at random; here they only have to be distinct and repeatable.
  const std::string unique = Hex(identity * 0x9e3779b97f4a7c15U, 16);
  Names names;
  names.application_id = "spark-" + Hex(identity, 16) + unique;
  names.prefix = application.name + "-" + unique;
  names.driver = names.prefix + "-driver";
  names.config_map = "spark-drv-" + unique + "-conf-map";
  names.template_map = names.prefix + "-driver-podspec-conf-map";
  return names;
}

constexpr char kConfFolder[] = "/opt/spark/conf";
constexpr char kTemplateFolder[] = "/opt/spark/pod-template";
constexpr char kTemplateFile[] = "pod-spec-template.yml";
constexpr char kTemplateKey[] = "podspec-configmap-key";

api::Pod DriverPod(const SparkApplication& application, const Names& names) {
  api::Pod pod;
  pod.metadata.name = names.driver;
  pod.metadata.namespace_name = application.namespace_name;
  pod.metadata.labels = {{"spark-app-name", application.name},
                         {"spark-app-selector", names.application_id},
                         {"spark-role", "driver"},
                         {"spark-version", "3.5.9"}};
  pod.metadata.annotations = application.driver_annotations;
  if (!application.operator_spec.empty()) {
    pod.metadata.labels["sparkoperator.k8s.io/app-name"] = application.name;
  }
  pod.spec.tolerations = application.driver_tolerations;
  pod.spec.scheduler_name = application.scheduler_name;
  pod.spec.priority = application.priority;

  api::Container container;
  container.name = "spark-kubernetes-driver";
  container.args = {"driver",
                    "--properties-file",
                    std::string(kConfFolder) + "/spark.properties",
                    "--class",
                    "org.apache.spark.examples.SparkPi",
                    "local:///opt/spark/examples/jars/spark-examples.jar"};
  container.environment = {{"SPARK_APPLICATION_ID", names.application_id},
                           {"SPARK_CONF_DIR", kConfFolder}};
  container.resources.requests = application.driver_requests;
  const auto memory = application.driver_requests.find("memory");
  if (memory != application.driver_requests.end()) {
    container.resources.limits["memory"] = memory->second;
  }
  container.volume_mounts = {{"spark-conf-volume-driver", kConfFolder, ""}};
  pod.spec.volumes = {
      {"spark-conf-volume-driver", names.config_map, {{"spark.properties", "spark.properties"}}}};
  if (!application.executor_template.empty()) {
    container.volume_mounts.push_back({"pod-template-volume", kTemplateFolder, ""});
    pod.spec.volumes.push_back(
        {"pod-template-volume", names.template_map, {{kTemplateKey, kTemplateFile}}});
  }
  pod.spec.containers = {std::move(container)};
  return pod;
}

/// What the user set and what the submission steps add.
std::map<std::string, std::string> AllProperties(const SparkApplication& application,
                                                 const Names& names) {
  std::map<std::string, std::string> all = {
      {"spark.app.id", names.application_id},
      {"spark.app.name", application.name},
      {"spark.driver.blockManager.port", "7079"},
      {"spark.driver.host", names.prefix + "-driver-svc." + application.namespace_name + ".svc"},
      {"spark.driver.port", "7078"},
      {"spark.jars", "local:///opt/spark/examples/jars/spark-examples.jar"},
      {"spark.kubernetes.container.image", "spark:3.5.9"},
      {"spark.kubernetes.driver.pod.name", names.driver},
      {"spark.kubernetes.memoryOverheadFactor", "0.1"},
      {"spark.kubernetes.namespace", application.namespace_name},
      {"spark.kubernetes.resource.type", "java"},
      {"spark.kubernetes.scheduler.name", application.scheduler_name},
      {"spark.kubernetes.submitInDriver", "true"},
      {"spark.master", "k8s://https://kubernetes.default.svc:443"},
      {"spark.submit.deployMode", "cluster"},
      {"spark.submit.pyFiles", ""},
  };
  if (!application.executor_template.empty()) {
    all["spark.kubernetes.executor.podTemplateFile"] =
        std::string(kTemplateFolder) + "/" + kTemplateFile;
  }
  if (!application.names_scheduler) all.erase("spark.kubernetes.scheduler.name");
  for (const auto& [key, value] : application.properties) all[key] = value;
  return all;
}

}  // namespace

SparkApplication StaticApplication(const std::string& name, std::int64_t executors,
                                   std::int64_t cores, const std::string& memory) {
  SparkApplication application;
  application.name = name;
  application.properties = {{"spark.executor.instances", std::to_string(executors)},
                            {"spark.executor.cores", std::to_string(cores)},
                            {"spark.executor.memory", memory}};
  application.driver_requests = {
      {"cpu", Quantity::FromUnits(1)},
      {"memory", Quantity::FromUnits(Mebibytes(1408).value, Quantity::Form::kBinary)}};
  return application;
}

Submission Submit(const SparkApplication& application, std::uint64_t identity) {
  const Names names = NamesFor(application, identity);
  Submission submission;
  submission.driver = DriverPod(application, names);

  api::ConfigMap properties;
  properties.metadata.name = names.config_map;
  properties.metadata.namespace_name = application.namespace_name;
  properties.data = {{"spark.kubernetes.namespace", application.namespace_name},
                     {"spark.properties", StoreProperties(AllProperties(application, names))}};
  submission.config_maps.push_back(std::move(properties));
  if (application.executor_template.empty()) return submission;

  api::ConfigMap pod_template;
  pod_template.metadata.name = names.template_map;
  pod_template.metadata.namespace_name = application.namespace_name;
  pod_template.data = {{kTemplateKey, application.executor_template}};
  submission.config_maps.push_back(std::move(pod_template));
  return submission;
}

std::string StoreProperties(const std::map<std::string, std::string>& properties) {
  std::string text =
      "#Java properties built from Kubernetes config map with name: spark-drv-conf-map\n"
      "#Thu Jan 01 00:00:00 UTC 2026\n";
  for (const auto& [key, value] : properties) {
    AppendEscaped(text, key, true);
    text += '=';
    AppendEscaped(text, value, false);
    text += '\n';
  }
  return text;
}

}  // namespace muster::bench
