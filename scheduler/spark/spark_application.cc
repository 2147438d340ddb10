#include "scheduler/spark/spark_application.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "scheduler/api/json_codec.h"
#include "scheduler/spark/executor_constraints.h"
#include "scheduler/spark/executor_pod.h"
#include "scheduler/spark/spark_driver.h"
#include "scheduler/spark/utf8.h"

namespace muster::spark {
namespace {

using nlohmann::json;

// etcd holds at most about 1.5 MB per object.
constexpr std::size_t kSparkApplicationBytesMax = 2 << 20;
constexpr char kMutatedLabel[] = "sparkoperator.k8s.io/mutated-by-spark-operator";
constexpr char kApplicationNameOfOperator[] = "sparkoperator.k8s.io/app-name";

/// The value at a key; an empty object when the key is absent.
const json& At(const json& object, const char* key) {
  static const json empty = json::object();
  if (!object.is_object()) return empty;
  const auto entry = object.find(key);
  return entry == object.end() || entry->is_null() ? empty : *entry;
}

/// The volumes of the application that executors mount.
json MountedVolumes(const json& spec, const json& executor) {
  constexpr std::string_view kLocalDirectory = "spark-local-dir-";  // Spark adds these itself
  json mounted = json::array();
  for (const json& volume : At(spec, "volumes")) {
    const json& name = At(volume, "name");
    const json& mounts = At(executor, "volumeMounts");
    const bool is_mounted = std::any_of(mounts.begin(), mounts.end(), [&name](const json& mount) {
      return At(mount, "name") == name;
    });
    if (!name.is_string() || !is_mounted) continue;
    if (!name.get_ref<const std::string&>().starts_with(kLocalDirectory)) mounted.push_back(volume);
  }
  return mounted;
}

/// What the webhook adds, as a pod: the fields of spec.executor have the form of a pod's.
StatusOr<api::Pod> DecodeAdditions(const json& spec) {
  const json& executor = At(spec, "executor");
  json pod_spec = {{"containers", At(executor, "sidecars")},
                   {"volumes", MountedVolumes(spec, executor)}};
  if (!pod_spec["containers"].is_array()) pod_spec["containers"] = json::array();
  for (const char* key :
       {"tolerations", "nodeSelector", "affinity", "initContainers", "priorityClassName",
        "schedulerName", "runtimeClassName", "hostNetwork"}) {
    if (executor.contains(key)) pod_spec[key] = executor[key];
  }
  // The batch scheduler goes before the role's own.
  if (spec.contains("batchScheduler")) pod_spec["schedulerName"] = spec["batchScheduler"];
  StatusOr<api::Pod> pod = api::DecodePod(json{{"spec", std::move(pod_spec)}});
  if (!pod.ok()) return Annotate(pod.status(), "SparkApplication, as a pod of its executor");
  return pod;
}

/// "512m" of Java is "512Mi" of Kubernetes.
StatusOr<Quantity> ReadMemoryLimit(const json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr) {
    return InvalidArgumentError(
        "SparkApplication: spec.executor.memoryLimit: a string such as 4g is allowed here");
  }
  constexpr std::string_view kUnits = "kmgtp";
  std::string size;
  for (const char c : *text) {
    if (c != ' ') size += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (size.size() > 1 && size.back() == 'b' && kUnits.find(size[size.size() - 2]) != kUnits.npos) {
    size.pop_back();
  }
  if (!size.empty() && kUnits.find(size.back()) != kUnits.npos) {
    size.back() = static_cast<char>(size.back() - 'a' + 'A');
    size += 'i';
  } else {
    size = *text;  // a quantity of Kubernetes already
  }
  const StatusOr<Quantity> quantity = Quantity::Parse(size);
  if (quantity.ok() && !quantity->IsNegative()) return *quantity;
  return InvalidArgumentError("SparkApplication: spec.executor.memoryLimit: '" + Shown(*text) +
                              "' given, a size such as 4g is allowed");
}

api::Container* FindSparkContainer(api::PodSpec& spec) {
  const auto found = std::find_if(
      spec.containers.begin(), spec.containers.end(), [](const api::Container& container) {
        return container.name == "executor" || container.name == "spark-kubernetes-executor";
      });
  return found == spec.containers.end() ? nullptr : &*found;
}

/// Memory limit and GPUs are put on Spark's container, which the webhook knows by its name.
Status AddLimits(const json& executor, ExecutorSet& set, std::vector<std::string>& unknown) {
  api::ResourceList limits;
  if (const json& limit = At(executor, "memoryLimit"); !limit.empty()) {
    MUSTER_ASSIGN_OR_RETURN(limits["memory"], ReadMemoryLimit(limit));
  }
  const json& gpu = At(executor, "gpu");
  const json& name = At(gpu, "name");
  const json& quantity = At(gpu, "quantity");
  if (name.is_string() && !name.get_ref<const std::string&>().empty() &&
      quantity.is_number_integer() && quantity.get<std::int64_t>() > 0) {
    limits[name.get<std::string>()] = Quantity::FromUnits(quantity.get<std::int64_t>());
  }
  if (limits.empty()) return OkStatus();
  api::Container* container = FindSparkContainer(set.pod.spec);
  if (container == nullptr) {
    unknown.emplace_back(
        "the Spark Operator finds no container named executor or spark-kubernetes-executor for "
        "memoryLimit and gpu");
    return OkStatus();
  }
  for (const auto& [resource, amount] : limits) {
    container->resources.limits.insert_or_assign(resource, amount);
    // An extended resource has no request of its own; the API server sets it from the limit.
    if (resource != "memory") container->resources.requests.insert_or_assign(resource, amount);
  }
  return OkStatus();
}

void AddContainers(std::vector<api::Container> more, std::vector<api::Container>& containers) {
  for (api::Container& container : more) {
    const auto is_same = [&container](const api::Container& known) {
      return known.name == container.name && known.image == container.image;
    };
    if (std::none_of(containers.begin(), containers.end(), is_same)) {
      containers.push_back(std::move(container));
    }
  }
}

/// The block manager's port, from spec.sparkConf, for AddHostPorts.
Properties SparkConf(const json& spec) {
  Properties properties;
  const json& conf = At(spec, "sparkConf");
  if (!conf.is_object()) return properties;
  for (const auto& [key, value] : conf.items()) {
    if (value.is_string()) properties.Set(key, value.get_ref<const std::string&>());
  }
  return properties;
}

Status AddTo(api::PodSpec& spec, api::Pod additions, const json& application_spec) {
  api::PodSpec& more = additions.spec;
  for (api::Toleration& toleration : more.tolerations) {
    spec.tolerations.push_back(std::move(toleration));
  }
  for (auto& [key, value] : more.node_selector) spec.node_selector.insert_or_assign(key, value);
  if (At(application_spec, "executor").contains("affinity")) {
    // It replaces all of the template's.
    spec.node_affinity = std::move(more.node_affinity);
    spec.pod_affinity = std::move(more.pod_affinity);
    spec.pod_anti_affinity = std::move(more.pod_anti_affinity);
  }
  if (!more.priority_class_name.empty()) {
    spec.priority_class_name = more.priority_class_name;
    spec.priority = 0;
    spec.never_preempts = false;
  }
  if (!more.scheduler_name.empty()) spec.scheduler_name = more.scheduler_name;
  if (!more.runtime_class_name.empty()) spec.runtime_class_name = more.runtime_class_name;
  for (api::Volume& volume : more.volumes) spec.volumes.push_back(std::move(volume));
  if (more.host_network && !spec.host_network) {
    spec.host_network = true;
    const Properties properties = SparkConf(application_spec);
    Settings settings(properties, "SparkApplication: spec.sparkConf");
    api::Container* container = FindSparkContainer(spec);
    if (container != nullptr) {
      MUSTER_RETURN_IF_ERROR(AddHostPorts(settings, *container, true));
    }
  }
  AddContainers(std::move(more.containers), spec.containers);
  AddContainers(std::move(more.init_containers), spec.init_containers);
  return OkStatus();
}

}  // namespace

std::optional<api::NamespacedName> FindSparkApplication(const api::Pod& driver) {
  std::string name = LabelOf(driver, kApplicationNameOfOperator);
  if (name.empty()) return std::nullopt;
  return api::NamespacedName{driver.metadata.namespace_name, std::move(name)};
}

StatusOr<Shape> ApplySparkApplication(Shape shape, const json& custom_resource) {
  const json& kind = At(custom_resource, "kind");
  const json& version = At(custom_resource, "apiVersion");
  if (kind != "SparkApplication" || !version.is_string() ||
      !version.get_ref<const std::string&>().starts_with("sparkoperator.k8s.io/")) {
    return InvalidArgumentError(
        "a SparkApplication of sparkoperator.k8s.io/v1beta2 is allowed here");
  }
  const json& spec = At(custom_resource, "spec");
  MUSTER_ASSIGN_OR_RETURN(api::Pod additions, DecodeAdditions(spec));
  const bool has_template = !At(At(spec, "executor"), "template").empty();
  for (ExecutorSet& set : shape.executor_sets) {
    const bool is_marked = LabelOf(set.pod, kMutatedLabel) == "true";
    std::optional<ExecutorSet> untouched;
    if (has_template && !is_marked) untouched = set;
    api::Pod more = additions;
    more.metadata.labels = set.pod.metadata.labels;
    MergeLabelKeys(more);
    MUSTER_RETURN_IF_ERROR(AddTo(set.pod.spec, std::move(more), spec));
    MUSTER_RETURN_IF_ERROR(AddLimits(At(spec, "executor"), set, shape.unknown));
    DefaultRequests(set.pod.spec);
    if (untouched && api::EncodePod(untouched->pod) != api::EncodePod(set.pod)) {
      set = *std::move(untouched);
      shape.unknown.emplace_back(
          "the SparkApplication has an executor template and fields beside it, which not every "
          "release of the Spark Operator applies");
    }
  }
  return shape;
}

StatusOr<Shape> ApplySparkApplicationText(Shape shape, const api::Pod& driver,
                                          std::string_view text) {
  StatusOr<json> object = api::ParseJson(text, kSparkApplicationBytesMax);
  if (!object.ok()) return Annotate(object.status(), "SparkApplication");
  const json& uid = At(At(*object, "metadata"), "uid");
  for (const api::OwnerReference& owner : driver.metadata.owner_references) {
    if (owner.kind != "SparkApplication" || owner.uid.empty() || uid == json(owner.uid)) continue;
    return NotFoundError("the driver is of an earlier SparkApplication of this name (UID " +
                         Shown(owner.uid) + ")");
  }
  return ApplySparkApplication(std::move(shape), *object);
}

void AssumeFromDriver(const api::Pod& driver, Shape& shape) {
  for (ExecutorSet& set : shape.executor_sets) {
    if (set.pod.spec.scheduler_name == "default-scheduler") {
      set.pod.spec.scheduler_name = driver.spec.scheduler_name;
    }
    std::vector<api::Toleration>& known = set.pod.spec.tolerations;
    for (const api::Toleration& toleration : driver.spec.tolerations) {
      if (std::find(known.begin(), known.end(), toleration) == known.end()) {
        known.push_back(toleration);
      }
    }
  }
}

}  // namespace muster::spark
