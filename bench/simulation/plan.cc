#include "bench/simulation/plan.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scheduler/api/json_codec.h"

namespace muster::bench {
namespace {

constexpr std::size_t kPlanBytesMax = 256 * 1024;

StatusOr<std::int64_t> ReadCount(const nlohmann::json& object, const char* key) {
  const auto position = object.find(key);
  if (position == object.end() || !position->is_number_integer() ||
      position->get<std::int64_t>() < 0) {
    return InvalidArgumentError(std::string("plan: ") + key + " is not a count");
  }
  return position->get<std::int64_t>();
}

StatusOr<ReadPlan::Set> ReadSet(const nlohmann::json& object) {
  if (!object.is_object()) return InvalidArgumentError("plan: a pod set is not an object");
  ReadPlan::Set set;
  MUSTER_ASSIGN_OR_RETURN(set.profile, ReadCount(object, "profile"));
  MUSTER_ASSIGN_OR_RETURN(set.count, ReadCount(object, "count"));
  const nlohmann::json requests = object.value("requests", nlohmann::json::object());
  for (const auto& [resource, text] : requests.items()) {
    if (!text.is_string()) return InvalidArgumentError("plan: a request is not a string");
    MUSTER_ASSIGN_OR_RETURN(set.requests[resource], Quantity::Parse(text.get<std::string>()));
  }
  const nlohmann::json slots = object.value("slots", nlohmann::json::object());
  for (const auto& [node, count] : slots.items()) {
    if (!count.is_number_integer()) return InvalidArgumentError("plan: slots are not a count");
    set.slots[node] = count.get<std::int64_t>();
  }
  return set;
}

}  // namespace

std::int64_t ReadPlan::Set::SlotCount() const {
  std::int64_t total = 0;
  for (const auto& [node, slot_count] : slots) total += slot_count;
  return total;
}

std::int64_t ReadPlan::ExecutorCount() const {
  std::int64_t total = 0;
  for (const Set& set : sets) total += set.count;
  return total;
}

std::int64_t ReadPlan::SlotsOn(const std::string& node) const {
  std::int64_t total = 0;
  for (const Set& set : sets) {
    const auto slot = set.slots.find(node);
    if (slot != set.slots.end()) total += slot->second;
  }
  return total;
}

std::set<std::string> ReadPlan::Nodes() const {
  std::set<std::string> nodes;
  for (const Set& set : sets) {
    for (const auto& [node, count] : set.slots) nodes.insert(node);
  }
  return nodes;
}

bool ReadPlan::Predicts(const api::ResourceList& requests) const {
  return std::any_of(sets.begin(), sets.end(),
                     [&](const Set& set) { return set.requests == requests; });
}

StatusOr<ReadPlan> ParsePlan(std::string_view annotation) {
  MUSTER_ASSIGN_OR_RETURN(const nlohmann::json plan, api::ParseJson(annotation, kPlanBytesMax));
  if (!plan.is_object()) return InvalidArgumentError("plan: not an object");
  MUSTER_ASSIGN_OR_RETURN(const std::int64_t version, ReadCount(plan, "version"));
  if (version != 1) return InvalidArgumentError("plan: version is not 1");
  const auto sets = plan.find("podSets");
  if (sets == plan.end() || !sets->is_array()) {
    return InvalidArgumentError("plan: podSets is not a list");
  }
  ReadPlan result;
  for (const nlohmann::json& object : *sets) {
    MUSTER_ASSIGN_OR_RETURN(ReadPlan::Set set, ReadSet(object));
    result.sets.push_back(std::move(set));
  }
  return result;
}

}  // namespace muster::bench
