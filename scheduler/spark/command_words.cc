#include "scheduler/spark/command_words.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace muster::spark {
namespace {

/// Reads a script from front to back, one word at a time.
class ShellSplitter {
 public:
  explicit ShellSplitter(std::string_view script) : rest_(script) {}

  std::vector<std::vector<Word>> Split() {
    while (!rest_.empty()) Step();
    EndCommand();
    return std::move(commands_);
  }

 private:
  static bool IsIn(char c, std::string_view characters) {
    return characters.find(c) != characters.npos;
  }

  char Take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  Word& Current() {
    if (!word_) word_.emplace();
    return *word_;
  }

  void Step() {
    const char c = Take();
    if (c == ' ' || c == '\t') {
      EndWord();
    } else if (IsIn(c, ";&|()\n\r")) {
      EndCommand();
    } else if (c == '<' || c == '>') {
      Redirect();
    } else if (c == '#' && !word_) {
      rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
    } else if (c == '\\') {
      Escape();
    } else if (c == '\'') {
      SingleQuoted();
    } else if (c == '"') {
      DoubleQuoted();
    } else {
      Append(c);
    }
  }

  void Append(char c) {
    Current().text += c;
    if (c != '$' && c != '`') return;
    Current().is_resolved = false;
    if (c == '`') {
      AppendUntil('`', '`');
    } else if (rest_.starts_with('(') || rest_.starts_with('{')) {
      const char open = Take();
      Current().text += open;
      AppendUntil(open, open == '(' ? ')' : '}');
    }
  }

  /// The rest of an expansion, whose blanks and separators are no ends of words.
  void AppendUntil(char open, char close) {
    std::string& text = Current().text;
    char quote = '\0';
    for (int depth = 1; depth > 0 && !rest_.empty();) {
      const char c = Take();
      text += c;
      if (c == '\\' && quote != '\'' && !rest_.empty()) {
        text += Take();
      } else if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == close) {
        --depth;
      } else if (c == open) {
        ++depth;
      } else if (open == '(' && (c == '\'' || c == '"')) {
        quote = c;
      }
    }
  }

  void Escape() {
    if (rest_.empty()) return;
    const char c = Take();
    if (c != '\n') Current().text += c;
  }

  void SingleQuoted() {
    const std::size_t end = std::min(rest_.find('\''), rest_.size());
    Current().text.append(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
  }

  void DoubleQuoted() {
    Current();
    while (!rest_.empty()) {
      const char c = Take();
      if (c == '"') return;
      if (c == '\\' && !rest_.empty() && IsIn(rest_.front(), "$`\"\\\n")) {
        Escape();
      } else {
        Append(c);
      }
    }
  }

  /// "2>&1", ">> file": the number before and the word after belong to the redirection.
  void Redirect() {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (word_ && std::all_of(word_->text.begin(), word_->text.end(), is_digit)) word_.reset();
    EndWord();
    while (!rest_.empty() && IsIn(rest_.front(), "<>&|")) Take();
    next_word_is_a_file_ = true;
  }

  void EndWord() {
    if (!word_) return;
    if (!std::exchange(next_word_is_a_file_, false)) command_.push_back(*std::move(word_));
    word_.reset();
  }

  void EndCommand() {
    EndWord();
    next_word_is_a_file_ = false;
    if (!command_.empty()) commands_.push_back(std::move(command_));
    command_.clear();
  }

  std::string_view rest_;
  std::optional<Word> word_;
  bool next_word_is_a_file_ = false;
  std::vector<Word> command_;
  std::vector<std::vector<Word>> commands_;
};

}  // namespace

Word SubstituteVariables(std::string_view text, const api::StringMap& environment) {
  Word word;
  while (!text.empty()) {
    const std::size_t literal_end = std::min(text.find('$'), text.size());
    word.text.append(text.substr(0, literal_end));
    text.remove_prefix(literal_end);
    if (text.empty()) break;
    const std::size_t close = text.starts_with("$(") ? text.find(')') : text.npos;
    if (close == text.npos) {
      word.text += '$';
      text.remove_prefix(text.starts_with("$$") ? 2 : 1);
      continue;
    }
    const auto variable = environment.find(std::string(text.substr(2, close - 2)));
    // A value may refer to other variables, whose order is not known here.
    if (variable != environment.end() && variable->second.find("$(") == std::string::npos) {
      word.text += variable->second;
    } else {
      word.text.append(text.substr(0, close + 1));
      word.is_resolved = false;
    }
    text.remove_prefix(close + 1);
  }
  return word;
}

std::vector<std::vector<Word>> SplitShellScript(std::string_view script) {
  return ShellSplitter(script).Split();
}

}  // namespace muster::spark
