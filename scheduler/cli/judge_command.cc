#include "scheduler/cli/judge_command.h"

#include <istream>
#include <ostream>
#include <string>

#include "plugins/builtin_plugins.h"
#include "scheduler/cli/judge_case.h"

namespace muster::cli {
namespace {

/// Reads a line; of one that is too long no more than a byte beyond the limit is kept. False at the
/// end of the input.
bool ReadLine(std::istream& in, std::size_t bytes_max, std::string& line) {
  line.clear();
  std::streambuf& buffer = *in.rdbuf();
  constexpr int kEnd = std::char_traits<char>::eof();
  bool has_read = false;
  for (int c = buffer.sbumpc(); c != kEnd; c = buffer.sbumpc()) {
    has_read = true;
    if (c == '\n') return true;
    if (line.size() <= bytes_max) line.push_back(static_cast<char>(c));
  }
  return has_read;
}

}  // namespace

ExitCode RunJudge(const JudgeArguments& arguments, std::istream& in, std::ostream& out) {
  const framework::Profile profile = plugins::DefaultProfile();
  std::string line;
  std::string answer;
  for (std::size_t number = 1; ReadLine(in, arguments.line_bytes_max, line); ++number) {
    if (line.empty()) continue;
    answer.clear();
    Status status =
        line.size() > arguments.line_bytes_max
            ? InvalidArgumentError("a line of at most " + std::to_string(arguments.line_bytes_max) +
                                   " bytes is allowed")
            : JudgeCase(profile, line, arguments.line_bytes_max, arguments.answer, answer);
    if (!status.ok()) {
      answer = R"({"error":)";
      AppendJsonString("line " + std::to_string(number) + ": " + std::string(MessageOf(status)),
                       answer);
      answer += '}';
    }
    answer += '\n';
    out.write(answer.data(), static_cast<std::streamsize>(answer.size()));
    if (in.rdbuf()->in_avail() <= 0) out.flush();
    if (!out.good()) return ExitCode::kCouldNotDoIt;
  }
  out.flush();
  return out.good() ? ExitCode::kDone : ExitCode::kCouldNotDoIt;
}

}  // namespace muster::cli
