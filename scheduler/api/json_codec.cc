#include "scheduler/api/json_codec.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "scheduler/api/json_reader.h"

// Decoding. Every Read looks up the keys it knows and copies nothing else; they are in the
// namespace itself, not in an unnamed one, because the list reader finds them by argument-dependent
// lookup.
namespace muster::api {

using nlohmann::json;

static Status Read(const json& value, const JsonPath& path, OwnerReference& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "apiVersion", out.api_version));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "kind", out.kind));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "name", out.name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "uid", out.uid));
  return ReadField(value, path, "controller", out.controller);
}

Status Read(const json& value, const JsonPath& path, ObjectMeta& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "name", out.name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "namespace", out.namespace_name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "uid", out.uid));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "resourceVersion", out.resource_version));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "generation", out.generation));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "creationTimestamp", out.creation_timestamp));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "deletionTimestamp", out.deletion_timestamp));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "labels", out.labels));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "annotations", out.annotations));
  return ReadField(value, path, "ownerReferences", out.owner_references);
}

static Status Read(const json& value, const JsonPath& path, ResourceRequirements& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "requests", out.requests));
  return ReadField(value, path, "limits", out.limits);
}

static Status Read(const json& value, const JsonPath& path, VolumeMount& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "name", out.name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "mountPath", out.mount_path));
  return ReadField(value, path, "subPath", out.sub_path);
}

/// The literal variables of a container's "env"; those with a valueFrom are not known here.
static Status ReadEnvironment(const json& list, const JsonPath& path, StringMap& out) {
  MUSTER_ASSIGN_OR_RETURN(const std::size_t size, ListSize(list, path));
  for (std::size_t i = 0; i < size; ++i) {
    const JsonPath variable_path(path, i);
    const json& variable = ListElement(list, i);
    MUSTER_RETURN_IF_ERROR(CheckObject(variable, variable_path));
    std::string name;
    MUSTER_RETURN_IF_ERROR(ReadField(variable, variable_path, "name", name));
    if (Find(variable, "valueFrom") != nullptr) continue;
    std::string& slot = out[std::move(name)];
    slot.clear();
    MUSTER_RETURN_IF_ERROR(ReadField(variable, variable_path, "value", slot));
  }
  return OkStatus();
}

static Status Read(const json& value, const JsonPath& path, Container& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "name", out.name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "image", out.image));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "command", out.command));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "args", out.args));
  if (const json* environment = Find(value, "env")) {
    MUSTER_RETURN_IF_ERROR(ReadEnvironment(*environment, JsonPath(path, "env"), out.environment));
  }
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "resources", out.resources));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "volumeMounts", out.volume_mounts));
  return ReadField(value, path, "restartPolicy", out.restart_policy);
}

static Status ReadSchedulingGates(const json& list, const JsonPath& path,
                                  std::vector<std::string>& out) {
  MUSTER_ASSIGN_OR_RETURN(const std::size_t size, ListSize(list, path));
  for (std::size_t i = 0; i < size; ++i) {
    const JsonPath gate_path(path, i);
    MUSTER_RETURN_IF_ERROR(CheckObject(ListElement(list, i), gate_path));
    MUSTER_RETURN_IF_ERROR(ReadField(ListElement(list, i), gate_path, "name", out.emplace_back()));
  }
  return OkStatus();
}

/// The parts of a pod's spec that say which nodes it may go to.
static Status ReadPlacement(const json& value, const JsonPath& path, PodSpec& out) {
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "nodeName", out.node_name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "schedulerName", out.scheduler_name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "nodeSelector", out.node_selector));
  if (const json* affinity = Find(value, "affinity")) {
    MUSTER_RETURN_IF_ERROR(ReadAffinity(*affinity, JsonPath(path, "affinity"), out));
  }
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "topologySpreadConstraints", out.topology_spread));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "tolerations", out.tolerations));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "priorityClassName", out.priority_class_name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "priority", out.priority));
  std::string preemption_policy;
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "preemptionPolicy", preemption_policy));
  out.never_preempts = preemption_policy == "Never";
  if (const json* gates = Find(value, "schedulingGates")) {
    MUSTER_RETURN_IF_ERROR(
        ReadSchedulingGates(*gates, JsonPath(path, "schedulingGates"), out.scheduling_gates));
  }
  return ReadField(value, path, "runtimeClassName", out.runtime_class_name);
}

static Status Read(const json& value, const JsonPath& path, ResourceClaim& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "name", out.name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "resourceClaimName", out.claim_name));
  return ReadField(value, path, "resourceClaimTemplateName", out.template_name);
}

/// The ports of one container that are ports of the node; most containers have none.
static Status ReadHostPorts(const json& list, const JsonPath& path, bool host_network,
                            std::vector<HostPort>& out) {
  MUSTER_ASSIGN_OR_RETURN(const std::size_t size, ListSize(list, path));
  for (std::size_t i = 0; i < size; ++i) {
    const JsonPath port_path(path, i);
    const json& port = ListElement(list, i);
    MUSTER_RETURN_IF_ERROR(CheckObject(port, port_path));
    HostPort host_port;
    MUSTER_RETURN_IF_ERROR(ReadField(port, port_path, "hostPort", host_port.port));
    if (host_port.port == 0 && host_network) {
      MUSTER_RETURN_IF_ERROR(ReadField(port, port_path, "containerPort", host_port.port));
    }
    if (host_port.port == 0) continue;
    MUSTER_RETURN_IF_ERROR(ReadField(port, port_path, "protocol", host_port.protocol));
    MUSTER_RETURN_IF_ERROR(ReadField(port, port_path, "hostIP", host_port.host_ip));
    out.push_back(std::move(host_port));
  }
  return OkStatus();
}

/// A pod's hostNetwork decides which ports of its containers, already read, are the node's.
static Status ReadHostPorts(const json& spec, const JsonPath& path, PodSpec& out) {
  const auto read = [&](const char* key, std::vector<Container>& containers) {
    const json* list = Find(spec, key);
    const JsonPath list_path(path, key);
    for (std::size_t i = 0; i < containers.size(); ++i) {
      const json* ports = Find(ListElement(*list, i), "ports");
      if (ports == nullptr) continue;
      const JsonPath container_path(list_path, i);
      MUSTER_RETURN_IF_ERROR(ReadHostPorts(*ports, JsonPath(container_path, "ports"),
                                           out.host_network, containers[i].host_ports));
    }
    return OkStatus();
  };
  MUSTER_RETURN_IF_ERROR(read("containers", out.containers));
  return read("initContainers", out.init_containers);
}

static Status Read(const json& value, const JsonPath& path, PodSpec& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadPlacement(value, path, out));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "hostNetwork", out.host_network));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "containers", out.containers));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "initContainers", out.init_containers));
  MUSTER_RETURN_IF_ERROR(ReadHostPorts(value, path, out));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "resourceClaims", out.resource_claims));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "volumes", out.volumes));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "overhead", out.overhead));
  if (Find(value, "resources") != nullptr) {
    MUSTER_RETURN_IF_ERROR(ReadField(value, path, "resources", out.pod_resources.emplace()));
  }
  return OkStatus();
}

static Status Read(const json& value, const JsonPath& path, PodCondition& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "type", out.type));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "status", out.status));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "reason", out.reason));
  return ReadField(value, path, "message", out.message);
}

static Status Read(const json& value, const JsonPath& path, PodStatus& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "phase", out.phase));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "podIP", out.pod_ip));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "startTime", out.start_time));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "conditions", out.conditions));
  return ReadField(value, path, "nominatedNodeName", out.nominated_node_name);
}

Status CheckKind(const json& object, const JsonPath& path, std::string_view kind) {
  MUSTER_RETURN_IF_ERROR(CheckObject(object, path));
  std::string given(kind);
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "kind", given));
  if (given == kind) return OkStatus();
  return JsonPath(path, "kind")
      .Error("'" + given.substr(0, 64) + "' given, " + std::string(kind) + " is allowed here");
}

static StatusOr<Pod> DecodePod(const json& object, JsonPath::Scalars scalars) {
  const JsonPath path(scalars);
  MUSTER_RETURN_IF_ERROR(CheckKind(object, path, "Pod"));
  Pod pod;
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "metadata", pod.metadata));
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "spec", pod.spec));
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "status", pod.status));
  return pod;
}

StatusOr<Pod> DecodePod(const json& object) {
  return DecodePod(object, JsonPath::Scalars::kStrict);
}

StatusOr<Pod> DecodePodTemplate(const json& object) {
  return DecodePod(object, JsonPath::Scalars::kAsStrings);
}

static Status Read(const json& value, const JsonPath& path, ContainerImage& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "names", out.names));
  return ReadField(value, path, "sizeBytes", out.size.value);
}

StatusOr<Node> DecodeNode(const json& object) {
  const JsonPath path(JsonPath::Scalars::kStrict);
  MUSTER_RETURN_IF_ERROR(CheckKind(object, path, "Node"));
  Node node;
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "metadata", node.metadata));
  if (const json* spec = Find(object, "spec")) {
    const JsonPath spec_path(path, "spec");
    MUSTER_RETURN_IF_ERROR(CheckObject(*spec, spec_path));
    MUSTER_RETURN_IF_ERROR(ReadField(*spec, spec_path, "unschedulable", node.unschedulable));
    MUSTER_RETURN_IF_ERROR(ReadField(*spec, spec_path, "taints", node.taints));
  }
  if (const json* status = Find(object, "status")) {
    const JsonPath status_path(path, "status");
    MUSTER_RETURN_IF_ERROR(CheckObject(*status, status_path));
    MUSTER_RETURN_IF_ERROR(ReadField(*status, status_path, "allocatable", node.allocatable));
    MUSTER_RETURN_IF_ERROR(ReadField(*status, status_path, "images", node.images));
    if (node.images.size() > kNodeImagesMax) node.images.resize(kNodeImagesMax);
  }
  return node;
}

StatusOr<ConfigMap> DecodeConfigMap(const json& object) {
  const JsonPath path(JsonPath::Scalars::kStrict);
  MUSTER_RETURN_IF_ERROR(CheckKind(object, path, "ConfigMap"));
  ConfigMap config_map;
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "metadata", config_map.metadata));
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "data", config_map.data));
  return config_map;
}

}  // namespace muster::api
