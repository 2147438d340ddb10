#pragma once

#include <string>

#include "scheduler/runtime/configuration.h"

namespace muster::runtime {

/// Sends the process's log to standard error, a line each, with control characters escaped, so that
/// no name or message from outside can forge a line. Call once, before other threads log.
void SetUpLogging(const std::string& level, LogFormat format);

/// One log line: RFC 3339 UTC time, level and message. For tests and SetUpLogging.
std::string FormatLogLine(const std::string& time, const std::string& level,
                          const std::string& message, LogFormat format);

}  // namespace muster::runtime
