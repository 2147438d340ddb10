#pragma once

#include <cstddef>
#include <iosfwd>

#include "scheduler/cli/exit_code.h"
#include "scheduler/cli/judge_case.h"

namespace muster::cli {

struct JudgeArguments {
  std::size_t line_bytes_max = 64 << 20;
  JudgeAnswer answer = JudgeAnswer::kVerdicts;
  /// How many answer at once; the answers come in the order of the lines all the same.
  std::size_t threads = 1;
};

/// `musterctl judge`: answers every line of `in`, a case (judge_case.h), with one line on `out`;
/// empty lines are passed over. A line that cannot be read is answered with {"error":"..."}, which
/// names line and place, and the next one is served. Answers are flushed whenever no more input is
/// at hand, so a caller may ask and wait.
/// Cost: memory for two times 64 lines of each thread, or for two long ones. kCouldNotDoIt: the
/// answers cannot be written.
ExitCode RunJudge(const JudgeArguments& arguments, std::istream& in, std::ostream& out);

}  // namespace muster::cli
