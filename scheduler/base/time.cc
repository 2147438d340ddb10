#include "scheduler/base/time.h"

#include <absl/time/time.h>

#include <algorithm>
#include <cstdint>

namespace muster {
namespace {

absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

absl::Time ToAbsl(Time time) { return absl::FromUnixNanos(time.time_since_epoch().count()); }

std::string Format(const char* format, Time time) {
  return absl::FormatTime(format, ToAbsl(time), absl::UTCTimeZone());
}

/// absl also takes other offsets, spaces around and "infinite-future"; Kubernetes writes none.
bool LooksLikeUtc(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() <= kShape.size() || text.size() > 64 || text.back() != 'Z') return false;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == 'd' ? !is_digit(text[i]) : text[i] != kShape[i]) return false;
  }
  const std::string_view fraction = text.substr(kShape.size(), text.size() - kShape.size() - 1);
  if (fraction.empty()) return true;
  return fraction[0] == '.' && fraction.size() > 1 &&
         std::all_of(fraction.begin() + 1, fraction.end(), is_digit);
}

/// value / unit with its fraction and no trailing zeros: 1500, 1000 -> "1.5".
std::string FormatFraction(std::uint64_t value, std::uint64_t unit) {
  std::string text = std::to_string(value / unit);
  std::uint64_t rest = value % unit;
  if (rest == 0) return text;
  text += '.';
  for (; rest != 0; rest %= unit) {
    rest *= 10;
    text += static_cast<char>('0' + rest / unit);
  }
  return text;
}

}  // namespace

StatusOr<Time> ParseRfc3339(std::string_view text) {
  const absl::Time earliest = absl::FromUnixNanos(Time::min().time_since_epoch().count());
  const absl::Time latest = absl::FromUnixNanos(Time::max().time_since_epoch().count());
  absl::Time parsed;
  std::string error;
  if (!LooksLikeUtc(text) || !absl::ParseTime(absl::RFC3339_full, ToAbsl(text), &parsed, &error) ||
      parsed < earliest || parsed > latest) {
    return InvalidArgumentError("'" + std::string(text.substr(0, 64)) +
                                "' is not an RFC 3339 time such as 2026-01-31T12:00:00Z");
  }
  return Time(Duration(absl::ToUnixNanos(parsed)));
}

std::string FormatRfc3339(Time time) { return Format("%Y-%m-%dT%H:%M:%SZ", time); }

std::string FormatRfc3339Micro(Time time) { return Format("%Y-%m-%dT%H:%M:%E6SZ", time); }

namespace {

/// Go writes and reads "3\u00b5s" (micro sign) and reads "3\u03bcs" (Greek letter); absl knows
/// "us".
std::string WithPlainMicroseconds(std::string_view text) {
  std::string plain(text);
  for (const std::string_view micro : {"\u00b5", "\u03bc"}) {
    for (std::size_t at = plain.find(micro); at != std::string::npos; at = plain.find(micro)) {
      plain.replace(at, micro.size(), "u");
    }
  }
  return plain;
}

}  // namespace

StatusOr<Duration> ParseDuration(std::string_view text) {
  constexpr absl::Duration kLongest = absl::Hours(24 * 3650);
  absl::Duration parsed;
  if (text.size() > 64 || !absl::ParseDuration(WithPlainMicroseconds(text), &parsed) ||
      parsed < absl::ZeroDuration() || parsed > kLongest) {
    return InvalidArgumentError("'" + std::string(text.substr(0, 64)) +
                                "' is not a duration such as 90s, 5m or 1h30m (at most 10 years)");
  }
  return Duration(absl::ToInt64Nanoseconds(parsed));
}

std::string FormatDuration(Duration duration) {
  constexpr std::uint64_t kMicro = 1'000;
  constexpr std::uint64_t kMilli = 1'000'000;
  constexpr std::uint64_t kSecond = 1'000'000'000;
  const auto count = duration.count();
  // Through unsigned, so that the least value has a magnitude too.
  std::uint64_t nanos = static_cast<std::uint64_t>(count);
  std::string text;
  if (count < 0) {
    nanos = 0 - nanos;
    text = "-";
  }
  if (nanos == 0) return "0s";
  if (nanos < kMicro) return text + std::to_string(nanos) + "ns";
  if (nanos < kMilli) return text + FormatFraction(nanos, kMicro) + "\u00b5s";
  if (nanos < kSecond) return text + FormatFraction(nanos, kMilli) + "ms";
  const std::uint64_t hours = nanos / (3600 * kSecond);
  const std::uint64_t minutes = nanos / (60 * kSecond) % 60;
  if (hours > 0) text += std::to_string(hours) + "h";
  if (hours > 0 || minutes > 0) text += std::to_string(minutes) + "m";
  return text + FormatFraction(nanos % (60 * kSecond), kSecond) + "s";
}

}  // namespace muster
