#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/base/status.h"

namespace muster::bench::replay {

/// What reading one file gave: rows taken, and rows that were not, with the reason.
struct ReadReport {
  std::string file;
  std::int64_t rows = 0;
  std::int64_t rejected = 0;
  /// "FILE:LINE: what is wrong", the first kProblemsKept of `rejected`.
  std::vector<std::string> problems = {};

  static constexpr std::size_t kProblemsKept = 20;
  void Reject(std::int64_t line, const std::string& what);
};

/// One row, the wanted columns in the wanted order. Returns what is wrong with it, "" when nothing.
using RowReader = std::function<std::string(std::span<const std::string_view> fields)>;

/// Reads comma-separated values (RFC 4180; a header line names the columns; a quoted field may hold
/// commas and doubled quotes, but no line break), and gives the columns named in `wanted` to
/// `read_row`. A row that does not parse is counted and named in the report, never dropped
/// silently. Errors: NotFound (no such file), InvalidArgument (no header, a wanted column is
/// missing, which names those that are there, the file is larger than 1 GiB).
StatusOr<ReadReport> ReadCsv(const std::string& file, std::span<const std::string> wanted,
                             const RowReader& read_row);

/// Whole text as a number that is zero or more. Returns false for anything else.
bool ParseCount(std::string_view text, std::int64_t& value);
bool ParseReal(std::string_view text, double& value);

}  // namespace muster::bench::replay
