#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "scheduler/api/objects.h"

/// Private to the codec: writing of fields that leaves out what is empty.
namespace muster::api {

void Put(nlohmann::json& object, const char* key, const std::string& text);
/// A JSON object or list that is not empty.
void Put(nlohmann::json& object, const char* key, nlohmann::json value);

/// `encode` makes the JSON of one value; this header knows no more of JSON than its name.
template <class T, class Encode>
auto EncodeList(const std::vector<T>& values, Encode encode) {
  using Json = std::invoke_result_t<Encode, const T&>;
  Json list = Json::array();
  for (const T& value : values) list.push_back(encode(value));
  return list;
}

nlohmann::json EncodeStrings(const std::vector<std::string>& values);
nlohmann::json EncodeMap(const StringMap& map);
nlohmann::json EncodeSelector(const LabelSelector& selector);
nlohmann::json EncodeTaint(const Taint& taint);
/// The three parts of a pod's "affinity".
nlohmann::json EncodeAffinity(const PodSpec& spec);
nlohmann::json EncodeTopologySpread(const std::vector<TopologySpreadConstraint>& constraints);

}  // namespace muster::api
