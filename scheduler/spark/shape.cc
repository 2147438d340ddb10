#include "scheduler/spark/shape.h"

#include <algorithm>
#include <utility>

#include "scheduler/spark/executor_count.h"
#include "scheduler/spark/executor_pod.h"
#include "scheduler/spark/pod_template.h"
#include "scheduler/spark/properties.h"
#include "scheduler/spark/settings.h"
#include "scheduler/spark/spark_driver.h"

namespace muster::spark {
namespace {

using ConfigMaps = std::map<std::string, api::ConfigMap>;

StatusOr<Properties> ReadProperties(const ConfigMaps& config_maps, const ConfigMapFile& file) {
  MUSTER_ASSIGN_OR_RETURN(const std::string_view text, FileContent(config_maps, file));
  StatusOr<Properties> properties = ParseProperties(text);
  if (!properties.ok()) return Annotate(properties.status(), file.key);
  return properties;
}

/// The template that the properties name; an empty pod when they name none, or one that cannot be
/// found, which makes the shape unknown.
StatusOr<api::Pod> ReadTemplate(const api::Pod& driver, const ConfigMaps& config_maps,
                                Settings& settings) {
  const std::optional<std::string> path = settings.Text(kTemplateKey);
  if (!path) return api::Pod();
  const std::optional<ConfigMapFile> file = FindMountedFile(driver, *path);
  if (!file) {
    settings.AddUnknown(std::string(kTemplateKey) + "=" + *path +
                        " is not in a ConfigMap that the driver mounts");
    return api::Pod();
  }
  MUSTER_ASSIGN_OR_RETURN(const std::string_view text, FileContent(config_maps, *file));
  StatusOr<api::Pod> pod = ParsePodTemplate(text);
  if (!pod.ok()) return Annotate(pod.status(), "executor pod template " + *path);
  return pod;
}

/// Code of the user's own may change executor pods in any way.
void NoteForeignSteps(Settings& settings) {
  constexpr std::string_view kKey = "spark.kubernetes.executor.pod.featureSteps";
  const std::optional<std::string> steps = settings.Text(kKey);
  if (!steps || steps->empty()) return;
  settings.AddUnknown(std::string(kKey) + " names code that may change executor pods");
}

}  // namespace

bool IsDriver(const api::Pod& pod) {
  return LabelOf(pod, kRoleLabel) == "driver" && !LabelOf(pod, kApplicationLabel).empty();
}

bool IsExecutor(const api::Pod& pod) {
  return LabelOf(pod, kRoleLabel) == "executor" && !LabelOf(pod, kApplicationLabel).empty();
}

StatusOr<std::vector<std::string>> RequiredConfigMaps(const api::Pod& driver,
                                                      const ConfigMaps& config_maps) {
  MUSTER_ASSIGN_OR_RETURN(const ConfigMapFile file, FindPropertiesFile(driver));
  std::vector<std::string> names{file.config_map};
  if (!config_maps.contains(file.config_map)) return names;
  MUSTER_ASSIGN_OR_RETURN(const Properties properties, ReadProperties(config_maps, file));
  const std::optional<std::string> path = Settings(properties, file.key).Text(kTemplateKey);
  const auto template_file = path ? FindMountedFile(driver, *path) : std::nullopt;
  if (template_file && template_file->config_map != file.config_map) {
    names.push_back(template_file->config_map);
  }
  return names;
}

StatusOr<Shape> ComputeShape(const api::Pod& driver, const ConfigMaps& config_maps) {
  MUSTER_ASSIGN_OR_RETURN(const ConfigMapFile file, FindPropertiesFile(driver));
  MUSTER_ASSIGN_OR_RETURN(const Properties properties, ReadProperties(config_maps, file));
  Settings settings(properties, file.key);
  MUSTER_ASSIGN_OR_RETURN(const ExecutorCount count, ComputeExecutorCount(settings));
  MUSTER_ASSIGN_OR_RETURN(api::Pod pod_template, ReadTemplate(driver, config_maps, settings));
  MUSTER_ASSIGN_OR_RETURN(api::Pod pod,
                          BuildExecutorPod(driver, settings, std::move(pod_template)));
  NoteForeignSteps(settings);

  Shape shape;
  shape.application_id = LabelOf(driver, kApplicationLabel);
  shape.executor_sets.push_back(ExecutorSet{.profile = 0,
                                            .count = count.initial,
                                            .count_min = count.least,
                                            .count_max = count.most,
                                            .pod = std::move(pod)});
  shape.unknown = settings.unknown();
  return shape;
}

}  // namespace muster::spark
