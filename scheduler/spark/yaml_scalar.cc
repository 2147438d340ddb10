#include "scheduler/spark/yaml_scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace muster::spark {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// One of the three ways to write a word: "yes", "Yes", "YES".
bool IsWord(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  const auto upper = [](char c) { return static_cast<char>(c - 'a' + 'A'); };
  bool all_lower = true;
  bool all_upper = true;
  bool capitalized = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_lower = text[i] == lower[i];
    const bool is_upper = text[i] == upper(lower[i]);
    all_lower = all_lower && is_lower;
    all_upper = all_upper && is_upper;
    capitalized = capitalized && (i == 0 ? is_upper : is_lower);
  }
  return all_lower || all_upper || capitalized;
}

std::optional<bool> ReadBoolean(std::string_view text) {
  for (const std::string_view word : {"true", "yes", "on"}) {
    if (IsWord(text, word)) return true;
  }
  for (const std::string_view word : {"false", "no", "off"}) {
    if (IsWord(text, word)) return false;
  }
  return std::nullopt;
}

/// Digits of one base, all of them, with a sign in front.
std::optional<std::int64_t> ReadInteger(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0b") || text.starts_with("0o")) {
    base = text[1] == 'x' ? 16 : text[1] == 'b' ? 2 : 8;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
    text.remove_prefix(1);
  }
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  if (text.empty() || text[0] == '-') return std::nullopt;
  const auto [parsed_end, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc() || parsed_end != end) return std::nullopt;
  return is_negative ? -number : number;
}

std::optional<double> ReadFloat(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  // from_chars also knows "inf" and "nan" without a point, which are words in YAML.
  const bool is_numeric = std::all_of(text.begin(), text.end(), [](char c) {
    return IsDigit(c) || c == '.' || c == 'e' || c == 'E' || c == '-' || c == '+';
  });
  if (!is_numeric || std::none_of(text.begin(), text.end(), IsDigit)) return std::nullopt;
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed_end, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || parsed_end != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

}  // namespace

nlohmann::json ResolvePlainScalar(const std::string& text) {
  constexpr std::size_t kNumberLengthMax = 64;
  if (text.empty() || text == "~" || IsWord(text, "null")) return nullptr;
  if (const auto boolean = ReadBoolean(text)) return *boolean;
  const bool may_be_number = IsDigit(text[0]) || text[0] == '-' || text[0] == '+' || text[0] == '.';
  if (!may_be_number || text.size() > kNumberLengthMax) return text;
  std::string digits = text;
  digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
  if (const auto integer = ReadInteger(digits)) return *integer;
  if (const auto number = ReadFloat(digits)) return *number;
  return text;
}

}  // namespace muster::spark
