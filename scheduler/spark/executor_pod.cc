#include "scheduler/spark/executor_pod.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/api/pod_requests.h"
#include "scheduler/spark/executor_constraints.h"
#include "scheduler/spark/executor_requests.h"
#include "scheduler/spark/spark_driver.h"

namespace muster::spark {
namespace {

/// Copies `more` over `target`, as Spark's addTo... methods do.
template <class Map>
void Overlay(Map& target, const Map& more) {
  for (const auto& [key, value] : more) target.insert_or_assign(key, value);
}

/// Replaces the placeholders that Spark knows; {{EXECUTOR_ID}} stays, as it differs by pod, and so
/// does {{APP_ID}} where the id is not known yet.
std::string WithApplicationId(std::string text, const std::string& application_id) {
  constexpr std::string_view kPlaceholder = "{{APP_ID}}";
  if (application_id.empty()) return text;
  for (std::size_t at = text.find(kPlaceholder); at != text.npos;
       at = text.find(kPlaceholder, at + application_id.size())) {
    text.replace(at, kPlaceholder.size(), application_id);
  }
  return text;
}

void SetMetadata(const ExecutorIdentity& identity, Settings& settings, api::ObjectMeta& metadata) {
  metadata.name.clear();
  metadata.namespace_name = identity.namespace_name;
  for (const auto& [key, value] : settings.WithPrefix("spark.kubernetes.executor.label.")) {
    metadata.labels.insert_or_assign(key, WithApplicationId(value, identity.application_id));
  }
  for (const auto& [key, value] : settings.WithPrefix("spark.kubernetes.executor.annotation.")) {
    metadata.annotations.insert_or_assign(key, WithApplicationId(value, identity.application_id));
  }
  metadata.labels[kRoleLabel] = kExecutorRole;
  metadata.labels[kProfileLabel] = "0";
  const auto set_known = [&metadata](const char* label, const std::string& value) {
    // Spark's value replaces one of the template, which is then wrong even if Spark's is not known.
    metadata.labels.erase(label);
    if (!value.empty()) metadata.labels[label] = value;
  };
  set_known(kApplicationLabel, identity.application_id);
  set_known(kApplicationNameLabel, identity.application_name);
  set_known(kVersionLabel, identity.spark_version);
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

ExecutorIdentity ClusterIdentity(const api::Pod& driver) {
  return {driver.metadata.namespace_name, LabelOf(driver, kApplicationLabel),
          LabelOf(driver, kApplicationNameLabel), LabelOf(driver, kVersionLabel)};
}

std::string AppNameLabel(std::string_view name) {
  constexpr std::size_t kLengthMax = 63;
  std::string label;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool is_kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_kept) {
      label += c;
    } else if (!label.ends_with('-')) {
      label += '-';
    }
  }
  // Spark trims blanks first, then cuts, then strips one dash on either side.
  if (label.starts_with('-') && !name.empty() && name.front() <= ' ') label.erase(0, 1);
  label.resize(std::min(label.size(), kLengthMax));
  if (label.starts_with('-')) label.erase(0, 1);
  if (label.ends_with('-')) label.pop_back();
  return label;
}

StatusOr<api::Pod> BuildExecutorPod(const ExecutorIdentity& identity, Settings& settings,
                                    api::Pod pod_template) {
  api::Pod pod = std::move(pod_template);
  pod.status = {};
  SetMetadata(identity, settings, pod.metadata);

  api::Container container = TakeSparkContainer(settings, pod.spec.containers);
  if (container.name.empty()) container.name = "spark-kubernetes-executor";
  MUSTER_ASSIGN_OR_RETURN(const api::ResourceRequirements resources,
                          ComputeExecutorResources(settings, identity.spark_version));
  Overlay(container.resources.requests, resources.requests);
  Overlay(container.resources.limits, resources.limits);
  MUSTER_RETURN_IF_ERROR(AddHostPorts(settings, container, pod.spec.host_network));
  // Spark puts its container behind those that the template adds.
  pod.spec.containers.push_back(std::move(container));

  Overlay(pod.spec.node_selector, settings.WithPrefix("spark.kubernetes.node.selector."));
  Overlay(pod.spec.node_selector, settings.WithPrefix("spark.kubernetes.executor.node.selector."));
  SetSchedulerName(settings, pod.spec.scheduler_name);
  AddClaims(settings, pod.spec);
  MergeLabelKeys(pod);
  DefaultRequests(pod.spec);
  return pod;
}

}  // namespace muster::spark
