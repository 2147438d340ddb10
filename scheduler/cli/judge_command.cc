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

/// Reads batches of lines, into the same memory again and again.
class LineReader {
 public:
  LineReader(std::istream& in, const JudgeArguments& arguments)
      : in_(in), line_bytes_max_(arguments.line_bytes_max) {
    for (std::vector<Line>& batch : batches_) {
      batch.resize(64 * std::max<std::size_t>(1, arguments.threads));
    }
  }

  bool HasMoreAtHand() const { return in_.rdbuf()->in_avail() > 0; }

  /// What is at hand, but not more than keeps all threads busy: whoever waits for an answer gets
  /// it. Empty at the end of the input. Valid until the call after the next one.
  std::span<const Line> Next() {
    constexpr std::size_t kBytesMax = std::size_t{16} << 20;
    constexpr std::size_t kKeptBytes = std::size_t{64} << 10;  // of each line
    turn_ = 1 - turn_;
    std::vector<Line>& batch = batches_[turn_];
    std::size_t count = 0;
    std::size_t bytes = 0;
    while (count < batch.size() && bytes < kBytesMax) {
      Line& line = batch[count];
      if (line.text.capacity() > kKeptBytes) line.text = std::string();
      if (!ReadLine(in_, line_bytes_max_, line.text)) break;
      line.number = ++number_;
      bytes += line.text.size();
      if (!line.text.empty()) ++count;
      if (count > 0 && !HasMoreAtHand()) break;
    }
    return std::span(batch).first(count);
  }

 private:
  std::istream& in_;
  const std::size_t line_bytes_max_;
  std::array<std::vector<Line>, 2> batches_;
  std::size_t turn_ = 0;
  std::size_t number_ = 0;
};

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

/// Lets each judge answer a part of the lines, at the same time. Where there is one, it is answered
/// when it is waited for, and no thread is started.
std::vector<std::future<std::string>> StartAnswering(std::vector<CaseJudge>& judges,
                                                     std::span<const Line> lines,
                                                     std::size_t bytes_max) {
  const std::size_t share = (lines.size() + judges.size() - 1) / judges.size();
  const auto policy = lines.size() > share ? std::launch::async : std::launch::deferred;
  std::vector<std::future<std::string>> answers;
  for (std::size_t begin = 0; begin < lines.size(); begin += share) {
    answers.push_back(std::async(policy, AnswerLines, std::ref(judges[answers.size()]),
                                 lines.subspan(begin, std::min(share, lines.size() - begin)),
                                 bytes_max));
  }
  return answers;
}

}  // namespace

ExitCode RunJudge(const JudgeArguments& arguments, std::istream& in, std::ostream& out) {
  const framework::Profile profile = plugins::DefaultProfile();
  std::vector<CaseJudge> judges;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, arguments.threads); ++i) {
    judges.emplace_back(profile, arguments.line_bytes_max, arguments.answer);
  }
  LineReader reader(in, arguments);
  std::span<const Line> lines = reader.Next();
  while (!lines.empty() && out.good()) {
    auto answers = StartAnswering(judges, lines, arguments.line_bytes_max);
    // The next lines are read while these are answered.
    const bool has_more = reader.HasMoreAtHand();
    if (has_more) lines = reader.Next();
    for (std::future<std::string>& part : answers) out << part.get();
    if (!has_more) {
      out.flush();
      lines = reader.Next();
    }
  }
  out.flush();
  return out.good() ? ExitCode::kDone : ExitCode::kCouldNotDoIt;
}

}  // namespace muster::cli
