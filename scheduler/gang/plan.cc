#include "scheduler/gang/plan.h"

#include <nlohmann/json.hpp>

#include "scheduler/api/json_codec.h"

namespace muster::gang {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;
constexpr std::size_t kBytesMax =
    256 * 1024;  // Kubernetes' own limit for all annotations of an object

Status Malformed(std::string_view what) {
  return InvalidArgumentError("not a plan: " + std::string(what));
}

StatusOr<std::int64_t> WholeNumber(const Json& object, const char* key, std::int64_t largest) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) {
    return Malformed(std::string(key) + " is not a whole number");
  }
  const auto value = found->get<std::int64_t>();
  if (value < 0 || value > largest) return Malformed(std::string(key) + " is out of range");
  return value;
}

StatusOr<api::ResourceList> DecodeRequests(const Json& object) {
  api::ResourceList requests;
  for (const auto& [name, value] : object.items()) {
    if (!value.is_string()) return Malformed("a request is not a string");
    MUSTER_ASSIGN_OR_RETURN(requests[name], Quantity::Parse(value.get_ref<const std::string&>()));
  }
  return requests;
}

StatusOr<Plan::PodSet> DecodePodSet(const Json& object, std::int64_t slots_max) {
  if (!object.is_object()) return Malformed("a pod set is not an object");
  Plan::PodSet pod_set;
  MUSTER_ASSIGN_OR_RETURN(const std::int64_t profile, WholeNumber(object, "profile", INT32_MAX));
  pod_set.profile = static_cast<std::int32_t>(profile);
  MUSTER_ASSIGN_OR_RETURN(pod_set.count, WholeNumber(object, "count", slots_max));
  if (object.contains("min")) {
    MUSTER_ASSIGN_OR_RETURN(pod_set.min, WholeNumber(object, "min", pod_set.count));
  }
  const auto requests = object.find("requests");
  const auto slots = object.find("slots");
  if (requests == object.end() || !requests->is_object()) return Malformed("no requests");
  if (slots == object.end() || !slots->is_object()) return Malformed("no slots");
  MUSTER_ASSIGN_OR_RETURN(pod_set.requests, DecodeRequests(*requests));
  for (const auto& [node, unused] : slots->items()) {
    MUSTER_ASSIGN_OR_RETURN(pod_set.slots[node], WholeNumber(*slots, node.c_str(), slots_max));
  }
  return pod_set;
}

}  // namespace

std::string EncodePlan(const Plan& plan) {
  Json pod_sets = Json::array();
  for (const Plan::PodSet& pod_set : plan.pod_sets) {
    Json encoded{{"profile", pod_set.profile},
                 {"count", pod_set.count},
                 {"requests", api::EncodeResourceList(pod_set.requests)},
                 {"slots", pod_set.slots}};
    if (pod_set.min) encoded["min"] = *pod_set.min;
    pod_sets.push_back(std::move(encoded));
  }
  return Json{{"version", kVersion}, {"podSets", std::move(pod_sets)}}.dump();
}

StatusOr<Plan> DecodePlan(std::string_view text, std::int64_t slots_max) {
  MUSTER_ASSIGN_OR_RETURN(const Json object, api::ParseJson(text, kBytesMax));
  if (!object.is_object()) return Malformed("not an object");
  MUSTER_ASSIGN_OR_RETURN(const std::int64_t version, WholeNumber(object, "version", INT32_MAX));
  if (version != kVersion) return Malformed("version " + std::to_string(version) + " is unknown");
  const auto pod_sets = object.find("podSets");
  if (pod_sets == object.end() || !pod_sets->is_array()) return Malformed("no podSets");
  Plan plan;
  std::int64_t slots_in_all = 0;
  for (const Json& entry : *pod_sets) {
    MUSTER_ASSIGN_OR_RETURN(Plan::PodSet pod_set, DecodePodSet(entry, slots_max));
    for (const auto& [node, count] : pod_set.slots) slots_in_all += count;
    if (slots_in_all > slots_max) return Malformed("too many slots");
    plan.pod_sets.push_back(std::move(pod_set));
  }
  return plan;
}

}  // namespace muster::gang
