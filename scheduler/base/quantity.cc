#include "scheduler/base/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace muster {
namespace {

__extension__ using Int128 = __int128;

constexpr Int128 kNanosPerUnit = 1'000'000'000;
constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
constexpr Int128 kLargestNanos = static_cast<Int128>(kLargest) * kNanosPerUnit;

/// The suffix of a quantity as base^exponent: 10^exponent or 2^exponent.
struct Scale {
  int base;
  int exponent;
  bool written_as_exponent = false;
};

struct NamedScale {
  std::string_view suffix;
  Scale scale;
};

constexpr std::array<NamedScale, 16> kScales{{{"n", {10, -9}},
                                              {"u", {10, -6}},
                                              {"m", {10, -3}},
                                              {"", {10, 0}},
                                              {"k", {10, 3}},
                                              {"M", {10, 6}},
                                              {"G", {10, 9}},
                                              {"T", {10, 12}},
                                              {"P", {10, 15}},
                                              {"E", {10, 18}},
                                              {"Ki", {2, 10}},
                                              {"Mi", {2, 20}},
                                              {"Gi", {2, 30}},
                                              {"Ti", {2, 40}},
                                              {"Pi", {2, 50}},
                                              {"Ei", {2, 60}}}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::optional<Scale> ParseScale(std::string_view suffix) {
  for (const NamedScale& named : kScales) {
    if (named.suffix == suffix) return named.scale;
  }
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return std::nullopt;
  suffix.remove_prefix(1);
  const bool negative = suffix[0] == '-';
  if (suffix[0] == '-' || suffix[0] == '+') suffix.remove_prefix(1);
  if (suffix.empty() || !std::all_of(suffix.begin(), suffix.end(), IsDigit)) return std::nullopt;
  // Kubernetes reads 64 bits and keeps 32 of them.
  std::uint64_t magnitude = 0;
  const char* end = suffix.data() + suffix.size();
  if (std::from_chars(suffix.data(), end, magnitude).ec != std::errc()) return std::nullopt;
  if (magnitude > static_cast<std::uint64_t>(kLargest) + (negative ? 1 : 0)) return std::nullopt;
  const auto exponent = static_cast<std::int32_t>(negative ? 0 - magnitude : magnitude);
  // Scaling stops as soon as the value saturates or vanishes, so a huge exponent costs nothing; the
  // cap only keeps the sum with the number of digits inside an int.
  constexpr std::int32_t kExponentMax = 100'000'000;
  return Scale{10, std::clamp(exponent, -kExponentMax, kExponentMax), true};
}

/// Multiplies and saturates just above the largest value, which is enough to stay "too large".
Int128 SaturatingMultiply(Int128 value, Int128 factor) {
  if (value != 0 && factor > kLargestNanos / value) return kLargestNanos;
  return std::min(value * factor, kLargestNanos);
}

/// Digits with an implied decimal point, as (value, how many digits were behind the point). Digits
/// that can no longer matter are dropped; `inexact` says that a non-zero one was among them.
struct Mantissa {
  Int128 value = 0;
  int fraction_digits = 0;
  bool inexact = false;
};

Mantissa ReadMantissa(std::string_view whole, std::string_view fraction) {
  constexpr Int128 kRoom = static_cast<Int128>(1) << 120;
  Mantissa mantissa;
  int dropped_whole = 0;
  for (char c : whole) {
    if (mantissa.value > kRoom / 10) {
      ++dropped_whole;
      mantissa.inexact = mantissa.inexact || c != '0';
    } else {
      mantissa.value = mantissa.value * 10 + (c - '0');
    }
  }
  for (char c : fraction) {
    if (dropped_whole > 0 || mantissa.value > kRoom / 10) {
      mantissa.inexact = mantissa.inexact || c != '0';
    } else {
      mantissa.value = mantissa.value * 10 + (c - '0');
      ++mantissa.fraction_digits;
    }
  }
  mantissa.fraction_digits -= dropped_whole;
  return mantissa;
}

/// Values up to this can be multiplied by 2^60 or 10^18 without overflow.
constexpr Int128 kSmall = Int128{1} << 60;

constexpr std::array<std::int64_t, 19> kPowersOfTen = [] {
  std::array<std::int64_t, 19> powers{};
  std::int64_t power = 1;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    powers[i] = power;
    if (i + 1 < powers.size()) power *= 10;
  }
  return powers;
}();

/// mantissa x 10^exponent, rounded up when digits are lost.
Int128 ScaleByTen(Int128 value, int exponent, bool inexact) {
  // Nearly every quantity of a real object.
  if (value < kSmall && exponent >= 0 && std::cmp_less(exponent, kPowersOfTen.size())) {
    const Int128 scaled = value * kPowersOfTen[static_cast<std::size_t>(exponent)];
    return std::min(scaled + (inexact ? 1 : 0), kLargestNanos);
  }
  for (; exponent > 0 && value != 0 && value < kLargestNanos; --exponent) {
    value = SaturatingMultiply(value, 10);
  }
  for (; exponent < 0 && value != 0; ++exponent) {
    inexact = inexact || value % 10 != 0;
    value /= 10;
  }
  return std::min(value + (inexact ? 1 : 0), kLargestNanos);
}

Int128 ToNanos(const Mantissa& mantissa, Scale scale) {
  if (scale.base == 10) {
    return ScaleByTen(mantissa.value, scale.exponent + 9 - mantissa.fraction_digits,
                      mantissa.inexact);
  }
  // Binary suffix: value x 2^exponent x 10^(9 - digits). The power of two first, saturating at a
  // bound that leaves room for the fraction digits that are divided away afterwards.
  Int128 value = mantissa.value;
  int exponent = 9 - mantissa.fraction_digits;
  bool inexact = mantissa.inexact;
  int doublings = scale.exponent;
  if (value < kSmall && doublings <= 60) {
    value <<= doublings;
    doublings = 0;
  }
  for (; doublings > 0; --doublings) {
    // Trade a fraction digit for room before the product would overflow.
    while (value > (static_cast<Int128>(1) << 125)) {
      inexact = inexact || value % 10 != 0;
      value /= 10;
      ++exponent;
    }
    value *= 2;
  }
  return ScaleByTen(value, exponent, inexact);
}

/// Kubernetes reads no digits at all ("m", "+", ".") as zero, but only where its fast path is taken
/// (ParseQuantity).
bool IsZeroWithoutDigits(Scale scale) {
  return scale.base == 2 ? scale.exponent <= 40 : scale.exponent >= -9;
}

std::int64_t DivideUp(Int128 nanos, std::int64_t divisor) {
  // The usual case; division of 128 bits is ten times as slow.
  if (nanos >= 0 && nanos <= kLargest) {
    const auto small = static_cast<std::int64_t>(nanos);
    return small / divisor + (small % divisor > 0 ? 1 : 0);
  }
  Int128 quotient = nanos / divisor;
  const Int128 rest = nanos % divisor;
  if (rest > 0) ++quotient;
  if (rest < 0) --quotient;
  return static_cast<std::int64_t>(
      std::clamp(quotient, -static_cast<Int128>(kLargest), static_cast<Int128>(kLargest)));
}

std::string ToDecimal(Int128 value) {
  std::array<char, 48> digits{};
  auto position = digits.size();
  Int128 magnitude = value < 0 ? -value : value;
  do {
    digits[--position] = static_cast<char>('0' + static_cast<int>(magnitude % 10));
    magnitude /= 10;
  } while (magnitude != 0);
  if (value < 0) digits[--position] = '-';
  return std::string(digits.data() + position, digits.size() - position);
}

Status Malformed(std::string_view text) {
  return InvalidArgumentError(
      "'" + std::string(text.substr(0, 64)) +
      "' is not a quantity: digits with an optional point, then n u m k M G T P E, Ki .. Ei or an "
      "exponent");
}

}  // namespace

Quantity Quantity::FromMilli(std::int64_t milli) {
  Quantity quantity;
  quantity.nanos_ = static_cast<Int128>(milli) * 1'000'000;
  return quantity;
}

Quantity Quantity::FromUnits(std::int64_t units, Form form) {
  Quantity quantity;
  quantity.nanos_ = static_cast<Int128>(units) * kNanosPerUnit;
  quantity.form_ = form;
  return quantity;
}

StatusOr<Quantity> Quantity::Parse(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest[0] == '-';
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest.remove_prefix(1);
  const auto take_digits = [&rest] {
    const auto end = std::find_if_not(rest.begin(), rest.end(), IsDigit);
    const std::string_view digits = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(digits.size());
    return digits;
  };
  const std::string_view whole = take_digits();
  std::string_view fraction;
  if (!rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    fraction = take_digits();
  }
  const std::optional<Scale> scale = ParseScale(rest);
  if (!scale || text.empty()) return Malformed(text);
  if (whole.empty() && fraction.empty() && !IsZeroWithoutDigits(*scale)) return Malformed(text);

  Quantity quantity;
  quantity.nanos_ = ToNanos(ReadMantissa(whole, fraction), *scale);
  if (negative) quantity.nanos_ = -quantity.nanos_;
  quantity.form_ = scale->base == 2             ? Form::kBinary
                   : scale->written_as_exponent ? Form::kDecimalExponent
                                                : Form::kDecimal;
  return quantity;
}

std::int64_t Quantity::Value() const { return DivideUp(nanos_, kNanosPerUnit); }

std::int64_t Quantity::MilliValue() const { return DivideUp(nanos_, 1'000'000); }

std::string Quantity::ToString() const {
  // Binary suffixes only for whole numbers from 1024 on: smaller ones would have to be rounded.
  const bool binary = form_ == Form::kBinary && nanos_ % kNanosPerUnit == 0 &&
                      (nanos_ >= 1024 * kNanosPerUnit || nanos_ <= -1024 * kNanosPerUnit);
  // The largest suffix that leaves a whole number; plain "0" for zero.
  NamedScale best = kScales[0];
  Int128 best_value = nanos_;
  for (const NamedScale& named : kScales) {
    const Scale scale = named.scale;
    if ((scale.base == 2) != binary && !named.suffix.empty()) continue;
    Int128 unit = scale.base == 2 ? static_cast<Int128>(kNanosPerUnit) << scale.exponent : 1;
    if (scale.base == 10) {
      for (int i = -9; i < scale.exponent; ++i) unit *= 10;
    }
    if (nanos_ % unit != 0) break;
    best = named;
    best_value = nanos_ / unit;
    if (nanos_ == 0 && named.suffix.empty()) break;
  }
  std::string text = ToDecimal(best_value);
  if (form_ != Form::kDecimalExponent) return text.append(best.suffix);
  return best.scale.exponent == 0 ? text : text + "e" + std::to_string(best.scale.exponent);
}

Quantity operator+(const Quantity& a, const Quantity& b) {
  Quantity sum = a;
  sum.nanos_ = std::clamp(a.nanos_ + b.nanos_, -kLargestNanos, kLargestNanos);
  if (a.IsZero()) sum.form_ = b.form_;
  return sum;
}

}  // namespace muster
