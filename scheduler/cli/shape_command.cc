#include "scheduler/cli/shape_command.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <utility>

#include "scheduler/api/json_codec.h"
#include "scheduler/api/pod_requests.h"
#include "scheduler/cli/files.h"
#include "scheduler/spark/shape.h"
#include "scheduler/spark/spark_application.h"

namespace muster::cli {
namespace {

using nlohmann::json;
using ConfigMaps = std::map<std::string, api::ConfigMap>;

constexpr std::size_t kPodBytesMax = 8 << 20;
constexpr std::size_t kListBytesMax = 256 << 20;

StatusOr<api::Pod> ReadDriver(const std::string& path) {
  MUSTER_ASSIGN_OR_RETURN(const json document, ReadJsonFile(path, kPodBytesMax));
  StatusOr<api::Pod> pod = api::DecodePod(document);
  if (!pod.ok()) return Annotate(pod.status(), path);
  return pod;
}

StatusOr<ConfigMaps> ReadConfigMaps(const std::string& path, const std::string& namespace_name) {
  MUSTER_ASSIGN_OR_RETURN(const json list, ReadJsonFile(path, kListBytesMax));
  if (!list.is_object() || !list.contains("items") || !list["items"].is_array()) {
    return InvalidArgumentError(path + ": a List with items is allowed here");
  }
  ConfigMaps config_maps;
  for (std::size_t i = 0; i < list["items"].size(); ++i) {
    StatusOr<api::ConfigMap> config_map = api::DecodeConfigMap(list["items"][i]);
    if (!config_map.ok()) {
      return Annotate(config_map.status(), path + ": items[" + std::to_string(i) + "]");
    }
    // A pod can only mount what is in its own namespace; a file written by hand may name none.
    const std::string& its_namespace = config_map->metadata.namespace_name;
    if (!its_namespace.empty() && its_namespace != namespace_name) continue;
    std::string name = config_map->metadata.name;
    config_maps.insert_or_assign(std::move(name), *std::move(config_map));
  }
  return config_maps;
}

/// The limits of the pod as a whole, by the rule that adds up requests.
api::ResourceList EffectiveLimits(api::PodSpec spec) {
  for (auto* containers : {&spec.containers, &spec.init_containers}) {
    for (api::Container& container : *containers) {
      container.resources.requests = container.resources.limits;
    }
  }
  if (spec.pod_resources) spec.pod_resources->requests = spec.pod_resources->limits;
  return api::EffectiveRequests(spec);
}

json EncodePodSet(const spark::ExecutorSet& set) {
  const api::PodSpec& spec = set.pod.spec;
  const json pod = api::EncodePod(set.pod);
  const json& encoded = pod.at("spec");
  json object = {{"profile", set.profile},
                 {"count", set.count},
                 {"min", set.count_min},
                 {"max", set.count_max},
                 {"requests", api::EncodeResourceList(api::EffectiveRequests(spec))},
                 {"limits", api::EncodeResourceList(EffectiveLimits(spec))},
                 {"nodeSelector", spec.node_selector},
                 {"tolerations", api::EncodeTolerations(spec.tolerations)},
                 {"schedulerName", spec.scheduler_name},
                 {"labels", set.pod.metadata.labels},
                 {"annotations", set.pod.metadata.annotations},
                 {"priorityClassName", spec.priority_class_name},
                 {"runtimeClassName", spec.runtime_class_name}};
  object["affinity"] = encoded.value("affinity", json::object());
  object["dynamicAllocation"] = set.dynamic_allocation;
  // Most executors have none of these.
  for (const char* key : {"topologySpreadConstraints", "volumes", "resourceClaims",
                          "schedulingGates", "hostNetwork", "preemptionPolicy", "overhead"}) {
    if (encoded.contains(key)) object[key] = encoded[key];
  }
  for (const char* key : {"containers", "initContainers"}) {
    json containers = json::array();
    for (const json& container : encoded.value(key, json::array())) {
      json shown = {{"name", container.value("name", "")},
                    {"resources", container.value("resources", json::object())}};
      for (const char* field : {"image", "ports", "restartPolicy"}) {
        if (container.contains(field)) shown[field] = container[field];
      }
      containers.push_back(std::move(shown));
    }
    object[key] = std::move(containers);
  }
  return object;
}

json EncodeShape(const api::Pod& driver, const spark::Shape& shape) {
  json sets = json::array();
  for (const spark::ExecutorSet& set : shape.executor_sets) sets.push_back(EncodePodSet(set));
  const json requests = api::EncodeResourceList(api::EffectiveRequests(driver.spec));
  return {{"application", shape.application_id},
          {"driver",
           {{"name", driver.metadata.name},
            {"namespace", driver.metadata.namespace_name},
            {"requests", requests}}},
          {"podSets", std::move(sets)},
          {"unknown", shape.unknown}};
}

/// The shape, with what the Spark Operator adds when its object is given.
StatusOr<spark::Shape> ComputeShape(const api::Pod& driver, const ConfigMaps& config_maps,
                                    const std::optional<json>& spark_application) {
  MUSTER_ASSIGN_OR_RETURN(spark::Shape shape, spark::ComputeShape(driver, config_maps));
  if (!spark_application) return shape;
  return spark::ApplySparkApplication(std::move(shape), *spark_application);
}

ExitCode Report(const Status& status, ExitCode code, std::ostream& errors) {
  errors << "musterctl shape: " << MessageOf(status) << "\n";
  return code;
}

}  // namespace

ExitCode RunShape(const ShapeArguments& arguments, std::ostream& out, std::ostream& errors) {
  const StatusOr<api::Pod> driver = ReadDriver(arguments.driver_path);
  if (!driver.ok()) return Report(driver.status(), ExitCode::kCouldNotDoIt, errors);
  const StatusOr<ConfigMaps> config_maps =
      ReadConfigMaps(arguments.config_maps_path, driver->metadata.namespace_name);
  if (!config_maps.ok()) return Report(config_maps.status(), ExitCode::kCouldNotDoIt, errors);

  std::optional<json> spark_application;
  if (!arguments.spark_application_path.empty()) {
    StatusOr<json> read = ReadJsonFile(arguments.spark_application_path, kPodBytesMax);
    if (!read.ok()) return Report(read.status(), ExitCode::kCouldNotDoIt, errors);
    spark_application = *std::move(read);
  }

  const StatusOr<spark::Shape> shape = ComputeShape(*driver, *config_maps, spark_application);
  if (!shape.ok()) {
    const bool is_refused = shape.status().code() == absl::StatusCode::kInvalidArgument;
    return Report(shape.status(), is_refused ? ExitCode::kAnswerIsNo : ExitCode::kCouldNotDoIt,
                  errors);
  }
  out << EncodeShape(*driver, *shape).dump(2, ' ', false, json::error_handler_t::replace) << "\n";
  return out.good() ? ExitCode::kDone : ExitCode::kCouldNotDoIt;
}

}  // namespace muster::cli
