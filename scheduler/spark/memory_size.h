#pragma once

#include <cstdint>
#include <string_view>

#include "scheduler/base/status.h"

namespace muster::spark {

/// What one of a size without a suffix is; each configuration entry of Spark has its own.
enum class SizeUnit { kBytes, kMebibytes };

/// Reads a size as Spark writes it ("512m", "1g", "2048"; b k m g t p, each with or without a
/// second b, all binary; no fractions) in whole mebibytes, rounded down. Source:
/// org.apache.spark.network.util.JavaUtils.byteStringAs. Errors: InvalidArgument that says what is
/// allowed; also for negative sizes and for those that do not fit 63 bits of bytes.
StatusOr<std::int64_t> ParseMebibytes(std::string_view text, SizeUnit unit_without_suffix);

}  // namespace muster::spark
