#include "scheduler/kube/lease.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "scheduler/api/json_codec.h"
#include "scheduler/kube/api_paths.h"
#include "scheduler/kube/api_status.h"

namespace muster::kube {
namespace {

using nlohmann::json;

constexpr std::size_t kLeaseBytesMax = 64 * 1024;

StatusOr<std::string> PathOf(const api::NamespacedName& name) {
  if (!IsPathSegment(name.namespace_name) || !IsPathSegment(name.name)) {
    return InvalidArgumentError("'" + Printable(name.ToString(), 512) +
                                "' is not a name that an API path can hold");
  }
  return "/apis/coordination.k8s.io/v1/namespaces/" + name.namespace_name + "/leases/" + name.name;
}

HttpRequest Write(HttpMethod method, std::string target, json metadata, const LeaseRecord& record) {
  const json body = {{"apiVersion", "coordination.k8s.io/v1"},
                     {"kind", "Lease"},
                     {"metadata", std::move(metadata)},
                     {"spec",
                      {{"holderIdentity", record.holder},
                       {"leaseDurationSeconds", record.duration_seconds},
                       {"acquireTime", record.acquire_time},
                       {"renewTime", record.renew_time},
                       {"leaseTransitions", record.transitions}}}};
  HttpRequest request;
  request.method = method;
  request.target = std::move(target);
  request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  request.content_type = "application/json";
  request.response_bytes_max = kLeaseBytesMax;
  return request;
}

/// A number of the spec; absent means 0, as for the server.
StatusOr<std::int32_t> Number(const json& spec, const char* key) {
  const auto member = spec.find(key);
  if (member == spec.end() || member->is_null()) return 0;
  constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
  if (!member->is_number_integer() || member->get<std::int64_t>() < 0 ||
      member->get<std::int64_t>() > kMax) {
    return InvalidArgumentError("the Lease's spec." + std::string(key) +
                                " is no number from 0 to " + std::to_string(kMax));
  }
  return member->get<std::int32_t>();
}

StatusOr<Lease> Decode(const std::string& text) {
  MUSTER_ASSIGN_OR_RETURN(const json object, api::ParseJson(text, kLeaseBytesMax));
  if (!object.is_object() || !object.contains("metadata") || !object["metadata"].is_object()) {
    return InvalidArgumentError("the answer is no Lease");
  }
  Lease lease;
  lease.metadata = object["metadata"].dump();
  const auto spec = object.find("spec");
  if (spec == object.end() || !spec->is_object()) return lease;  // nobody has ever held it
  lease.record.holder = TextAt(*spec, "holderIdentity");
  lease.record.acquire_time = TextAt(*spec, "acquireTime");
  lease.record.renew_time = TextAt(*spec, "renewTime");
  MUSTER_ASSIGN_OR_RETURN(lease.record.duration_seconds, Number(*spec, "leaseDurationSeconds"));
  MUSTER_ASSIGN_OR_RETURN(lease.record.transitions, Number(*spec, "leaseTransitions"));
  return lease;
}

}  // namespace

StatusOr<HttpRequest> LeaseReadRequest(const api::NamespacedName& name) {
  HttpRequest request;
  MUSTER_ASSIGN_OR_RETURN(request.target, PathOf(name));
  request.response_bytes_max = kLeaseBytesMax;
  return request;
}

StatusOr<HttpRequest> LeaseCreateRequest(const api::NamespacedName& name,
                                         const LeaseRecord& record) {
  MUSTER_ASSIGN_OR_RETURN(std::string path, PathOf(name));
  path.resize(path.rfind('/'));  // a POST goes to the collection
  json metadata = {{"name", name.name}, {"namespace", name.namespace_name}};
  return Write(HttpMethod::kPost, std::move(path), std::move(metadata), record);
}

StatusOr<HttpRequest> LeaseUpdateRequest(const api::NamespacedName& name, const Lease& lease) {
  MUSTER_ASSIGN_OR_RETURN(std::string path, PathOf(name));
  MUSTER_ASSIGN_OR_RETURN(json metadata, api::ParseJson(lease.metadata, kLeaseBytesMax));
  return Write(HttpMethod::kPut, std::move(path), std::move(metadata), lease.record);
}

LeaseAnswer ReadLeaseAnswer(const HttpResult& result) {
  using Result = LeaseAnswer::Result;
  const bool answered = result.delivery == Delivery::kAnswered;
  if (!answered || result.status < 200 || result.status >= 300) {
    Result kind = Result::kFailed;
    if (answered && result.status == 404) kind = Result::kNotFound;
    if (answered && result.status == 409) kind = Result::kConflict;
    return {kind, std::nullopt, DescribeFailure(result)};
  }
  if (!result.body_complete) return {Result::kFailed, std::nullopt, "cut off: " + result.error};
  StatusOr<Lease> lease = Decode(result.body);
  if (!lease.ok()) return {Result::kFailed, std::nullopt, std::string(MessageOf(lease.status()))};
  return {Result::kOk, *std::move(lease), {}};
}

}  // namespace muster::kube
