#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/replay/csv_table.h"
#include "scheduler/base/status.h"

namespace muster::bench::replay {

/// One job of a trace, as its file has it.
struct TraceJob {
  std::string name;
  double submit_seconds = 0;
  std::int64_t input_bytes = 0;
  std::int64_t shuffle_bytes = 0;
  std::int64_t output_bytes = 0;
};

struct TraceNode {
  std::string name;
  std::int64_t milli_cpu = 0;
  std::int64_t memory_mebibytes = 0;
};

/// What a reader needs -> the column that has it.
using ColumnNames = std::map<std::string, std::string>;

/// The columns of swim_fb2010_24x1h.csv and of openb_node_list_all_node.csv.
ColumnNames DefaultJobColumns();
ColumnNames DefaultNodeColumns();

/// Reads "submit=arrival,shuffle=bytes" over the names in `columns`.
/// Errors: InvalidArgument, which lists the keys that there are.
StatusOr<ColumnNames> RenameColumns(ColumnNames columns, const std::string& text);

template <class Row>
struct Trace {
  std::vector<Row> rows;  // in the order of the file
  ReadReport report;
};

/// Errors: those of ReadCsv, and InvalidArgument when not one row can be used.
StatusOr<Trace<TraceJob>> ReadJobs(const std::string& file, const ColumnNames& columns);
StatusOr<Trace<TraceNode>> ReadNodes(const std::string& file, const ColumnNames& columns);

}  // namespace muster::bench::replay
