#include "scheduler/spark/executor_pod.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/api/pod_requests.h"
#include "scheduler/spark/executor_requests.h"
#include "scheduler/spark/spark_driver.h"

namespace muster::spark {
namespace {

/// Copies `more` over `target`, as Spark's addTo... methods do.
template <class Map>
void Overlay(Map& target, const Map& more) {
  for (const auto& [key, value] : more) target.insert_or_assign(key, value);
}

/// Replaces the placeholders that Spark knows; {{EXECUTOR_ID}} stays, as it differs by pod.
std::string WithApplicationId(std::string text, const std::string& application_id) {
  constexpr std::string_view kPlaceholder = "{{APP_ID}}";
  for (std::size_t at = text.find(kPlaceholder); at != text.npos;
       at = text.find(kPlaceholder, at + application_id.size())) {
    text.replace(at, kPlaceholder.size(), application_id);
  }
  return text;
}

void SetMetadata(const api::Pod& driver, const Settings& settings, api::ObjectMeta& metadata) {
  const std::string application_id = LabelOf(driver, kApplicationLabel);
  metadata.name.clear();
  metadata.namespace_name = driver.metadata.namespace_name;
  for (const auto& [key, value] : settings.WithPrefix("spark.kubernetes.executor.label.")) {
    metadata.labels.insert_or_assign(key, WithApplicationId(value, application_id));
  }
  for (const auto& [key, value] : settings.WithPrefix("spark.kubernetes.executor.annotation.")) {
    metadata.annotations.insert_or_assign(key, WithApplicationId(value, application_id));
  }
  metadata.labels[kRoleLabel] = "executor";
  metadata.labels[kApplicationLabel] = application_id;
  metadata.labels[kProfileLabel] = "0";
  for (const char* label : {kApplicationNameLabel, kVersionLabel}) {
    const std::string value = LabelOf(driver, label);
    if (!value.empty()) metadata.labels[label] = value;
  }
}

/// Takes Spark's container out of the template: the one of the configured name if there is exactly
/// one, else the first; a new one when the template has none.
api::Container TakeSparkContainer(Settings& settings, std::vector<api::Container>& containers) {
  if (containers.empty()) return {};
  auto chosen = containers.begin();
  if (const auto name = settings.Text("spark.kubernetes.executor.podTemplateContainerName")) {
    const auto has_name = [&name](const api::Container& container) {
      return container.name == *name;
    };
    if (std::count_if(containers.begin(), containers.end(), has_name) == 1) {
      chosen = std::find_if(containers.begin(), containers.end(), has_name);
    }
  }
  api::Container container = std::move(*chosen);
  containers.erase(chosen);
  return container;
}

/// An empty name of the role's own key still wins over the common key, and means the default.
void SetSchedulerName(Settings& settings, std::string& scheduler_name) {
  std::optional<std::string> name = settings.Text("spark.kubernetes.executor.scheduler.name");
  if (!name) name = settings.Text("spark.kubernetes.scheduler.name");
  if (name) scheduler_name = *std::move(name);
  if (scheduler_name.empty()) scheduler_name = "default-scheduler";
}

void DefaultRequests(api::ResourceRequirements& resources) {
  // insert() keeps the requests that are there.
  resources.requests.insert(resources.limits.begin(), resources.limits.end());
}

}  // namespace

void DefaultRequests(api::PodSpec& spec) {
  for (api::Container& container : spec.containers) DefaultRequests(container.resources);
  for (api::Container& container : spec.init_containers) DefaultRequests(container.resources);
  if (!spec.pod_resources) return;
  api::PodSpec containers_only;
  containers_only.containers = spec.containers;
  containers_only.init_containers = spec.init_containers;
  for (const auto& [name, quantity] : api::EffectiveRequests(containers_only)) {
    // Huge pages cannot be overcommitted: their pod-level request comes from the limit alone.
    if (name == "cpu" || name == "memory") spec.pod_resources->requests.emplace(name, quantity);
  }
  DefaultRequests(*spec.pod_resources);
}

StatusOr<api::Pod> BuildExecutorPod(const api::Pod& driver, Settings& settings,
                                    api::Pod pod_template) {
  api::Pod pod = std::move(pod_template);
  pod.status = {};
  SetMetadata(driver, settings, pod.metadata);

  api::Container container = TakeSparkContainer(settings, pod.spec.containers);
  if (container.name.empty()) container.name = "spark-kubernetes-executor";
  MUSTER_ASSIGN_OR_RETURN(const api::ResourceRequirements resources,
                          ComputeExecutorResources(settings, LabelOf(driver, kVersionLabel)));
  Overlay(container.resources.requests, resources.requests);
  Overlay(container.resources.limits, resources.limits);
  // Spark puts its container behind those that the template adds.
  pod.spec.containers.push_back(std::move(container));

  Overlay(pod.spec.node_selector, settings.WithPrefix("spark.kubernetes.node.selector."));
  Overlay(pod.spec.node_selector, settings.WithPrefix("spark.kubernetes.executor.node.selector."));
  SetSchedulerName(settings, pod.spec.scheduler_name);
  DefaultRequests(pod.spec);
  return pod;
}

}  // namespace muster::spark
