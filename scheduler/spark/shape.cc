#include "scheduler/spark/shape.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "scheduler/spark/driver_configuration.h"
#include "scheduler/spark/executor_count.h"
#include "scheduler/spark/executor_pod.h"
#include "scheduler/spark/pod_template.h"
#include "scheduler/spark/settings.h"
#include "scheduler/spark/spark_driver.h"

namespace muster::spark {
namespace {

using ConfigMaps = std::map<std::string, api::ConfigMap>;

/// The template that the properties name; an empty pod when they name none, or one that cannot be
/// found, which makes the shape unknown.
StatusOr<api::Pod> ReadTemplate(const api::Pod& driver, const ConfigMaps& config_maps,
                                Settings& settings) {
  const std::optional<std::string> path = settings.Text(kTemplateKey);
  if (!path) return api::Pod();
  const std::optional<ConfigMapFile> file = FindMountedFile(driver, std::string(LocalPath(*path)));
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

bool NamesNoScheduler(const api::Pod& driver, const Settings& settings,
                      const api::Pod& executor_template) {
  // What is in the driver's template is not known, as the submitter keeps it.
  const auto keys = {"spark.kubernetes.scheduler.name", "spark.kubernetes.driver.scheduler.name",
                     "spark.kubernetes.executor.scheduler.name",
                     "spark.kubernetes.driver.podTemplateFile"};
  return LabelOf(driver, kRoleLabel) == "driver" && executor_template.spec.scheduler_name.empty() &&
         std::none_of(keys.begin(), keys.end(),
                      [&settings](const char* key) { return settings.Has(key); });
}

/// The value of a key that is no reason for doubt when it is not known; "" then.
std::string ConfiguredText(const DriverConfiguration& configuration, std::string_view key) {
  if (configuration.origins.unresolved.contains(key)) return "";
  Settings settings(configuration.properties, configuration.file);
  return settings.Text(key).value_or("");
}

/// Classes that keep shuffle files away from the executors: Celeborn (and its forms for Gluten,
/// Comet and Blaze), Uniffle and Uber's service (one class name, and Uniffle's delegate and form
/// for Gluten), IBM's files on S3. Source: the projects' own guides; docs.aws.amazon.com/glue
/// (cloud shuffle storage plugin).
bool ShufflesRemotely(const DriverConfiguration& configuration) {
  constexpr auto kManagers = std::to_array<std::string_view>(
      {"org.apache.spark.shuffle.celeborn.SparkShuffleManager",
       "org.apache.spark.shuffle.gluten.celeborn.CelebornShuffleManager",
       "org.apache.spark.sql.comet.execution.shuffle.CometCelebornShuffleManager",
       "org.apache.spark.sql.execution.blaze.shuffle.celeborn.BlazeCelebornShuffleManager",
       "org.apache.spark.shuffle.RssShuffleManager",
       "org.apache.spark.shuffle.DelegationRssShuffleManager",
       "org.apache.spark.shuffle.gluten.uniffle.UniffleShuffleManager",
       "org.apache.spark.shuffle.sort.S3ShuffleManager"});
  constexpr std::string_view kCloudStorage = "com.amazonaws.spark.shuffle.io.cloud.ChopperPlugin";
  const std::string manager = ConfiguredText(configuration, "spark.shuffle.manager");
  return std::find(kManagers.begin(), kManagers.end(), manager) != kManagers.end() ||
         ConfiguredText(configuration, "spark.shuffle.sort.io.plugin.class") == kCloudStorage;
}

/// In client mode the driver's own pod says nothing of the application, its configuration does.
ExecutorIdentity ClientIdentity(const api::Pod& driver, const DriverConfiguration& configuration,
                                const std::string& application_id, Settings& settings) {
  ExecutorIdentity identity;
  identity.namespace_name = settings.Text("spark.kubernetes.namespace").value_or("default");
  identity.application_id = application_id;
  identity.application_name = AppNameLabel(ConfiguredText(configuration, "spark.app.name"));
  identity.spark_version = LabelOf(driver, kVersionLabel);
  return identity;
}

}  // namespace

bool IsDriver(const api::Pod& pod) {
  return LabelOf(pod, kRoleLabel) == "driver" && !LabelOf(pod, kApplicationLabel).empty();
}

bool IsExecutor(const api::Pod& pod) {
  return LabelOf(pod, kRoleLabel) == kExecutorRole && !LabelOf(pod, kApplicationLabel).empty();
}

StatusOr<std::vector<std::string>> RequiredConfigMaps(const api::Pod& driver,
                                                      const ConfigMaps& config_maps) {
  MUSTER_ASSIGN_OR_RETURN(const PropertiesSource source, FindProperties(driver));
  std::vector<std::string> names;
  if (source.file) {
    names.push_back(source.file->config_map);
    if (!config_maps.contains(source.file->config_map)) return names;
  }
  MUSTER_ASSIGN_OR_RETURN(const DriverConfiguration configuration,
                          ReadConfiguration(driver, config_maps));
  Settings settings(configuration.properties, configuration.file, configuration.origins);
  const std::optional<std::string> path = settings.Text(kTemplateKey);
  const auto file = path ? FindMountedFile(driver, std::string(LocalPath(*path))) : std::nullopt;
  if (file && (!source.file || file->config_map != source.file->config_map)) {
    names.push_back(file->config_map);
  }
  return names;
}

StatusOr<Shape> ComputeShape(const api::Pod& driver, const ConfigMaps& config_maps) {
  MUSTER_ASSIGN_OR_RETURN(const DriverConfiguration configuration,
                          ReadConfiguration(driver, config_maps));
  Shape shape;
  shape.application_id = configuration.is_client_mode
                             ? ConfiguredText(configuration, "spark.app.id")
                             : LabelOf(driver, kApplicationLabel);
  shape.application_name = ConfiguredText(configuration, "spark.app.name");
  shape.driver_host = ConfiguredText(configuration, "spark.driver.host");
  if (!configuration.asks_for_executors) return shape;

  Settings settings(configuration.properties, configuration.file, configuration.origins);
  for (const std::string& reason : configuration.unknown) settings.AddUnknown(reason);
  MUSTER_ASSIGN_OR_RETURN(const ExecutorCount count, ComputeExecutorCount(settings));
  MUSTER_ASSIGN_OR_RETURN(api::Pod pod_template, ReadTemplate(driver, config_maps, settings));
  shape.names_no_scheduler = NamesNoScheduler(driver, settings, pod_template);
  const ExecutorIdentity identity =
      configuration.is_client_mode
          ? ClientIdentity(driver, configuration, shape.application_id, settings)
          : ClusterIdentity(driver);
  MUSTER_ASSIGN_OR_RETURN(api::Pod pod,
                          BuildExecutorPod(identity, settings, std::move(pod_template)));
  NoteForeignSteps(settings);
  shape.executor_sets.push_back(ExecutorSet{.profile = 0,
                                            .count = count.initial,
                                            .count_min = count.least,
                                            .count_max = count.most,
                                            .dynamic_allocation = count.is_dynamic,
                                            .pod = std::move(pod)});
  shape.shuffles_remotely = ShufflesRemotely(configuration);
  shape.unknown = settings.unknown();
  return shape;
}

}  // namespace muster::spark
