#include "scheduler/api/json_view.h"

#include <simdjson.h>

#include <bit>
#include <nlohmann/json.hpp>
#include <utility>

#include "scheduler/api/json_codec.h"
#include "scheduler/base/check.h"

namespace muster::api {

using nlohmann::json;
namespace dom = simdjson::dom;

// Two words that name a place on the parser's tape.
static_assert(sizeof(dom::element) == 2 * sizeof(std::uintptr_t));
static_assert(std::is_trivially_copyable_v<dom::element>);

struct JsonView::Parsed {
  static dom::element Of(const JsonView& view) { return std::bit_cast<dom::element>(view.words_); }
  static JsonView View(dom::element element) {
    return {TypeOf(element), std::bit_cast<Words>(element)};
  }
  // By value: the library's result hands out references into itself.
  static dom::object ObjectOf(const JsonView& view) { return Of(view).get_object().value_unsafe(); }
  static dom::array ListOf(const JsonView& view) { return Of(view).get_array().value_unsafe(); }
  static const json& Dom(const JsonView& view) {
    return *reinterpret_cast<const json*>(view.words_[0]);  // NOLINT: what the constructor took
  }

  static Type TypeOf(dom::element element) {
    switch (element.type()) {
      case dom::element_type::NULL_VALUE:
        return Type::kNull;
      case dom::element_type::BOOL:
        return Type::kBoolean;
      case dom::element_type::INT64:
      case dom::element_type::UINT64:
        return Type::kInteger;
      case dom::element_type::DOUBLE:
        return Type::kFloat;
      case dom::element_type::STRING:
        return Type::kString;
      case dom::element_type::ARRAY:
        return Type::kList;
      case dom::element_type::OBJECT:
        return Type::kObject;
    }
    MUSTER_CHECK(false, "every JSON type is known");
    return Type::kNull;
  }

  static Type TypeOf(const json& value) {
    switch (value.type()) {
      case json::value_t::boolean:
        return Type::kBoolean;
      case json::value_t::number_integer:
      case json::value_t::number_unsigned:
        return Type::kInteger;
      case json::value_t::number_float:
        return Type::kFloat;
      case json::value_t::string:
        return Type::kString;
      case json::value_t::array:
        return Type::kList;
      case json::value_t::object:
        return Type::kObject;
      default:
        return Type::kNull;
    }
  }
};

JsonView::Type JsonView::TypeOfDom() const { return Parsed::TypeOf(Parsed::Dom(*this)); }

bool JsonView::Boolean() const {
  if (source_ == Source::kParsed) return Parsed::Of(*this).get_bool().value_unsafe();
  return Parsed::Dom(*this).get<bool>();
}

std::optional<std::int64_t> JsonView::Int64() const {
  if (source_ == Source::kParsed) {
    std::int64_t number = 0;
    if (Parsed::Of(*this).get_int64().get(number) != simdjson::SUCCESS) return std::nullopt;
    return number;
  }
  const json& value = Parsed::Dom(*this);
  // An unsigned value beyond int64 would wrap in get<int64_t>.
  if (value.is_number_unsigned() && !std::in_range<std::int64_t>(value.get<std::uint64_t>())) {
    return std::nullopt;
  }
  return value.get<std::int64_t>();
}

std::string_view JsonView::String() const {
  if (source_ == Source::kParsed) return Parsed::Of(*this).get_string().value_unsafe();
  return Parsed::Dom(*this).get_ref<const std::string&>();
}

std::string JsonView::ScalarText() const {
  if (source_ == Source::kDom) {
    return Parsed::Dom(*this).dump(-1, ' ', false, json::error_handler_t::replace);
  }
  const dom::element element = Parsed::Of(*this);
  switch (element.type()) {
    case dom::element_type::INT64:
      return std::to_string(element.get_int64().value_unsafe());
    case dom::element_type::UINT64:
      return std::to_string(element.get_uint64().value_unsafe());
    case dom::element_type::DOUBLE:
      return json(element.get_double().value_unsafe()).dump();
    case dom::element_type::BOOL:
      return element.get_bool().value_unsafe() ? "true" : "false";
    case dom::element_type::STRING:
      return json(std::string(String())).dump();
    default:
      return "null";
  }
}

JsonView JsonView::Find(std::string_view key) const {
  if (source_ == Source::kParsed) {
    dom::object object;
    if (Parsed::Of(*this).get(object) != simdjson::SUCCESS) return {};
    JsonView found;
    const auto end = object.end();
    for (auto field = object.begin(); field != end; ++field) {
      if (field.key_equals(key)) found = Parsed::View(field.value());
    }
    return found;
  }
  if (source_ == Source::kNone) return {};
  const json& object = Parsed::Dom(*this);
  const auto position = object.find(key);
  return position == object.end() ? JsonView() : JsonView(*position);
}

void JsonView::FindAll(std::span<const std::string_view> keys, std::span<JsonView> found) const {
  if (source_ == Source::kDom) {
    for (std::size_t i = 0; i < keys.size(); ++i) found[i] = Find(keys[i]);
    return;
  }
  const dom::object object = Parsed::ObjectOf(*this);
  const auto end = object.end();
  for (auto field = object.begin(); field != end; ++field) {
    const std::string_view key = field.key();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      // Most differ in these; it spares the call that compares the rest.
      if (keys[i].size() != key.size() || keys[i].front() != key.front()) continue;
      if (keys[i] != key) continue;
      found[i] = Parsed::View(field.value());
      break;
    }
  }
}

std::size_t JsonView::SizeHint() const {
  if (source_ == Source::kDom) return Parsed::Dom(*this).size();
  return Parsed::ListOf(*this).size();
}

Status JsonView::ForEachElement(OnElement on_element) const {
  std::size_t index = 0;
  if (source_ == Source::kDom) {
    for (const json& element : Parsed::Dom(*this)) {
      MUSTER_RETURN_IF_ERROR(on_element(element, index++));
    }
    return OkStatus();
  }
  for (const dom::element element : Parsed::ListOf(*this)) {
    MUSTER_RETURN_IF_ERROR(on_element(Parsed::View(element), index++));
  }
  return OkStatus();
}

Status JsonView::ForEachMember(OnMember on_member) const {
  if (source_ == Source::kDom) {
    for (const auto& [key, value] : Parsed::Dom(*this).get_ref<const json::object_t&>()) {
      MUSTER_RETURN_IF_ERROR(on_member(key, value));
    }
    return OkStatus();
  }
  for (const dom::key_value_pair field : Parsed::ObjectOf(*this)) {
    MUSTER_RETURN_IF_ERROR(on_member(field.key, Parsed::View(field.value)));
  }
  return OkStatus();
}

struct JsonParser::State {
  dom::parser parser;
  json fallback;
};

JsonParser::JsonParser() : state_(std::make_unique<State>()) {}
JsonParser::JsonParser(JsonParser&&) noexcept = default;
JsonParser& JsonParser::operator=(JsonParser&&) noexcept = default;
JsonParser::~JsonParser() = default;

StatusOr<JsonView> JsonParser::Parse(std::string_view text, std::size_t bytes_max) {
  constexpr std::size_t kKeptBytes = std::size_t{1} << 20;
  // The library does not count an innermost list that is empty; ParseJson judges what it refuses.
  constexpr std::size_t kNestingMax = 100;
  dom::parser& parser = state_->parser;
  if (parser.capacity() > kKeptBytes && text.size() <= kKeptBytes) parser = dom::parser();
  if (text.size() <= bytes_max) {
    const bool has_room = parser.capacity() >= text.size() && parser.max_depth() == kNestingMax;
    dom::element root;
    if ((has_room || parser.allocate(2 * text.size(), kNestingMax) == simdjson::SUCCESS) &&
        parser.parse(text.data(), text.size()).get(root) == simdjson::SUCCESS) {
      return JsonView::Parsed::View(root);
    }
  }
  // Numbers of more than 64 bits, and the words for what is wrong.
  MUSTER_ASSIGN_OR_RETURN(state_->fallback, ParseJson(text, bytes_max));
  return JsonView(state_->fallback);
}

}  // namespace muster::api
