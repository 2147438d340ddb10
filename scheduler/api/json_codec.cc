#include "scheduler/api/json_codec.h"

#include <iterator>
#include <utility>

#include "scheduler/api/json_reader.h"

// Decoding. Every Read looks up the keys it knows and copies nothing else; they are in the
// namespace itself, not in an unnamed one, because the list reader finds them by argument-dependent
// lookup.
namespace muster::api {

static Status Read(JsonView value, const JsonPath& path, OwnerReference& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "apiVersion", out.api_version));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "kind", out.kind));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "name", out.name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "uid", out.uid));
  return ReadField(value, path, "controller", out.controller);
}

Status Read(JsonView value, const JsonPath& path, ObjectMeta& out) {
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

static Status Read(JsonView value, const JsonPath& path, ResourceRequirements& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "requests", out.requests));
  return ReadField(value, path, "limits", out.limits);
}

static Status Read(JsonView value, const JsonPath& path, VolumeMount& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "name", out.name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "mountPath", out.mount_path));
  return ReadField(value, path, "subPath", out.sub_path);
}

/// The literal variables of a container's "env"; those with a valueFrom are not known here.
static Status ReadEnvironment(JsonView list, const JsonPath& path, StringMap& out) {
  return ForEachElement(list, path, [&](JsonView variable, const JsonPath& variable_path) {
    MUSTER_RETURN_IF_ERROR(CheckObject(variable, variable_path));
    std::string name;
    MUSTER_RETURN_IF_ERROR(ReadField(variable, variable_path, "name", name));
    if (Find(variable, "valueFrom")) return OkStatus();
    std::string& slot = out[std::move(name)];
    slot.clear();
    return ReadField(variable, variable_path, "value", slot);
  });
}

static Status Read(JsonView value, const JsonPath& path, Container& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "name", out.name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "image", out.image));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "command", out.command));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "args", out.args));
  if (const JsonView environment = Find(value, "env")) {
    MUSTER_RETURN_IF_ERROR(ReadEnvironment(environment, JsonPath(path, "env"), out.environment));
  }
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "resources", out.resources));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "volumeMounts", out.volume_mounts));
  return ReadField(value, path, "restartPolicy", out.restart_policy);
}

static Status ReadSchedulingGates(JsonView list, const JsonPath& path,
                                  std::vector<std::string>& out) {
  return ForEachElement(list, path, [&](JsonView gate, const JsonPath& gate_path) {
    MUSTER_RETURN_IF_ERROR(CheckObject(gate, gate_path));
    return ReadField(gate, gate_path, "name", out.emplace_back());
  });
}

/// The parts of a pod's spec that say which nodes it may go to.
static Status ReadPlacement(JsonView value, const JsonPath& path, PodSpec& out) {
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "nodeName", out.node_name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "schedulerName", out.scheduler_name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "nodeSelector", out.node_selector));
  if (const JsonView affinity = Find(value, "affinity")) {
    MUSTER_RETURN_IF_ERROR(ReadAffinity(affinity, JsonPath(path, "affinity"), out));
  }
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "topologySpreadConstraints", out.topology_spread));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "tolerations", out.tolerations));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "priorityClassName", out.priority_class_name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "priority", out.priority));
  std::string preemption_policy;
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "preemptionPolicy", preemption_policy));
  out.never_preempts = preemption_policy == "Never";
  if (const JsonView gates = Find(value, "schedulingGates")) {
    MUSTER_RETURN_IF_ERROR(
        ReadSchedulingGates(gates, JsonPath(path, "schedulingGates"), out.scheduling_gates));
  }
  return ReadField(value, path, "runtimeClassName", out.runtime_class_name);
}

static Status Read(JsonView value, const JsonPath& path, ResourceClaim& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "name", out.name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "resourceClaimName", out.claim_name));
  return ReadField(value, path, "resourceClaimTemplateName", out.template_name);
}

/// The ports of one container that are ports of the node; most containers have none.
static Status ReadHostPorts(JsonView list, const JsonPath& path, bool host_network,
                            std::vector<HostPort>& out) {
  return ForEachElement(list, path, [&](JsonView port, const JsonPath& port_path) {
    MUSTER_RETURN_IF_ERROR(CheckObject(port, port_path));
    HostPort host_port;
    MUSTER_RETURN_IF_ERROR(ReadField(port, port_path, "hostPort", host_port.port));
    if (host_port.port == 0 && host_network) {
      MUSTER_RETURN_IF_ERROR(ReadField(port, port_path, "containerPort", host_port.port));
    }
    if (host_port.port == 0) return OkStatus();
    MUSTER_RETURN_IF_ERROR(ReadField(port, port_path, "protocol", host_port.protocol));
    MUSTER_RETURN_IF_ERROR(ReadField(port, port_path, "hostIP", host_port.host_ip));
    out.push_back(std::move(host_port));
    return OkStatus();
  });
}

/// A pod's hostNetwork decides which ports of its containers, already read, are the node's.
static Status ReadHostPorts(JsonView spec, const JsonPath& path, PodSpec& out) {
  const auto read = [&](const char* key, std::vector<Container>& containers) {
    if (containers.empty()) return OkStatus();
    auto container = containers.begin();
    return ForEachElement(Find(spec, key), JsonPath(path, key),
                          [&](JsonView value, const JsonPath& container_path) {
                            std::vector<HostPort>& host_ports = (container++)->host_ports;
                            const JsonView ports = Find(value, "ports");
                            if (!ports) return OkStatus();
                            return ReadHostPorts(ports, JsonPath(container_path, "ports"),
                                                 out.host_network, host_ports);
                          });
  };
  MUSTER_RETURN_IF_ERROR(read("containers", out.containers));
  return read("initContainers", out.init_containers);
}

static Status Read(JsonView value, const JsonPath& path, PodSpec& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadPlacement(value, path, out));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "hostNetwork", out.host_network));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "containers", out.containers));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "initContainers", out.init_containers));
  MUSTER_RETURN_IF_ERROR(ReadHostPorts(value, path, out));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "resourceClaims", out.resource_claims));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "volumes", out.volumes));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "overhead", out.overhead));
  if (Find(value, "resources")) {
    MUSTER_RETURN_IF_ERROR(ReadField(value, path, "resources", out.pod_resources.emplace()));
  }
  return OkStatus();
}

static Status Read(JsonView value, const JsonPath& path, PodCondition& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "type", out.type));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "status", out.status));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "reason", out.reason));
  return ReadField(value, path, "message", out.message);
}

static Status ReadActual(JsonView value, const JsonPath& path, std::optional<ResourceList>& out) {
  const JsonView resources = Find(value, "resources");
  if (!resources) return OkStatus();
  ResourceRequirements actual;
  MUSTER_RETURN_IF_ERROR(Read(resources, JsonPath(path, "resources"), actual));
  out = std::move(actual.requests);
  return OkStatus();
}

static Status Read(JsonView value, const JsonPath& path, ContainerStatus& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "name", out.name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "allocatedResources", out.allocated));
  return ReadActual(value, path, out.actual);
}

static Status Read(JsonView value, const JsonPath& path, PodStatus& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "phase", out.phase));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "podIP", out.pod_ip));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "startTime", out.start_time));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "conditions", out.conditions));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "nominatedNodeName", out.nominated_node_name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "containerStatuses", out.containers));
  std::vector<ContainerStatus> init_containers;
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "initContainerStatuses", init_containers));
  out.containers.insert(out.containers.end(), std::make_move_iterator(init_containers.begin()),
                        std::make_move_iterator(init_containers.end()));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "allocatedResources", out.allocated));
  return ReadActual(value, path, out.actual);
}

Status CheckKind(JsonView object, const JsonPath& path, std::string_view kind) {
  MUSTER_RETURN_IF_ERROR(CheckObject(object, path));
  std::string given(kind);
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "kind", given));
  if (given == kind) return OkStatus();
  return JsonPath(path, "kind")
      .Error("'" + given.substr(0, 64) + "' given, " + std::string(kind) + " is allowed here");
}

static StatusOr<Pod> DecodePod(JsonView object, JsonPath::Scalars scalars) {
  const JsonPath path(scalars);
  MUSTER_RETURN_IF_ERROR(CheckKind(object, path, "Pod"));
  Pod pod;
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "metadata", pod.metadata));
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "spec", pod.spec));
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "status", pod.status));
  return pod;
}

StatusOr<Pod> DecodePod(JsonView object) { return DecodePod(object, JsonPath::Scalars::kStrict); }

StatusOr<Pod> DecodePodTemplate(JsonView object) {
  return DecodePod(object, JsonPath::Scalars::kAsStrings);
}

static Status Read(JsonView value, const JsonPath& path, ContainerImage& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "names", out.names));
  return ReadField(value, path, "sizeBytes", out.size.value);
}

StatusOr<Node> DecodeNode(JsonView object) {
  const JsonPath path(JsonPath::Scalars::kStrict);
  MUSTER_RETURN_IF_ERROR(CheckKind(object, path, "Node"));
  Node node;
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "metadata", node.metadata));
  if (const JsonView spec = Find(object, "spec")) {
    const JsonPath spec_path(path, "spec");
    MUSTER_RETURN_IF_ERROR(CheckObject(spec, spec_path));
    MUSTER_RETURN_IF_ERROR(ReadField(spec, spec_path, "unschedulable", node.unschedulable));
    MUSTER_RETURN_IF_ERROR(ReadField(spec, spec_path, "taints", node.taints));
  }
  if (const JsonView status = Find(object, "status")) {
    const JsonPath status_path(path, "status");
    MUSTER_RETURN_IF_ERROR(CheckObject(status, status_path));
    MUSTER_RETURN_IF_ERROR(ReadField(status, status_path, "allocatable", node.allocatable));
    MUSTER_RETURN_IF_ERROR(ReadField(status, status_path, "images", node.images));
    if (node.images.size() > kNodeImagesMax) node.images.resize(kNodeImagesMax);
  }
  return node;
}

StatusOr<ConfigMap> DecodeConfigMap(JsonView object) {
  const JsonPath path(JsonPath::Scalars::kStrict);
  MUSTER_RETURN_IF_ERROR(CheckKind(object, path, "ConfigMap"));
  ConfigMap config_map;
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "metadata", config_map.metadata));
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "data", config_map.data));
  return config_map;
}

}  // namespace muster::api
