#include "scheduler/spark/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "scheduler/spark/references.h"
#include "scheduler/spark/utf8.h"

namespace muster::spark {
namespace {

constexpr std::string_view kOnlyTheDriver = "which only the driver can resolve";
/// Spark reads these entries all at once, and in such it replaces no references.
/// Source: org.apache.spark.resource.ResourceUtils.parseResourceRequest.
constexpr std::string_view kLiteralPrefix = "spark.executor.resource.";

/// Spark strips blanks and control characters from the values of a properties file, but keeps line
/// ends. Source: org.apache.spark.util.Utils.trimExceptCRLF.
std::string_view TrimmedExceptLineEnds(std::string_view text) {
  const auto is_kept = [](char c) {
    return static_cast<unsigned char>(c) > ' ' || c == '\r' || c == '\n';
  };
  while (!text.empty() && !is_kept(text.front())) text.remove_prefix(1);
  while (!text.empty() && !is_kept(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

template <class Number>
std::optional<Number> ParseNumber(std::string_view text) {
  // Java takes a plus sign, from_chars does not.
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [parsed_end, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || parsed_end != end) return std::nullopt;
  return number;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::optional<std::string> Settings::Text(std::string_view key) {
  const std::optional<std::string_view> entry = properties_.Find(key);
  if (!entry) return std::nullopt;
  const std::string_view value = TrimmedExceptLineEnds(*entry);
  StatusOr<std::string> text = Resolve(key, value);
  if (text.ok()) return *std::move(text);
  AddUnknown(std::string(key) + " holds " + Shown(value) + ", " +
             std::string(MessageOf(text.status())));
  return std::nullopt;
}

/// Errors: NotFound, with the end of a sentence about the value.
StatusOr<std::string> Settings::Resolve(std::string_view key, std::string_view value) const {
  if (origins_.unresolved.contains(key)) return NotFoundError(kOnlyTheDriver);
  if (value.find("${") == value.npos) return std::string(value);
  if (key.starts_with(kLiteralPrefix)) return NotFoundError("where Spark replaces nothing");
  return ReplaceReferences(value, [this](std::string_view other) { return EntryFor(other); });
}

StatusOr<std::string_view> Settings::EntryFor(std::string_view key) const {
  if (origins_.unresolved.contains(key)) return NotFoundError(kOnlyTheDriver);
  if (const auto entry = properties_.Find(key)) return TrimmedExceptLineEnds(*entry);
  // Each of Spark's own entries has a default, in a form of its own.
  return NotFoundError("and " + Shown(key) + " is not set here");
}

StatusOr<bool> Settings::Boolean(std::string_view key, bool fallback) {
  const std::optional<std::string> text = Text(key);
  if (!text) return fallback;
  const std::string lower = LowerCase(Trimmed(*text));
  if (lower == "true") return true;
  if (lower == "false") return false;
  return Refuse(key, "true or false is allowed");
}

StatusOr<std::optional<std::int64_t>> Settings::WholeNumber(std::string_view key,
                                                            std::int64_t least, std::int64_t most) {
  const std::optional<std::string> text = Text(key);
  if (!text) return std::optional<std::int64_t>();
  const std::optional<std::int64_t> number = ParseNumber<std::int64_t>(Trimmed(*text));
  if (number && *number >= least && *number <= most) return number;
  return Refuse(key, "a whole number from " + std::to_string(least) + " to " +
                         std::to_string(most) + " is allowed");
}

StatusOr<std::optional<double>> Settings::Factor(std::string_view key, bool zero_is_allowed) {
  const std::optional<std::string> text = Text(key);
  if (!text) return std::optional<double>();
  std::string_view digits = Trimmed(*text);
  // "0.1d" and "0.1f" are numbers in Java.
  if (digits.size() > 1 && std::string_view("dDfF").find(digits.back()) != digits.npos) {
    digits.remove_suffix(1);
  }
  const std::optional<double> number = ParseNumber<double>(digits);
  if (number && std::isfinite(*number) && (*number > 0 || (zero_is_allowed && *number == 0))) {
    return number;
  }
  return Refuse(key, zero_is_allowed ? "a number of zero or more (such as 0.1) is allowed"
                                     : "a number greater than zero (such as 0.1) is allowed");
}

StatusOr<std::optional<std::int64_t>> Settings::Mebibytes(std::string_view key,
                                                          SizeUnit unit_without_suffix,
                                                          std::int64_t least) {
  const std::optional<std::string> text = Text(key);
  if (!text) return std::optional<std::int64_t>();
  const StatusOr<std::int64_t> size = ParseMebibytes(*text, unit_without_suffix);
  if (!size.ok()) return Refuse(key, MessageOf(size.status()));
  if (*size < least) return Refuse(key, std::to_string(least) + "m or more is allowed");
  return std::optional<std::int64_t>(*size);
}

std::map<std::string, std::string> Settings::WithPrefix(std::string_view prefix) {
  std::map<std::string, std::string> entries;
  for (const auto& [key, value] : properties_.Sorted(prefix)) {
    if (origins_.unresolved.contains(key)) {
      Text(key);  // notes it
      continue;
    }
    entries.emplace(key.substr(prefix.size()), TrimmedExceptLineEnds(value));
  }
  return entries;
}

Status Settings::Refuse(std::string_view key, std::string_view allowed) const {
  const std::optional<std::string_view> entry = properties_.Find(key);
  const std::string where =
      origins_.from_arguments.contains(key) ? "the driver's command line" : file_;
  std::string message = where + ": " + Shown(key);
  if (entry) {
    const std::string_view value = TrimmedExceptLineEnds(*entry);
    message += "=" + Shown(value);
    const StatusOr<std::string> text = Resolve(key, value);
    if (text.ok() && *text != value) message += " (" + Shown(*text) + ")";
  } else {
    message += " is missing";
  }
  return InvalidArgumentError(message.append(": ").append(allowed));
}

void Settings::AddUnknown(std::string reason) {
  if (std::find(unknown_.begin(), unknown_.end(), reason) == unknown_.end()) {
    unknown_.push_back(std::move(reason));
  }
}

}  // namespace muster::spark
