#include "scheduler/kube/object_decoder.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "scheduler/api/json_codec.h"
#include "scheduler/kube/api_status.h"

namespace muster::kube {
namespace {

SeenObject Describe(const api::ObjectMeta& metadata) {
  SeenObject seen;
  seen.name = api::NameOf(metadata);
  seen.uid = metadata.uid;
  seen.resource_version = metadata.resource_version;
  return seen;
}

StatusOr<SeenObject> Decode(core::ResourceKind kind, const nlohmann::json& object) {
  SeenObject seen;
  if (kind == core::ResourceKind::kPod) {
    MUSTER_ASSIGN_OR_RETURN(api::Pod pod, api::DecodePod(object));
    seen = Describe(pod.metadata);
    seen.observed = core::PodObserved{std::move(pod)};
  } else {
    MUSTER_ASSIGN_OR_RETURN(api::Node node, api::DecodeNode(object));
    seen = Describe(node.metadata);
    seen.observed = core::NodeObserved{std::move(node)};
  }
  if (seen.name.name.empty() || seen.uid.empty()) {
    return InvalidArgumentError("metadata.name and metadata.uid must be set");
  }
  return seen;
}

}  // namespace

api::NamespacedName NameOfObject(const nlohmann::json& object) {
  if (!object.is_object()) return {};
  auto metadata = object.find("metadata");
  if (metadata == object.end()) return {};
  return {TextAt(*metadata, "namespace"), TextAt(*metadata, "name")};
}

StatusOr<SeenObject> DecodeSeenObject(core::ResourceKind kind, const nlohmann::json& object) {
  StatusOr<SeenObject> seen = Decode(kind, object);
  if (!seen.ok()) {
    return Annotate(seen.status(), Printable(NameOfObject(object).ToString(), 512));
  }
  return seen;
}

}  // namespace muster::kube
