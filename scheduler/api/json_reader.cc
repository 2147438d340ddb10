#include "scheduler/api/json_reader.h"

#include <utility>

namespace muster::api {
namespace {

using Type = JsonView::Type;

const char* NameOf(Type type) {
  switch (type) {
    case Type::kNull:
      return "null";
    case Type::kBoolean:
      return "a JSON boolean";
    case Type::kInteger:
    case Type::kFloat:
      return "a JSON number";
    case Type::kString:
      return "a JSON string";
    case Type::kList:
      return "a JSON array";
    case Type::kObject:
      return "a JSON object";
  }
  return "";
}

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

Status JsonPath::WrongType(JsonView value, std::string_view allowed) const {
  return Error(std::string(allowed) + " is allowed here, not " + NameOf(value.type()));
}

JsonView Find(JsonView object, std::string_view key) {
  const JsonView value = object.Find(key);
  return value && value.type() != Type::kNull ? value : JsonView();
}

Status CheckObject(JsonView value, const JsonPath& path) {
  return value.IsObject() ? OkStatus() : path.WrongType(value, "an object");
}

Status CheckList(JsonView value, const JsonPath& path) {
  return value.IsList() ? OkStatus() : path.WrongType(value, "a list");
}

Status Read(JsonView value, const JsonPath& path, std::string& out) {
  const Type type = value.type();
  if (type == Type::kString) {
    out = value.String();
    return OkStatus();
  }
  const bool is_scalar = type != Type::kNull && type != Type::kList && type != Type::kObject;
  if (path.scalars() == JsonPath::Scalars::kAsStrings && is_scalar) {
    out = value.ScalarText();
    return OkStatus();
  }
  return path.WrongType(value, "a string");
}

Status Read(JsonView value, const JsonPath& path, bool& out) {
  if (value.type() != Type::kBoolean) return path.WrongType(value, "true or false");
  out = value.Boolean();
  return OkStatus();
}

Status Read(JsonView value, const JsonPath& path, std::int32_t& out) {
  if (value.type() != Type::kInteger) return path.WrongType(value, "a whole number");
  const std::optional<std::int64_t> number = value.Int64();
  if (!number || !std::in_range<std::int32_t>(*number)) {
    return path.Error("a whole number of 32 bits is allowed here, not " + value.ScalarText());
  }
  out = static_cast<std::int32_t>(*number);
  return OkStatus();
}

Status Read(JsonView value, const JsonPath& path, std::int64_t& out) {
  if (value.type() != Type::kInteger) return path.WrongType(value, "a whole number");
  const std::optional<std::int64_t> number = value.Int64();
  if (!number) {
    return path.Error("a whole number of 64 bits is allowed here, not " + value.ScalarText());
  }
  out = *number;
  return OkStatus();
}

Status Read(JsonView value, const JsonPath& path, Time& out) {
  if (value.type() != Type::kString) return path.WrongType(value, "a time");
  const StatusOr<Time> time = ParseRfc3339(value.String());
  if (!time.ok()) return path.Error(MessageOf(time.status()));
  out = *time;
  return OkStatus();
}

Status Read(JsonView value, const JsonPath& path, Quantity& out) {
  const Type type = value.type();
  if (type == Type::kNull) return OkStatus();
  StatusOr<Quantity> quantity = Quantity();
  if (type == Type::kString) {
    quantity = Quantity::Parse(Trimmed(value.String()));
  } else if (type == Type::kInteger || type == Type::kFloat) {
    quantity = Quantity::Parse(value.ScalarText());
  } else {
    return path.WrongType(value, "a quantity (a string or a number)");
  }
  if (!quantity.ok()) return path.Error(MessageOf(quantity.status()));
  out = *quantity;
  return OkStatus();
}

/// Reads the members of an object into a map; keys are usually in order already.
template <class Map>
static Status ReadMap(JsonView value, const JsonPath& path, Map& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  return value.ForEachMember([&](std::string_view key, JsonView member) {
    auto& slot = out.try_emplace(out.end(), std::string(key))->second;
    slot = {};
    // A null value is an empty one for the API server.
    return member.type() == Type::kNull ? OkStatus() : Read(member, JsonPath(path, key), slot);
  });
}

Status Read(JsonView value, const JsonPath& path, StringMap& out) {
  return ReadMap(value, path, out);
}

Status Read(JsonView value, const JsonPath& path, ResourceList& out) {
  return ReadMap(value, path, out);
}

}  // namespace muster::api
