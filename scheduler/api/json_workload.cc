#include "scheduler/api/json_workload.h"

#include <algorithm>
#include <array>

#include "scheduler/api/json_reader.h"

// The form is that of json_codec.cc.
namespace muster::api {

// In the order of WorkloadKind.
static constexpr std::array<std::string_view, 4> kKindNames{"Service", "ReplicationController",
                                                            "ReplicaSet", "StatefulSet"};

std::optional<WorkloadKind> WorkloadKindNamed(std::string_view name) {
  const auto found = std::find(kKindNames.begin(), kKindNames.end(), name);
  if (found == kKindNames.end()) return std::nullopt;
  return static_cast<WorkloadKind>(found - kKindNames.begin());
}

StatusOr<Workload> DecodeWorkload(WorkloadKind kind, JsonView object) {
  const JsonPath document(JsonPath::Scalars::kStrict);
  MUSTER_RETURN_IF_ERROR(
      CheckKind(object, document, kKindNames.at(static_cast<std::size_t>(kind))));
  Workload out;
  out.kind = kind;
  const auto identity = [&out](JsonView metadata, const JsonPath& path) {
    return ReadFields(metadata, path, Into("name", out.metadata.name),
                      Into("namespace", out.metadata.namespace_name), Into("uid", out.metadata.uid),
                      Into("resourceVersion", out.metadata.resource_version));
  };
  const bool has_labels_only =
      kind == WorkloadKind::kService || kind == WorkloadKind::kReplicationController;
  const auto selector = [&](JsonView value, const JsonPath& path) {
    LabelSelector& read = out.selector.emplace();
    return has_labels_only ? Read(value, path, read.match_labels) : Read(value, path, read);
  };
  const auto spec = [&selector](JsonView value, const JsonPath& path) {
    return ReadFields(value, path, By("selector", selector));
  };
  MUSTER_RETURN_IF_ERROR(ReadFields(object, document, By("metadata", identity), By("spec", spec)));
  return out;
}

}  // namespace muster::api
