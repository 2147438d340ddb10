#include "scheduler/api/json_reader.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace muster::api {
namespace {

using nlohmann::json;

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace

std::string JsonPath::ToString() const {
  if (parent_ == nullptr) return "";
  std::string text = parent_->ToString();
  if (key_.data() == nullptr) return text + "[" + std::to_string(index_) + "]";
  // Keys with a point in them (labels, resources) are shown as kubectl's JSONPath writes them.
  if (key_.find('.') != key_.npos) return text + "['" + std::string(key_.substr(0, 128)) + "']";
  if (!text.empty()) text += '.';
  return text.append(key_.substr(0, 128));
}

Status JsonPath::Error(std::string_view problem) const {
  const Status status = InvalidArgumentError(problem);
  return parent_ == nullptr ? status : Annotate(status, ToString());
}

Status JsonPath::WrongType(const json& value, std::string_view allowed) const {
  return Error(std::string(allowed) + " is allowed here, not " +
               (value.is_null() ? "null" : "a JSON " + std::string(value.type_name())));
}

const json* Find(const json& object, const char* key) {
  const auto position = object.find(key);
  if (position == object.end() || position->is_null()) return nullptr;
  return &*position;
}

Status CheckObject(const json& value, const JsonPath& path) {
  return value.is_object() ? OkStatus() : path.WrongType(value, "an object");
}

StatusOr<std::size_t> ListSize(const json& value, const JsonPath& path) {
  if (!value.is_array()) return path.WrongType(value, "a list");
  return value.size();
}

const json& ListElement(const json& list, std::size_t index) { return list[index]; }

Status Read(const json& value, const JsonPath& path, std::string& out) {
  if (const auto* text = value.get_ptr<const std::string*>()) {
    out = *text;
    return OkStatus();
  }
  if (path.scalars() == JsonPath::Scalars::kAsStrings && value.is_primitive() && !value.is_null()) {
    out = value.dump();
    return OkStatus();
  }
  return path.WrongType(value, "a string");
}

Status Read(const json& value, const JsonPath& path, bool& out) {
  if (!value.is_boolean()) return path.WrongType(value, "true or false");
  out = value.get<bool>();
  return OkStatus();
}

Status Read(const json& value, const JsonPath& path, std::int32_t& out) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (!value.is_number_integer()) return path.WrongType(value, "a whole number");
  // An unsigned value beyond int64 would wrap in get<int64_t>.
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{kMost}) {
    return path.Error("a whole number of 32 bits is allowed here, not " + value.dump());
  }
  const std::int64_t number = value.get<std::int64_t>();
  if (number < kLeast || number > kMost) {
    return path.Error("a whole number of 32 bits is allowed here, not " + value.dump());
  }
  out = static_cast<std::int32_t>(number);
  return OkStatus();
}

Status Read(const json& value, const JsonPath& path, std::int64_t& out) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (!value.is_number_integer()) return path.WrongType(value, "a whole number");
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{kMost}) {
    return path.Error("a whole number of 64 bits is allowed here, not " + value.dump());
  }
  out = value.get<std::int64_t>();
  return OkStatus();
}

Status Read(const json& value, const JsonPath& path, Time& out) {
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr) return path.WrongType(value, "a time");
  const StatusOr<Time> time = ParseRfc3339(*text);
  if (!time.ok()) return path.Error(MessageOf(time.status()));
  out = *time;
  return OkStatus();
}

Status Read(const json& value, const JsonPath& path, Quantity& out) {
  if (value.is_null()) return OkStatus();
  StatusOr<Quantity> quantity = Quantity();
  if (const auto* text = value.get_ptr<const std::string*>()) {
    quantity = Quantity::Parse(Trimmed(*text));
  } else if (value.is_number()) {
    quantity = Quantity::Parse(value.dump());
  } else {
    return path.WrongType(value, "a quantity (a string or a number)");
  }
  if (!quantity.ok()) return path.Error(MessageOf(quantity.status()));
  out = *quantity;
  return OkStatus();
}

Status Read(const json& value, const JsonPath& path, StringMap& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  for (const auto& [key, text] : value.get_ref<const json::object_t&>()) {
    // A null value is an empty string for the API server.
    std::string& slot = out.emplace_hint(out.end(), key, std::string())->second;
    if (!text.is_null()) MUSTER_RETURN_IF_ERROR(Read(text, JsonPath(path, key), slot));
  }
  return OkStatus();
}

Status Read(const json& value, const JsonPath& path, ResourceList& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  for (const auto& [key, quantity] : value.get_ref<const json::object_t&>()) {
    Quantity& slot = out.emplace_hint(out.end(), key, Quantity())->second;
    MUSTER_RETURN_IF_ERROR(Read(quantity, JsonPath(path, key), slot));
  }
  return OkStatus();
}

}  // namespace muster::api
