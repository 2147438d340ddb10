#include "scheduler/cli/judge_command.h"

#include <algorithm>
#include <array>
#include <functional>
#include <future>
#include <istream>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "plugins/builtin_plugins.h"
#include "scheduler/cli/judge_case.h"

namespace muster::cli {
namespace {

/// Reads a line; of one that is too long no more than a byte beyond the limit is kept. False at the
/// end of the input.
bool ReadLine(std::istream& in, std::size_t bytes_max, std::string& line) {
  line.clear();
  std::array<char, 16384> part;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  bool has_read = false;
  while (true) {
    in.getline(part.data(), part.size());
    const auto count = static_cast<std::size_t>(in.gcount());
    has_read |= count > 0;
    const bool is_part = in.fail() && !in.eof() && count == part.size() - 1;
    const bool has_newline = !in.fail() && !in.eof();
    if (line.size() <= bytes_max) line.append(part.data(), has_newline ? count - 1 : count);
    if (!is_part) return has_read;
    in.clear();
  }
}

struct Line {
  std::size_t number = 0;
  std::string text;
};

/// What is at hand, but not more than keeps all threads busy: whoever waits for an answer gets it.
/// `number` is that of the last line read. Empty at the end of the input.
std::vector<Line> ReadBatch(std::istream& in, const JudgeArguments& arguments,
                            std::size_t& number) {
  const std::size_t lines_max = 64 * std::max<std::size_t>(1, arguments.threads);
  constexpr std::size_t kBytesMax = std::size_t{16} << 20;
  std::vector<Line> batch;
  std::size_t bytes = 0;
  for (std::string text; ReadLine(in, arguments.line_bytes_max, text);) {
    ++number;
    bytes += text.size();
    if (!text.empty()) batch.push_back({number, std::move(text)});
    const bool is_more_at_hand = in.rdbuf()->in_avail() > 0;
    const bool is_full = batch.size() >= lines_max || bytes >= kBytesMax;
    if (is_full || (!is_more_at_hand && !batch.empty())) break;
  }
  return batch;
}

/// The answers to some lines, one after the other.
std::string AnswerLines(CaseJudge& judge, std::span<const Line> lines, std::size_t bytes_max) {
  std::string answers;
  for (const Line& line : lines) {
    const std::size_t begin = answers.size();
    const Status status =
        line.text.size() > bytes_max
            ? InvalidArgumentError("a line of at most " + std::to_string(bytes_max) +
                                   " bytes is allowed")
            : judge.Judge(line.text, answers);
    if (!status.ok()) {
      answers.resize(begin);
      answers += R"({"error":)";
      AppendJsonString(
          "line " + std::to_string(line.number) + ": " + std::string(MessageOf(status)), answers);
      answers += '}';
    }
    answers += '\n';
  }
  return answers;
}

}  // namespace

ExitCode RunJudge(const JudgeArguments& arguments, std::istream& in, std::ostream& out) {
  const framework::Profile profile = plugins::DefaultProfile();
  const std::size_t threads = std::max<std::size_t>(1, arguments.threads);
  std::vector<CaseJudge> judges;
  judges.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    judges.emplace_back(profile, arguments.line_bytes_max, arguments.answer);
  }
  std::size_t number = 0;
  for (auto batch = ReadBatch(in, arguments, number); !batch.empty();
       batch = ReadBatch(in, arguments, number)) {
    const std::size_t share = (batch.size() + threads - 1) / threads;
    std::vector<std::future<std::string>> answers;
    for (std::size_t begin = 0; begin < batch.size(); begin += share) {
      const auto lines = std::span(batch).subspan(begin, std::min(share, batch.size() - begin));
      // The last part is this thread's own, and where there is one case no other is started.
      const bool is_last = begin + share >= batch.size();
      answers.push_back(std::async(is_last ? std::launch::deferred : std::launch::async,
                                   AnswerLines, std::ref(judges[answers.size()]), lines,
                                   arguments.line_bytes_max));
    }
    answers.back().wait();
    for (std::future<std::string>& part : answers) out << part.get();
    if (in.rdbuf()->in_avail() <= 0) out.flush();
    if (!out.good()) return ExitCode::kCouldNotDoIt;
  }
  out.flush();
  return out.good() ? ExitCode::kDone : ExitCode::kCouldNotDoIt;
}

}  // namespace muster::cli
