#include "bench/replay/trace.h"

#include <sstream>

namespace muster::bench::replay {
namespace {

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// The wanted columns, in the order of `keys`.
std::vector<std::string> InOrder(const ColumnNames& columns, std::span<const char* const> keys) {
  std::vector<std::string> names;
  for (const char* key : keys) names.push_back(columns.at(key));
  return names;
}

std::string ReadByteCount(const std::string& column, std::string_view text, std::int64_t& value) {
  if (ParseCount(text, value)) return "";
  return column + " is " + Quoted(text) + ", not a count of bytes, zero or more";
}

template <class Row>
StatusOr<Trace<Row>> Usable(StatusOr<ReadReport> report, std::vector<Row> rows) {
  if (!report.ok()) return report.status();
  if (rows.empty()) {
    return InvalidArgumentError(report->file + ": no row can be used" +
                                (report->problems.empty() ? "" : "; " + report->problems.front()));
  }
  return Trace<Row>{std::move(rows), *std::move(report)};
}

}  // namespace

ColumnNames DefaultJobColumns() {
  return {{"name", "job_id"},
          {"submit", "submit_s"},
          {"input", "map_input_bytes"},
          {"shuffle", "shuffle_bytes"},
          {"output", "reduce_output_bytes"}};
}

ColumnNames DefaultNodeColumns() {
  return {{"name", "sn"}, {"cpu", "cpu_milli"}, {"memory", "memory_mib"}};
}

StatusOr<ColumnNames> RenameColumns(ColumnNames columns, const std::string& text) {
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const std::size_t equals = part.find('=');
    const auto found = columns.find(part.substr(0, equals));
    if (equals == std::string::npos || equals + 1 == part.size() || found == columns.end()) {
      std::string keys;
      for (const auto& [key, column] : columns) keys += (keys.empty() ? "" : ", ") + key;
      return InvalidArgumentError(Quoted(part) + " is not KEY=COLUMN with a KEY of " + keys);
    }
    found->second = part.substr(equals + 1);
  }
  return columns;
}

StatusOr<Trace<TraceJob>> ReadJobs(const std::string& file, const ColumnNames& columns) {
  constexpr const char* kKeys[] = {"name", "submit", "input", "shuffle", "output"};
  const std::vector<std::string> names = InOrder(columns, kKeys);
  std::vector<TraceJob> jobs;
  auto report = ReadCsv(file, names, [&](std::span<const std::string_view> fields) -> std::string {
    TraceJob job{.name = std::string(fields[0])};
    if (!ParseReal(fields[1], job.submit_seconds) || job.submit_seconds > 1e9) {
      return names[1] + " is " + Quoted(fields[1]) + ", not seconds from 0 to 1e9";
    }
    std::string wrong = ReadByteCount(names[2], fields[2], job.input_bytes);
    if (wrong.empty()) wrong = ReadByteCount(names[3], fields[3], job.shuffle_bytes);
    if (wrong.empty()) wrong = ReadByteCount(names[4], fields[4], job.output_bytes);
    if (wrong.empty()) jobs.push_back(std::move(job));
    return wrong;
  });
  return Usable(std::move(report), std::move(jobs));
}

StatusOr<Trace<TraceNode>> ReadNodes(const std::string& file, const ColumnNames& columns) {
  constexpr const char* kKeys[] = {"name", "cpu", "memory"};
  const std::vector<std::string> names = InOrder(columns, kKeys);
  std::vector<TraceNode> nodes;
  auto report = ReadCsv(file, names, [&](std::span<const std::string_view> fields) -> std::string {
    TraceNode node{.name = std::string(fields[0])};
    if (node.name.empty()) return names[0] + " is empty";
    if (!ParseCount(fields[1], node.milli_cpu) || node.milli_cpu == 0) {
      return names[1] + " is " + Quoted(fields[1]) + ", not a count of millicores above zero";
    }
    if (!ParseCount(fields[2], node.memory_mebibytes) || node.memory_mebibytes == 0) {
      return names[2] + " is " + Quoted(fields[2]) + ", not a count of MiB above zero";
    }
    nodes.push_back(std::move(node));
    return "";
  });
  return Usable(std::move(report), std::move(nodes));
}

}  // namespace muster::bench::replay
