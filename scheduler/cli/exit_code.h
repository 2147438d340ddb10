#pragma once

namespace muster::cli {

/// What musterctl returns to its caller; the same for every command.
enum class ExitCode {
  kDone = 0,
  kAnswerIsNo = 1,   // the question was answered, and the answer is no
  kUsage = 2,        // the command line makes no sense
  kCouldNotDoIt = 3  // a file or a server that was needed is not there or not readable
};

}  // namespace muster::cli
