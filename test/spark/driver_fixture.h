#pragma once

#include <map>
#include <string>

#include "scheduler/api/objects.h"

/// A driver pod as Spark makes it, and the two ConfigMaps behind it.
namespace muster::spark {

inline constexpr char kTemplatePath[] = "/opt/spark/pod-template/pod-spec-template.yml";
inline constexpr char kTemplateProperty[] =
    "spark.kubernetes.executor.podTemplateFile=/opt/spark/pod-template/pod-spec-template.yml\n";

inline api::Pod MakeDriver() {
  api::Pod pod;
  pod.metadata.name = "pi-driver";
  pod.metadata.namespace_name = "jobs";
  pod.metadata.labels = {{"spark-role", "driver"},
                         {"spark-app-selector", "spark-1"},
                         {"spark-app-name", "pi"},
                         {"spark-version", "4.1.4"}};
  api::Container container;
  container.name = "spark-kubernetes-driver";
  container.args = {"driver", "--properties-file", "/opt/spark/conf/spark.properties", "--class",
                    "Pi"};
  container.volume_mounts = {{"pod-template-volume", "/opt/spark/pod-template", ""},
                             {"spark-conf-volume-driver", "/opt/spark/conf", ""},
                             {"data", "/var/data", ""}};
  pod.spec.containers = {container};
  pod.spec.volumes = {
      {"pod-template-volume", "pi-podspec", {{"podspec-configmap-key", "pod-spec-template.yml"}}},
      {"spark-conf-volume-driver", "pi-conf", {{"spark.properties", "spark.properties"}}},
      {"data", std::nullopt, {}}};
  return pod;
}

inline std::map<std::string, api::ConfigMap> MakeConfigMaps(const std::string& properties,
                                                            const std::string& pod_template = "") {
  std::map<std::string, api::ConfigMap> config_maps;
  config_maps["pi-conf"].data["spark.properties"] = properties;
  config_maps["pi-podspec"].data["podspec-configmap-key"] = pod_template;
  return config_maps;
}

}  // namespace muster::spark
