#include "scheduler/cli/judge_case.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "scheduler/api/json_codec.h"
#include "scheduler/api/json_storage.h"
#include "scheduler/api/json_workload.h"
#include "scheduler/model/cluster_model.h"

namespace muster::cli {
namespace {

using api::JsonView;

/// The elements of a list of the case, which may be absent; each is given with its place.
template <class Take>
Status ForEach(JsonView document, const char* key, Take take) {
  const JsonView list = document.Find(key);
  if (!list || list.type() == JsonView::Type::kNull) return OkStatus();
  if (!list.IsList()) return InvalidArgumentError(std::string(key) + ": a list is allowed here");
  return list.ForEachElement([&](JsonView element, std::size_t i) {
    Status status = take(element, i);
    if (status.ok()) return status;
    return Annotate(status, std::string(key) + "[" + std::to_string(i) + "]");
  });
}

Status PlaceNode(JsonView object, model::ClusterModel& model) {
  const StatusOr<api::Node> node = api::DecodeNode(object);
  if (!node.ok()) return node.status();
  if (node->metadata.name.empty()) {
    return InvalidArgumentError("metadata.name: a name belongs here");
  }
  model.Nodes().Upsert(*node, model.Names());
  return OkStatus();
}

Status PlacePod(JsonView object, std::size_t index, model::ClusterModel& model) {
  const StatusOr<api::Pod> pod = api::DecodePod(object);
  if (!pod.ok()) return pod.status();
  const model::NodeIndex node = model.Nodes().Find(pod->spec.node_name);
  if (api::IsTerminal(*pod) || node == model::kNoNode) return OkStatus();
  // Cases that a person wrote have no UIDs; two pods are two all the same.
  std::string uid = pod->metadata.uid;
  if (uid.empty() || model.FindPod(uid) != nullptr) uid = "pods[" + std::to_string(index) + "]";
  model.PlacePod(uid, node, model::MakePodInfo(*pod, model.Names()));
  return OkStatus();
}

template <class Object>
Status Take(StatusOr<Object> object, model::ClusterModel& model) {
  if (!object.ok()) return object.status();
  if constexpr (std::is_same_v<Object, api::Namespace>) {
    model.Namespaces().Upsert(*object);
  } else if constexpr (std::is_same_v<Object, api::Workload>) {
    model.Workloads().Upsert(*object);
  } else {
    model.Storage().Upsert(*std::move(object));
  }
  return OkStatus();
}

/// Kinds that no rule reads are passed over.
Status PlaceObject(JsonView object, model::ClusterModel& model) {
  const JsonView kind = object.Find("kind");
  if (!kind || kind.type() != JsonView::Type::kString) {
    return InvalidArgumentError("kind: the kind of the object belongs here");
  }
  const std::string_view name = kind.String();
  if (name == "Namespace") return Take(api::DecodeNamespace(object), model);
  if (name == "PersistentVolumeClaim") {
    return Take(api::DecodePersistentVolumeClaim(object), model);
  }
  if (name == "PersistentVolume") return Take(api::DecodePersistentVolume(object), model);
  if (name == "StorageClass") return Take(api::DecodeStorageClass(object), model);
  if (name == "CSINode") return Take(api::DecodeCsiNode(object), model);
  if (name == "CSIDriver") return Take(api::DecodeCsiDriver(object), model);
  if (name == "CSIStorageCapacity") return Take(api::DecodeCsiStorageCapacity(object), model);
  if (name == "VolumeAttachment") return Take(api::DecodeVolumeAttachment(object), model);
  if (const auto workload = api::WorkloadKindNamed(name)) {
    return Take(api::DecodeWorkload(*workload, object), model);
  }
  return OkStatus();
}

StatusOr<api::Pod> ReadPending(JsonView document) {
  const JsonView pending = document.Find("pending");
  if (!pending) return InvalidArgumentError("pending: a Pod belongs here");
  auto pod = api::DecodePod(pending);
  if (!pod.ok()) return Annotate(pod.status(), "pending");
  // Rules take a pod without a name for an executor that does not exist yet.
  if (pod->metadata.name.empty()) pod->metadata.name = "pending";
  return pod;
}

void AppendVerdicts(const model::ClusterModel& model, const framework::PreparedFilters& filters,
                    std::vector<std::int64_t>& capacity, std::string& answer) {
  filters.Capacities(model, 1, capacity);
  answer += R"({"nodes":{)";
  const char* separator = "";
  for (const model::NodeIndex node : model.Nodes().ByName()) {
    answer += separator;
    separator = ",";
    AppendJsonString(model.Nodes().Name(node), answer);
    answer += capacity[node] > 0 ? R"(:{"feasible":true,"reasons":[)"
                                 : R"(:{"feasible":false,"reasons":[)";
    if (capacity[node] == 0) {
      const char* comma = "";
      for (const framework::Refusal& refusal : filters.Explain(model, node)) {
        answer += comma;
        comma = ",";
        AppendJsonString(refusal.reason, answer);
      }
    }
    answer += "]}";
  }
  answer += "}";
}

void AppendScores(const framework::Profile& profile, const framework::PodSetView& view,
                  const model::ClusterModel& model, std::span<const std::int64_t> capacity,
                  std::string& answer) {
  std::vector<model::NodeIndex> feasible;
  for (model::NodeIndex node = 0; node < capacity.size(); ++node) {
    if (capacity[node] > 0) feasible.push_back(node);
  }
  const std::vector<std::int64_t> scores =
      framework::ScoreNodes(profile.scores, view, model, feasible);
  answer += R"(,"scores":{)";
  for (std::size_t i = 0; i < feasible.size(); ++i) {
    if (i > 0) answer += ",";
    AppendJsonString(model.Nodes().Name(feasible[i]), answer);
    answer += ":" + std::to_string(scores[i]);
  }
  answer += "}";
}

}  // namespace

Status CaseJudge::Judge(std::string_view text, std::string& answer) {
  MUSTER_ASSIGN_OR_RETURN(const JsonView document, parser_.Parse(text, bytes_max_));
  if (!document.IsObject()) {
    return InvalidArgumentError("an object with nodes, pods, objects and pending is allowed here");
  }
  model::ClusterModel model;
  MUSTER_RETURN_IF_ERROR(ForEach(document, "nodes", [&](JsonView object, std::size_t /*index*/) {
    return PlaceNode(object, model);
  }));
  MUSTER_RETURN_IF_ERROR(ForEach(document, "objects", [&](JsonView object, std::size_t /*index*/) {
    return PlaceObject(object, model);
  }));
  MUSTER_RETURN_IF_ERROR(ForEach(document, "pods", [&](JsonView object, std::size_t index) {
    return PlacePod(object, index, model);
  }));
  const StatusOr<api::Pod> pending = ReadPending(document);
  if (!pending.ok()) return pending.status();
  const model::PodInfoPtr info = model::MakePodInfo(*pending, model.Names());
  const framework::PodSetView view{*pending, *info, {}};
  std::vector<std::int64_t> capacity;
  AppendVerdicts(model, framework::PreparedFilters(profile_, view, model), capacity, answer);
  if (wanted_ == JudgeAnswer::kVerdictsAndScores) {
    AppendScores(profile_, view, model, capacity, answer);
  }
  answer += "}";
  return OkStatus();
}

void AppendJsonString(std::string_view text, std::string& out) {
  const auto needs_no_escape = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
  if (std::all_of(text.begin(), text.end(), needs_no_escape)) {
    out.append(1, '"').append(text).append(1, '"');
    return;
  }
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace muster::cli
