#pragma once

#include <absl/functional/function_ref.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "scheduler/base/status.h"

namespace muster::api {

/// A value of a parsed JSON document, to be read: of one that JsonParser parsed, or of a DOM that
/// somebody built. Borrows the document. Cost: to copy, two words. Threading: reading is const.
class JsonView {
 public:
  enum class Type { kNull, kBoolean, kInteger, kFloat, kString, kList, kObject };

  /// No value at all, for what is not there.
  JsonView() = default;
  /// Implicit: whoever has a DOM has a view.
  JsonView(const nlohmann::json& value)  // NOLINT(google-explicit-constructor)
      : source_(Source::kDom), words_{reinterpret_cast<std::uintptr_t>(&value), 0} {}

  explicit operator bool() const { return source_ != Source::kNone; }

  // What follows requires a value.
  Type type() const;
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

  JsonView(Source source, Words words) : source_(source), words_(words) {}
  struct Parsed;  // the parsing library stays out of this header

  Source source_ = Source::kNone;
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
