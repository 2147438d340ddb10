#pragma once

#include <absl/functional/function_ref.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "scheduler/base/status.h"

namespace muster::api {

/// A value of a parsed JSON document, to be read: of one that JsonParser parsed, or of a DOM that
/// somebody built. Borrows the document. Cost: to copy, two words. Threading: reading is const.
class JsonView {
 public:
  enum class Type : std::uint8_t { kNull, kBoolean, kInteger, kFloat, kString, kList, kObject };

  /// No value at all, for what is not there.
  JsonView() = default;
  /// Implicit: whoever has a DOM has a view.
  JsonView(const nlohmann::json& value)  // NOLINT(google-explicit-constructor)
      : source_(Source::kDom), words_{reinterpret_cast<std::uintptr_t>(&value), 0} {}

  explicit operator bool() const { return source_ != Source::kNone; }

  // What follows requires a value.
  Type type() const { return source_ == Source::kParsed ? type_ : TypeOfDom(); }
  bool IsObject() const { return type() == Type::kObject; }
  bool IsList() const { return type() == Type::kList; }

  bool Boolean() const;                       // requires kBoolean
  std::optional<std::int64_t> Int64() const;  // requires kInteger; empty: it does not fit
  std::string_view String() const;            // requires kString
  /// The value as JSON text; for numbers, booleans and errors. Requires: no list, no object.
  std::string ScalarText() const;

  /// The value of a key, the last one where it is repeated. Absent when there is none, and in what
  /// is no object. Cost: O(keys).
  JsonView Find(std::string_view key) const;
  /// The same for all `keys`, each named once, in one walk: found[i] is the value of keys[i].
  /// Requires kObject, and as many of one as of the other, all of them absent.
  void FindAll(std::span<const std::string_view> keys, std::span<JsonView> found) const;
  /// How many elements a list has. Requires kList. Cost: O(1); large lists may say less.
  std::size_t SizeHint() const;

  using OnElement = absl::FunctionRef<Status(JsonView element, std::size_t index)>;
  using OnMember = absl::FunctionRef<Status(std::string_view key, JsonView value)>;
  /// Calls for each element until one is not well, and returns that. Requires kList.
  Status ForEachElement(OnElement on_element) const;
  /// The same for the keys of an object, in no order that means something. Requires kObject.
  Status ForEachMember(OnMember on_member) const;

 private:
  friend class JsonParser;
  enum class Source : std::uint8_t { kNone, kDom, kParsed };
  using Words = std::array<std::uintptr_t, 2>;

  JsonView(Type type, Words words) : source_(Source::kParsed), type_(type), words_(words) {}
  struct Parsed;  // the parsing library stays out of this header
  Type TypeOfDom() const;

  Source source_ = Source::kNone;
  Type type_ = Type::kNull;  // of kParsed
  Words words_{};
};

/// Parses JSON text many times over, with the same memory.
/// Cost: about 1 ns a byte; memory of ten times the largest text, given back after one of more than
/// a mebibyte. Threading: one thread.
class JsonParser {
 public:
  JsonParser();
  JsonParser(JsonParser&&) noexcept;
  JsonParser& operator=(JsonParser&&) noexcept;
  JsonParser(const JsonParser&) = delete;
  JsonParser& operator=(const JsonParser&) = delete;
  ~JsonParser();

  /// The value of the whole text, until the next call. `bytes_max` and a nesting limit of 100 bound
  /// the work on hostile input; what is accepted is what ParseJson accepts.
  /// Errors: InvalidArgument, those of ParseJson.
  StatusOr<JsonView> Parse(std::string_view text, std::size_t bytes_max);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace muster::api
