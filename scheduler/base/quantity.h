#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "scheduler/base/status.h"

namespace muster {

/// An int64 that carries its unit in its type, so that CPU and bytes cannot be added up.
template <class Tag>
struct Amount {
  std::int64_t value = 0;

  friend constexpr auto operator<=>(Amount, Amount) = default;
  friend constexpr Amount operator+(Amount a, Amount b) { return {a.value + b.value}; }
  friend constexpr Amount operator-(Amount a, Amount b) { return {a.value - b.value}; }
};

using MilliCpu = Amount<struct MilliCpuTag>;
using Bytes = Amount<struct BytesTag>;

constexpr Bytes Mebibytes(std::int64_t count) { return {count * 1024 * 1024}; }

/// A Kubernetes quantity, exact down to nano and saturated at +-(2^63-1) whole units.
/// Grammar and rounding: apimachinery pkg/api/resource/quantity.go. What does not fit nano is
/// rounded away from zero, as there; where Go overflows, this saturates.
class Quantity {
 public:
  /// How it is printed: "2k", "2Ki" or "2e3".
  enum class Form { kDecimal, kBinary, kDecimalExponent };

  constexpr Quantity() = default;
  static Quantity FromMilli(std::int64_t milli);
  static Quantity FromUnits(std::int64_t units, Form form = Form::kDecimal);

  /// Errors: InvalidArgument that quotes the text and says what is allowed.
  static StatusOr<Quantity> Parse(std::string_view text);

  /// Whole units, rounded up (away from zero for negatives), as Quantity.Value().
  std::int64_t Value() const;
  /// Thousandths, rounded up, saturated, as Quantity.MilliValue().
  std::int64_t MilliValue() const;
  bool IsZero() const { return nanos_ == 0; }
  bool IsNegative() const { return nanos_ < 0; }

  /// The canonical form that the API server would print: "1408Mi", "500m", "2", "1e3".
  std::string ToString() const;

  friend Quantity operator+(const Quantity& a, const Quantity& b);
  friend std::strong_ordering operator<=>(const Quantity& a, const Quantity& b) {
    return a.nanos_ <=> b.nanos_;
  }
  friend bool operator==(const Quantity& a, const Quantity& b) { return a.nanos_ == b.nanos_; }

 private:
  __extension__ using Nanos = __int128;

  Nanos nanos_ = 0;
  Form form_ = Form::kDecimal;
};

}  // namespace muster
