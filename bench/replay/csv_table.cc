#include "bench/replay/csv_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace muster::bench::replay {
namespace {

constexpr std::uintmax_t kFileBytesMax = std::uintmax_t{1} << 30;
constexpr std::size_t kLineBytesMax = 64 * 1024;

/// Splits one line; the fields live in `storage`. Returns what is wrong, "" when nothing.
std::string Split(const std::string& line, std::vector<std::string>& storage) {
  storage.clear();
  std::size_t at = 0;
  while (true) {
    std::string& field = storage.emplace_back();
    if (at < line.size() && line[at] == '"') {
      for (++at;; ++at) {
        if (at >= line.size()) return "a quoted field does not end on its line";
        if (line[at] != '"') {
          field += line[at];
        } else if (at + 1 < line.size() && line[at + 1] == '"') {
          field += line[++at];
        } else {
          break;
        }
      }
      ++at;
      if (at < line.size() && line[at] != ',') return "text after a quoted field";
    } else {
      const std::size_t end = std::min(line.find(',', at), line.size());
      field = line.substr(at, end - at);
      if (field.find('"') != std::string::npos) return "a quote inside a field that is not quoted";
      at = end;
    }
    if (at >= line.size()) return "";
    ++at;
  }
}

/// Reads one line without its end, "\n" or "\r\n". False at the end of the file.
bool ReadLine(std::istream& in, std::string& line) {
  if (!std::getline(in, line)) return false;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

StatusOr<std::vector<std::size_t>> FindColumns(const std::string& file,
                                               const std::vector<std::string>& header,
                                               std::span<const std::string> wanted) {
  std::vector<std::size_t> columns;
  for (const std::string& name : wanted) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) {
      return InvalidArgumentError(file + ":1: no column \"" + name +
                                  "\"; there are: " + Join(header));
    }
    columns.push_back(static_cast<std::size_t>(found - header.begin()));
  }
  return columns;
}

}  // namespace

void ReadReport::Reject(std::int64_t line, const std::string& what) {
  ++rejected;
  if (problems.size() < kProblemsKept) {
    problems.push_back(file + ":" + std::to_string(line) + ": " + what);
  }
}

StatusOr<ReadReport> ReadCsv(const std::string& file, std::span<const std::string> wanted,
                             const RowReader& read_row) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  if (error || !in) return NotFoundError(file + ": cannot be read");
  if (bytes > kFileBytesMax) return InvalidArgumentError(file + ": larger than 1 GiB");

  ReadReport report{.file = file};
  std::string line;
  std::vector<std::string> fields;
  if (!ReadLine(in, line)) return InvalidArgumentError(file + ": empty, a header line is needed");
  if (const std::string wrong = Split(line, fields); !wrong.empty()) {
    return InvalidArgumentError(file + ":1: " + wrong);
  }
  const std::size_t width = fields.size();
  const auto columns = FindColumns(file, fields, wanted);
  if (!columns.ok()) return columns.status();

  std::vector<std::string_view> row(columns->size());
  for (std::int64_t number = 2; ReadLine(in, line); ++number) {
    if (line.empty()) continue;
    std::string wrong = line.size() > kLineBytesMax ? "longer than 64 KiB" : Split(line, fields);
    if (wrong.empty() && fields.size() != width) {
      wrong = std::to_string(fields.size()) + " fields, the header has " + std::to_string(width);
    }
    if (wrong.empty()) {
      for (std::size_t i = 0; i < row.size(); ++i) row[i] = fields[(*columns)[i]];
      wrong = read_row(row);
    }
    if (wrong.empty()) {
      ++report.rows;
    } else {
      report.Reject(number, wrong);
    }
  }
  return report;
}

bool ParseCount(std::string_view text, std::int64_t& value) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && rest == text.data() + text.size() && value >= 0;
}

bool ParseReal(std::string_view text, double& value) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && rest == text.data() + text.size() && std::isfinite(value) &&
         value >= 0;
}

}  // namespace muster::bench::replay
