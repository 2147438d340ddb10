#include <nlohmann/json.hpp>
#include <utility>

#include "scheduler/api/json_codec.h"
#include "scheduler/api/json_volumes.h"
#include "scheduler/api/json_writer.h"

// Encoding: the inverse of json_codec.cc, field by field; what is empty is left out.
namespace muster::api {

using nlohmann::json;

void Put(json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

void Put(json& object, const char* key, json value) {
  if (!value.empty()) object[key] = std::move(value);
}

json EncodeStrings(const std::vector<std::string>& values) {
  return EncodeList(values, [](const std::string& text) { return json(text); });
}

json EncodeMap(const StringMap& map) {
  json object = json::object();
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

namespace {

json EncodeOwnerReference(const OwnerReference& owner) {
  json object = json::object();
  Put(object, "apiVersion", owner.api_version);
  Put(object, "kind", owner.kind);
  Put(object, "name", owner.name);
  Put(object, "uid", owner.uid);
  if (owner.controller) object["controller"] = true;
  return object;
}

json EncodeMetadata(const ObjectMeta& metadata) {
  json object = json::object();
  Put(object, "name", metadata.name);
  Put(object, "namespace", metadata.namespace_name);
  Put(object, "uid", metadata.uid);
  Put(object, "resourceVersion", metadata.resource_version);
  if (metadata.generation != 0) object["generation"] = metadata.generation;
  if (metadata.creation_timestamp != Time()) {
    object["creationTimestamp"] = FormatRfc3339(metadata.creation_timestamp);
  }
  if (metadata.deletion_timestamp) {
    object["deletionTimestamp"] = FormatRfc3339(*metadata.deletion_timestamp);
  }
  Put(object, "labels", EncodeMap(metadata.labels));
  Put(object, "annotations", EncodeMap(metadata.annotations));
  Put(object, "ownerReferences", EncodeList(metadata.owner_references, EncodeOwnerReference));
  return object;
}

json EncodeResources(const ResourceRequirements& resources) {
  json object = json::object();
  Put(object, "requests", EncodeResourceList(resources.requests));
  Put(object, "limits", EncodeResourceList(resources.limits));
  return object;
}

json EncodeVolumeMount(const VolumeMount& mount) {
  json object = json::object();
  Put(object, "name", mount.name);
  Put(object, "mountPath", mount.mount_path);
  Put(object, "subPath", mount.sub_path);
  return object;
}

json EncodeEnvironment(const StringMap& environment) {
  json list = json::array();
  for (const auto& [name, value] : environment) list.push_back({{"name", name}, {"value", value}});
  return list;
}

json EncodeHostPort(const HostPort& port) {
  json object = {{"hostPort", port.port}};
  Put(object, "protocol", port.protocol);
  Put(object, "hostIP", port.host_ip);
  return object;
}

json EncodeContainer(const Container& container) {
  json object = json::object();
  Put(object, "name", container.name);
  Put(object, "image", container.image);
  Put(object, "command", EncodeStrings(container.command));
  Put(object, "args", EncodeStrings(container.args));
  Put(object, "env", EncodeEnvironment(container.environment));
  Put(object, "resources", EncodeResources(container.resources));
  Put(object, "volumeMounts", EncodeList(container.volume_mounts, EncodeVolumeMount));
  Put(object, "restartPolicy", container.restart_policy);
  Put(object, "ports", EncodeList(container.host_ports, EncodeHostPort));
  return object;
}

json EncodeResourceClaim(const ResourceClaim& claim) {
  json object = json::object();
  Put(object, "name", claim.name);
  Put(object, "resourceClaimName", claim.claim_name);
  Put(object, "resourceClaimTemplateName", claim.template_name);
  return object;
}

json EncodeSpec(const PodSpec& spec) {
  json object = json::object();
  Put(object, "nodeName", spec.node_name);
  Put(object, "schedulerName", spec.scheduler_name);
  Put(object, "nodeSelector", EncodeMap(spec.node_selector));
  Put(object, "affinity", EncodeAffinity(spec));
  Put(object, "topologySpreadConstraints", EncodeTopologySpread(spec.topology_spread));
  Put(object, "tolerations", EncodeTolerations(spec.tolerations));
  Put(object, "containers", EncodeList(spec.containers, EncodeContainer));
  Put(object, "initContainers", EncodeList(spec.init_containers, EncodeContainer));
  Put(object, "volumes", EncodeList(spec.volumes, EncodeVolume));
  Put(object, "overhead", EncodeResourceList(spec.overhead));
  if (spec.pod_resources) object["resources"] = EncodeResources(*spec.pod_resources);
  Put(object, "priorityClassName", spec.priority_class_name);
  if (spec.priority != 0) object["priority"] = spec.priority;
  if (spec.never_preempts) object["preemptionPolicy"] = "Never";
  Put(object, "schedulingGates", EncodeList(spec.scheduling_gates, [](const std::string& gate) {
        return json{{"name", gate}};
      }));
  Put(object, "runtimeClassName", spec.runtime_class_name);
  if (spec.host_network) object["hostNetwork"] = true;
  Put(object, "resourceClaims", EncodeList(spec.resource_claims, EncodeResourceClaim));
  return object;
}

json EncodeImage(const ContainerImage& image) {
  json object = {{"sizeBytes", image.size.value}};
  Put(object, "names", EncodeStrings(image.names));
  return object;
}

json EncodeCondition(const PodCondition& condition) {
  json object = json::object();
  Put(object, "type", condition.type);
  Put(object, "status", condition.status);
  Put(object, "reason", condition.reason);
  Put(object, "message", condition.message);
  return object;
}

json EncodeStatus(const PodStatus& status) {
  json object = json::object();
  Put(object, "phase", status.phase);
  Put(object, "podIP", status.pod_ip);
  if (status.start_time) object["startTime"] = FormatRfc3339(*status.start_time);
  Put(object, "conditions", EncodeList(status.conditions, EncodeCondition));
  Put(object, "nominatedNodeName", status.nominated_node_name);
  return object;
}

}  // namespace

json EncodeResourceList(const ResourceList& resources) {
  json object = json::object();
  for (const auto& [name, quantity] : resources) object[name] = quantity.ToString();
  return object;
}

json EncodePod(const Pod& pod) {
  json object = {{"apiVersion", "v1"}, {"kind", "Pod"}};
  Put(object, "metadata", EncodeMetadata(pod.metadata));
  Put(object, "spec", EncodeSpec(pod.spec));
  Put(object, "status", EncodeStatus(pod.status));
  return object;
}

json EncodeNode(const Node& node) {
  json object = {{"apiVersion", "v1"}, {"kind", "Node"}};
  Put(object, "metadata", EncodeMetadata(node.metadata));
  json spec = json::object();
  if (node.unschedulable) spec["unschedulable"] = true;
  Put(spec, "taints", EncodeList(node.taints, EncodeTaint));
  Put(object, "spec", std::move(spec));
  json status = json::object();
  Put(status, "allocatable", EncodeResourceList(node.allocatable));
  Put(status, "images", EncodeList(node.images, EncodeImage));
  Put(object, "status", std::move(status));
  return object;
}

}  // namespace muster::api
