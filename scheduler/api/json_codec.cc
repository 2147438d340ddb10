#include "scheduler/api/json_codec.h"

#include <iterator>
#include <utility>

#include "scheduler/api/json_reader.h"

// Decoding. Every Read names the keys it knows and copies nothing else; they are in the
// namespace itself, not in an unnamed one, because the list reader finds them by argument-dependent
// lookup.
namespace muster::api {

static Status Read(JsonView value, const JsonPath& path, OwnerReference& out) {
  return ReadFields(value, path, Into("apiVersion", out.api_version), Into("kind", out.kind),
                    Into("name", out.name), Into("uid", out.uid),
                    Into("controller", out.controller));
}

Status Read(JsonView value, const JsonPath& path, ObjectMeta& out) {
  return ReadFields(
      value, path, Into("name", out.name), Into("namespace", out.namespace_name),
      Into("uid", out.uid), Into("resourceVersion", out.resource_version),
      Into("generation", out.generation), Into("creationTimestamp", out.creation_timestamp),
      Into("deletionTimestamp", out.deletion_timestamp), Into("labels", out.labels),
      Into("annotations", out.annotations), Into("ownerReferences", out.owner_references));
}

static Status Read(JsonView value, const JsonPath& path, ResourceRequirements& out) {
  return ReadFields(value, path, Into("requests", out.requests), Into("limits", out.limits));
}

static Status Read(JsonView value, const JsonPath& path, VolumeMount& out) {
  return ReadFields(value, path, Into("name", out.name), Into("mountPath", out.mount_path),
                    Into("subPath", out.sub_path));
}

/// The literal variables of a container's "env"; those with a valueFrom are not known here.
static Status ReadEnvironment(JsonView list, const JsonPath& path, StringMap& out) {
  return ForEachElement(list, path, [&](JsonView variable, const JsonPath& variable_path) {
    std::string name;
    std::string text;
    bool is_literal = true;
    const auto elsewhere = [&](JsonView, const JsonPath&) {
      is_literal = false;
      return OkStatus();
    };
    const auto literal = [&](JsonView value, const JsonPath& value_path) {
      return is_literal ? Read(value, value_path, text) : OkStatus();
    };
    MUSTER_RETURN_IF_ERROR(ReadFields(variable, variable_path, Into("name", name),
                                      By("valueFrom", elsewhere), By("value", literal)));
    if (is_literal) out[std::move(name)] = std::move(text);
    return OkStatus();
  });
}

static Status ReadSchedulingGates(JsonView list, const JsonPath& path,
                                  std::vector<std::string>& out) {
  return ForEachElement(list, path, [&](JsonView gate, const JsonPath& gate_path) {
    MUSTER_RETURN_IF_ERROR(CheckObject(gate, gate_path));
    return ReadField(gate, gate_path, "name", out.emplace_back());
  });
}

static Status Read(JsonView value, const JsonPath& path, ResourceClaim& out) {
  return ReadFields(value, path, Into("name", out.name), Into("resourceClaimName", out.claim_name),
                    Into("resourceClaimTemplateName", out.template_name));
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

/// A pod's hostNetwork decides which ports are the node's.
static Status ReadContainer(JsonView value, const JsonPath& path, bool host_network,
                            Container& out) {
  const auto environment = [&](JsonView list, const JsonPath& at) {
    return ReadEnvironment(list, at, out.environment);
  };
  const auto ports = [&](JsonView list, const JsonPath& at) {
    return ReadHostPorts(list, at, host_network, out.host_ports);
  };
  return ReadFields(value, path, Into("name", out.name), Into("image", out.image),
                    Into("command", out.command), Into("args", out.args), By("env", environment),
                    Into("resources", out.resources), Into("volumeMounts", out.volume_mounts),
                    Into("restartPolicy", out.restart_policy), By("ports", ports));
}

static Status ReadPreemptionPolicy(JsonView value, const JsonPath& path, bool& never) {
  std::string policy;
  MUSTER_RETURN_IF_ERROR(Read(value, path, policy));
  never = policy == "Never";
  return OkStatus();
}

static Status Read(JsonView value, const JsonPath& path, PodSpec& out) {
  const auto affinity = [&](JsonView object, const JsonPath& at) {
    return ReadAffinity(object, at, out);
  };
  const auto preemption_policy = [&](JsonView text, const JsonPath& at) {
    return ReadPreemptionPolicy(text, at, out.never_preempts);
  };
  const auto scheduling_gates = [&](JsonView list, const JsonPath& at) {
    return ReadSchedulingGates(list, at, out.scheduling_gates);
  };
  const auto into = [&](std::vector<Container>& containers) {
    return [&](JsonView list, const JsonPath& at) {
      return ForEachElement(list, at, [&](JsonView element, const JsonPath& element_path) {
        return ReadContainer(element, element_path, out.host_network, containers.emplace_back());
      });
    };
  };
  return ReadFields(
      value, path, Into("nodeName", out.node_name), Into("schedulerName", out.scheduler_name),
      Into("nodeSelector", out.node_selector), By("affinity", affinity),
      Into("topologySpreadConstraints", out.topology_spread), Into("tolerations", out.tolerations),
      Into("priorityClassName", out.priority_class_name), Into("priority", out.priority),
      By("preemptionPolicy", preemption_policy), By("schedulingGates", scheduling_gates),
      Into("runtimeClassName", out.runtime_class_name), Into("hostNetwork", out.host_network),
      By("containers", into(out.containers)), By("initContainers", into(out.init_containers)),
      Into("resourceClaims", out.resource_claims), Into("volumes", out.volumes),
      Into("overhead", out.overhead), Into("resources", out.pod_resources));
}

static Status Read(JsonView value, const JsonPath& path, PodCondition& out) {
  return ReadFields(value, path, Into("type", out.type), Into("status", out.status),
                    Into("reason", out.reason), Into("message", out.message));
}

/// The requests of "resources": what a container or a pod has.
static Status ReadActual(JsonView value, const JsonPath& path, std::optional<ResourceList>& out) {
  ResourceRequirements actual;
  MUSTER_RETURN_IF_ERROR(Read(value, path, actual));
  out = std::move(actual.requests);
  return OkStatus();
}

static Status Read(JsonView value, const JsonPath& path, ContainerStatus& out) {
  const auto actual = [&](JsonView resources, const JsonPath& at) {
    return ReadActual(resources, at, out.actual);
  };
  return ReadFields(value, path, Into("name", out.name), Into("allocatedResources", out.allocated),
                    By("resources", actual));
}

static Status Read(JsonView value, const JsonPath& path, PodStatus& out) {
  const auto actual = [&](JsonView resources, const JsonPath& at) {
    return ReadActual(resources, at, out.actual);
  };
  std::vector<ContainerStatus> init_containers;
  MUSTER_RETURN_IF_ERROR(ReadFields(
      value, path, Into("phase", out.phase), Into("podIP", out.pod_ip),
      Into("startTime", out.start_time), Into("conditions", out.conditions),
      Into("nominatedNodeName", out.nominated_node_name), Into("containerStatuses", out.containers),
      Into("initContainerStatuses", init_containers), Into("allocatedResources", out.allocated),
      By("resources", actual)));
  out.containers.insert(out.containers.end(), std::make_move_iterator(init_containers.begin()),
                        std::make_move_iterator(init_containers.end()));
  return OkStatus();
}

/// An object may say its kind; a list's items do not.
static Status CheckKindName(JsonView value, const JsonPath& path, std::string_view kind) {
  std::string given;
  MUSTER_RETURN_IF_ERROR(Read(value, path, given));
  if (given == kind) return OkStatus();
  return path.Error("'" + given.substr(0, 64) + "' given, " + std::string(kind) +
                    " is allowed here");
}

Status CheckKind(JsonView object, const JsonPath& path, std::string_view kind) {
  MUSTER_RETURN_IF_ERROR(CheckObject(object, path));
  const JsonView given = Find(object, "kind");
  return given ? CheckKindName(given, JsonPath(path, "kind"), kind) : OkStatus();
}

static Status Read(JsonView value, const JsonPath& path, Pod& out) {
  const auto kind = [](JsonView text, const JsonPath& at) {
    return CheckKindName(text, at, "Pod");
  };
  return ReadFields(value, path, By("kind", kind), Into("metadata", out.metadata),
                    Into("spec", out.spec), Into("status", out.status));
}

/// Decoded where it is returned: a pod has many parts to move.
template <class Object>
static StatusOr<Object> Decode(JsonView value, JsonPath::Scalars scalars) {
  StatusOr<Object> object(absl::in_place);
  if (Status status = Read(value, JsonPath(scalars), *object); !status.ok()) {
    object = std::move(status);
  }
  return object;
}

StatusOr<Pod> DecodePod(JsonView object) { return Decode<Pod>(object, JsonPath::Scalars::kStrict); }

StatusOr<Pod> DecodePodTemplate(JsonView object) {
  return Decode<Pod>(object, JsonPath::Scalars::kAsStrings);
}

static Status Read(JsonView value, const JsonPath& path, ContainerImage& out) {
  return ReadFields(value, path, Into("names", out.names), Into("sizeBytes", out.size.value));
}

static Status Read(JsonView value, const JsonPath& path, Node& out) {
  const auto kind = [](JsonView text, const JsonPath& at) {
    return CheckKindName(text, at, "Node");
  };
  const auto spec = [&](JsonView object, const JsonPath& at) {
    return ReadFields(object, at, Into("unschedulable", out.unschedulable),
                      Into("taints", out.taints));
  };
  const auto status = [&](JsonView object, const JsonPath& at) {
    return ReadFields(object, at, Into("allocatable", out.allocatable), Into("images", out.images));
  };
  MUSTER_RETURN_IF_ERROR(ReadFields(value, path, By("kind", kind), Into("metadata", out.metadata),
                                    By("spec", spec), By("status", status)));
  if (out.images.size() > kNodeImagesMax) out.images.resize(kNodeImagesMax);
  return OkStatus();
}

StatusOr<Node> DecodeNode(JsonView object) {
  return Decode<Node>(object, JsonPath::Scalars::kStrict);
}

static Status Read(JsonView value, const JsonPath& path, ConfigMap& out) {
  const auto kind = [](JsonView text, const JsonPath& at) {
    return CheckKindName(text, at, "ConfigMap");
  };
  return ReadFields(value, path, By("kind", kind), Into("metadata", out.metadata),
                    Into("data", out.data));
}

StatusOr<ConfigMap> DecodeConfigMap(JsonView object) {
  return Decode<ConfigMap>(object, JsonPath::Scalars::kStrict);
}

}  // namespace muster::api
