#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

#include "scheduler/api/json_view.h"
#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"

/// Kubernetes objects from and to their JSON form. Unknown fields are skipped, null is absent; a
/// field of the wrong type or a quantity that does not parse is an InvalidArgument that names its
/// path ("spec.containers[0].resources.requests.memory: ...").
/// Cost: one walk over each object. Ownership: results are copies. Threading: pure functions.
namespace muster::api {

StatusOr<Pod> DecodePod(JsonView object);
StatusOr<Node> DecodeNode(JsonView object);
StatusOr<ConfigMap> DecodeConfigMap(JsonView object);

/// Decodes a PodTemplate-like object: {"metadata":{..},"spec":{..}}; both may be absent. This is
/// what an executor pod template holds. Unlike the API server, Spark's client takes a number or a
/// boolean where a string belongs (a label `version: 2`), so they become strings here.
StatusOr<Pod> DecodePodTemplate(JsonView object);

/// Parses JSON text into a DOM without exceptions. `bytes_max` and a nesting limit of 100 bound the
/// work on hostile input. Errors: InvalidArgument.
StatusOr<nlohmann::json> ParseJson(std::string_view text, std::size_t bytes_max);

nlohmann::json EncodeResourceList(const ResourceList& resources);
nlohmann::json EncodeTolerations(const std::vector<Toleration>& tolerations);
/// The pod as JSON: exactly the fields that DecodePod reads, empty ones left out.
nlohmann::json EncodePod(const Pod& pod);
nlohmann::json EncodeNode(const Node& node);

}  // namespace muster::api
