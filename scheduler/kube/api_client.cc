#include "scheduler/kube/api_client.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "scheduler/api/json_codec.h"
#include "scheduler/kube/api_paths.h"

namespace muster::kube {
namespace {

using nlohmann::json;

constexpr char kServerTimeout[] = "?timeout=3s";
constexpr std::chrono::milliseconds kDeadline(5000);
constexpr std::size_t kNoteBytesMax = 1024;
constexpr std::size_t kAttributeBytesMax = 128;
// etcd holds at most about 1.5 MB per object.
constexpr std::size_t kObjectBytesMax = 8 * 1024 * 1024;
// What a custom resource that people write by hand never reaches.
constexpr std::size_t kCustomResourceBytesMax = 2 * 1024 * 1024;
constexpr char kMergePatch[] = "application/merge-patch+json";
constexpr char kStrategicMergePatch[] = "application/strategic-merge-patch+json";

StatusOr<std::string> NamespacedPath(std::string_view prefix, const std::string& namespace_name,
                                     std::string_view resource, const std::string& name) {
  if (!IsPathSegment(namespace_name) || !IsPathSegment(name)) {
    return InvalidArgumentError("'" + Printable(namespace_name + "/" + name, 512) +
                                "' is not a name that an API path can hold");
  }
  std::string path(prefix);
  path += "/namespaces/" + namespace_name + "/";
  path += resource;
  path += "/" + name;
  return path;
}

/// Text from pods may hold bytes that are no UTF-8; they must not fail the dump.
std::string Dump(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

HttpRequest Write(HttpMethod method, std::string target, const json& body,
                  const char* content_type) {
  HttpRequest request;
  request.method = method;
  request.target = std::move(target);
  request.body = Dump(body);
  request.content_type = content_type;
  request.deadline = kDeadline;
  request.response_bytes_max = kObjectBytesMax;
  return request;
}

StatusOr<HttpRequest> Read(std::string_view prefix, std::string_view resource,
                           const api::NamespacedName& name) {
  HttpRequest request;
  MUSTER_ASSIGN_OR_RETURN(request.target,
                          NamespacedPath(prefix, name.namespace_name, resource, name.name));
  request.target += kServerTimeout;
  request.deadline = kDeadline;
  request.response_bytes_max = kObjectBytesMax;
  return request;
}

/// The answer's body as an object that `decode` makes of it; otherwise the outcome says why not.
template <class Object, class Decode>
std::pair<core::CallOutcome, std::optional<Object>> ReadObject(const HttpResult& result,
                                                               Decode decode) {
  core::CallOutcome outcome = OutcomeOf(result, CallKind::kRead);
  if (outcome.result != core::CallResult::kOk) return {std::move(outcome), std::nullopt};
  StatusOr<json> body = api::ParseJson(result.body, kObjectBytesMax);
  Status failure = body.status();
  if (body.ok()) {
    StatusOr<Object> object = decode(*body);
    if (object.ok()) return {std::move(outcome), *std::move(object)};
    failure = object.status();
  }
  return {{core::CallResult::kInvalid, Printable(MessageOf(failure), 1024)}, std::nullopt};
}

}  // namespace

StatusOr<HttpRequest> BindRequest(const core::BindPod& bind) {
  MUSTER_ASSIGN_OR_RETURN(
      std::string path, NamespacedPath("/api/v1", bind.pod.namespace_name, "pods", bind.pod.name));
  json metadata = {
      {"name", bind.pod.name}, {"namespace", bind.pod.namespace_name}, {"uid", bind.uid}};
  if (!bind.annotations.empty()) metadata["annotations"] = bind.annotations;
  const json body = {{"apiVersion", "v1"},
                     {"kind", "Binding"},
                     {"metadata", std::move(metadata)},
                     {"target", {{"apiVersion", "v1"}, {"kind", "Node"}, {"name", bind.node}}}};
  return Write(HttpMethod::kPost, path + "/binding" + kServerTimeout, body, "application/json");
}

StatusOr<HttpRequest> ConditionRequest(const core::PatchPodCondition& patch) {
  MUSTER_ASSIGN_OR_RETURN(std::string path, NamespacedPath("/api/v1", patch.pod.namespace_name,
                                                           "pods", patch.pod.name));
  json condition = {{"type", patch.condition.type},
                    {"status", patch.condition.status},
                    {"reason", patch.condition.reason},
                    {"message", patch.condition.message},
                    {"lastTransitionTime", FormatRfc3339(patch.transition_time)}};
  json status = {{"conditions", json::array({std::move(condition)})}};
  if (patch.nominated_node) {
    status["nominatedNodeName"] =
        patch.nominated_node->empty() ? json() : json(*patch.nominated_node);
  }
  const json body = {{"metadata", {{"uid", patch.uid}}}, {"status", std::move(status)}};
  return Write(HttpMethod::kPatch, path + "/status" + kServerTimeout, body, kStrategicMergePatch);
}

StatusOr<HttpRequest> SelectNodeRequest(const core::SelectNode& select) {
  MUSTER_ASSIGN_OR_RETURN(std::string path,
                          NamespacedPath("/api/v1", select.claim.namespace_name,
                                         "persistentvolumeclaims", select.claim.name));
  const json body = {{"metadata",
                      {{"uid", select.uid},
                       {"resourceVersion", select.resource_version},
                       {"annotations", {{api::kSelectedNodeAnnotation, select.node}}}}}};
  return Write(HttpMethod::kPatch, path + kServerTimeout, body, kMergePatch);
}

StatusOr<HttpRequest> KeepVolumeRequest(const core::KeepVolume& keep) {
  if (!IsPathSegment(keep.volume)) {
    return InvalidArgumentError("'" + Printable(keep.volume, 512) +
                                "' is not a name that an API path can hold");
  }
  json metadata = {{"uid", keep.uid}, {"resourceVersion", keep.resource_version}};
  if (!keep.was_kept) metadata["annotations"] = {{api::kBoundByControllerAnnotation, "yes"}};
  const json body = {{"metadata", std::move(metadata)},
                     {"spec",
                      {{"claimRef",
                        {{"apiVersion", "v1"},
                         {"kind", "PersistentVolumeClaim"},
                         {"namespace", keep.claim.namespace_name},
                         {"name", keep.claim.name},
                         {"uid", keep.claim.uid}}}}}};
  return Write(HttpMethod::kPatch, "/api/v1/persistentvolumes/" + keep.volume + kServerTimeout,
               body, kMergePatch);
}

StatusOr<HttpRequest> DeleteRequest(const core::DeletePod& deletion) {
  MUSTER_ASSIGN_OR_RETURN(std::string path, NamespacedPath("/api/v1", deletion.pod.namespace_name,
                                                           "pods", deletion.pod.name));
  const json body = {
      {"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"preconditions", {{"uid", deletion.uid}}}};
  return Write(HttpMethod::kDelete, path + kServerTimeout, body, "application/json");
}

/// Fields that scheduling does not read, and that a namespace with Pod Security "restricted" wants.
StatusOr<HttpRequest> StandInRequest(const core::CreateStandIn& creation) {
  const api::ObjectMeta& metadata = creation.pod.metadata;
  MUSTER_ASSIGN_OR_RETURN(
      std::string path, NamespacedPath("/api/v1", metadata.namespace_name, "pods", metadata.name));
  path.resize(path.rfind('/'));  // a POST goes to the collection
  json body = api::EncodePod(creation.pod);
  json& spec = body["spec"];
  spec["restartPolicy"] = "Never";
  spec["terminationGracePeriodSeconds"] = 0;
  spec["automountServiceAccountToken"] = false;
  spec["enableServiceLinks"] = false;
  spec["securityContext"] = {{"runAsNonRoot", true},
                             {"runAsUser", 65535},
                             {"seccompProfile", {{"type", "RuntimeDefault"}}}};
  for (json& container : spec["containers"]) {
    container["securityContext"] = {{"allowPrivilegeEscalation", false},
                                    {"capabilities", {{"drop", json::array({"ALL"})}}}};
    if (!container.contains("ports")) continue;
    for (json& port : container["ports"]) port["containerPort"] = port["hostPort"];
  }
  return Write(HttpMethod::kPost, path + kServerTimeout, body, "application/json");
}

StatusOr<HttpRequest> AnnotationRequest(const core::AnnotatePod& annotation) {
  MUSTER_ASSIGN_OR_RETURN(std::string path, NamespacedPath("/api/v1", annotation.pod.namespace_name,
                                                           "pods", annotation.pod.name));
  const json body = {
      {"metadata", {{"uid", annotation.uid}, {"annotations", annotation.annotations}}}};
  return Write(HttpMethod::kPatch, path + kServerTimeout, body, kMergePatch);
}

StatusOr<HttpRequest> ConfigMapRequest(const api::NamespacedName& name) {
  return Read("/api/v1", "configmaps", name);
}

StatusOr<HttpRequest> CustomResourceRequest(const core::FetchCustomResource& fetch) {
  for (const std::string* part : {&fetch.group, &fetch.version, &fetch.plural}) {
    if (!IsPathSegment(*part)) {
      return InvalidArgumentError("'" + Printable(*part, 512) +
                                  "' is not a resource that an API path can hold");
    }
  }
  MUSTER_ASSIGN_OR_RETURN(HttpRequest request, Read("/apis/" + fetch.group + "/" + fetch.version,
                                                    fetch.plural, fetch.name));
  request.response_bytes_max = kCustomResourceBytesMax;
  return request;
}

StatusOr<HttpRequest> PodRequest(const api::NamespacedName& name) {
  return Read("/api/v1", "pods", name);
}

StatusOr<HttpRequest> EventRequest(const core::RecordEvent& event, const std::string& name,
                                   const EventReporter& reporter) {
  MUSTER_ASSIGN_OR_RETURN(
      std::string path,
      NamespacedPath("/apis/events.k8s.io/v1", event.pod.namespace_name, "events", name));
  path.resize(path.rfind('/'));  // a POST goes to the collection
  const bool warning = event.type == core::RecordEvent::Type::kWarning;
  const json body = {{"apiVersion", "events.k8s.io/v1"},
                     {"kind", "Event"},
                     {"metadata", {{"name", name}, {"namespace", event.pod.namespace_name}}},
                     {"eventTime", FormatRfc3339Micro(event.time)},
                     {"reportingController", Printable(reporter.controller, kAttributeBytesMax)},
                     {"reportingInstance", Printable(reporter.instance, kAttributeBytesMax)},
                     {"action", Printable(event.action, kAttributeBytesMax)},
                     {"reason", Printable(event.reason, kAttributeBytesMax)},
                     {"type", warning ? "Warning" : "Normal"},
                     {"note", Printable(event.note, kNoteBytesMax)},
                     {"regarding",
                      {{"apiVersion", "v1"},
                       {"kind", "Pod"},
                       {"namespace", event.pod.namespace_name},
                       {"name", event.pod.name},
                       {"uid", event.pod_uid}}}};
  return Write(HttpMethod::kPost, path + kServerTimeout, body, "application/json");
}

StatusOr<HttpRequest> EventSeriesRequest(const std::string& namespace_name, const std::string& name,
                                         int count, Time last_observed) {
  MUSTER_ASSIGN_OR_RETURN(std::string path,
                          NamespacedPath("/apis/events.k8s.io/v1", namespace_name, "events", name));
  const json body = {
      {"series", {{"count", count}, {"lastObservedTime", FormatRfc3339Micro(last_observed)}}}};
  return Write(HttpMethod::kPatch, path + kServerTimeout, body, kStrategicMergePatch);
}

core::ConfigMapFetched ReadConfigMapAnswer(core::CallId call, const HttpResult& result) {
  auto [outcome, config_map] = ReadObject<api::ConfigMap>(result, api::DecodeConfigMap);
  return {call, std::move(outcome), std::move(config_map)};
}

core::CustomResourceFetched ReadCustomResourceAnswer(core::CallId call, const HttpResult& result) {
  core::CallOutcome outcome = OutcomeOf(result, CallKind::kRead);
  if (outcome.result != core::CallResult::kOk) return {call, std::move(outcome), {}};
  return {call, std::move(outcome), result.body};
}

core::PodFetched ReadPodAnswer(core::CallId call, const HttpResult& result) {
  auto [outcome, pod] = ReadObject<api::Pod>(result, api::DecodePod);
  return {call, std::move(outcome), std::move(pod)};
}

}  // namespace muster::kube
