#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "scheduler/base/status.h"

namespace muster::cli {

/// Calls `on_line` for every line of a Spark event log: a file, plain or as Spark compresses it
/// (.zstd, .zst, .lz4), or the directory of a rolling log (eventlog_v2_*), whose parts come in
/// their order. ".inprogress" at the end of a name is passed over; a log that ends in the middle,
/// because it is still being written, ends there.
/// Lines of more than 64 MiB are cut, and the rest passed over. Memory: one line and one block.
/// Errors: NotFound (cannot be read), InvalidArgument (another compression, damaged); they name the
/// file. Source: org.apache.spark.deploy.history.EventLogFileWriters,
/// net.jpountz.lz4.LZ4BlockOutputStream.
Status ForEachLine(const std::string& path, const std::function<void(std::string_view)>& on_line);

}  // namespace muster::cli
