#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "scheduler/spark/properties.h"
#include "scheduler/spark/utf8.h"

namespace muster::spark {
namespace {

constexpr std::size_t kBytesMax = 1 << 20;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\f'; }
bool IsLineEnd(char c) { return c == '\n' || c == '\r'; }

/// The logical lines of a file: natural lines joined where they end in a backslash, without leading
/// white space, blank lines and comments. Escapes are left as they are.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  /// False at the end of the file. The line lasts until the next call.
  bool Next(std::string_view& line) {
    while (!rest_.empty()) {
      line = TakeNaturalLine();
      number_ = natural_number_;
      if (line.empty() || line[0] == '#' || line[0] == '!') continue;
      if (EndsInOddBackslashes(line)) line = Join(line);
      if (!line.empty()) return true;
    }
    return false;
  }

  /// The number of the natural line on which the last logical line began; the first is 1.
  int number() const { return number_; }

 private:
  /// The next line without its end and its leading white space.
  std::string_view TakeNaturalLine() {
    ++natural_number_;
    std::size_t begin = 0;
    while (begin < rest_.size() && IsSpace(rest_[begin])) ++begin;
    std::size_t end = begin;
    while (end < rest_.size() && !IsLineEnd(rest_[end])) ++end;
    const std::string_view line = rest_.substr(begin, end - begin);
    if (end + 1 < rest_.size() && rest_[end] == '\r' && rest_[end + 1] == '\n') ++end;
    rest_.remove_prefix(end < rest_.size() ? end + 1 : end);
    return line;
  }

  static bool EndsInOddBackslashes(std::string_view line) {
    std::size_t count = 0;
    while (count < line.size() && line[line.size() - 1 - count] == '\\') ++count;
    return count % 2 == 1;
  }

  std::string_view Join(std::string_view natural) {
    joined_.clear();
    while (EndsInOddBackslashes(natural)) {
      joined_.append(natural.substr(0, natural.size() - 1));
      if (rest_.empty()) return joined_;
      natural = TakeNaturalLine();
    }
    return joined_.append(natural);
  }

  std::string_view rest_;
  std::string joined_;
  int natural_number_ = 0;
  int number_ = 0;
};

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The UTF-16 unit of the four digits at the front of `text`, or -1.
std::int32_t ReadUnit(std::string_view text) {
  if (text.size() < 4) return -1;
  std::int32_t unit = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const int digit = HexDigit(text[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

bool IsHighSurrogate(std::int32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool IsLowSurrogate(std::int32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// Takes "XXXX" of an \uXXXX, and the whole next \uXXXX when the two are a surrogate pair.
Status AppendUnicode(std::string_view& rest, std::string& out) {
  const std::int32_t unit = ReadUnit(rest);
  if (unit < 0) {
    return InvalidArgumentError("'\\u" + Shown(rest.substr(0, 4)) +
                                "' given, \\u and four hexadecimal digits are allowed");
  }
  rest.remove_prefix(4);
  if (IsHighSurrogate(unit) && rest.starts_with("\\u")) {
    const std::int32_t low = ReadUnit(rest.substr(2));
    if (IsLowSurrogate(low)) {
      rest.remove_prefix(6);
      AppendUtf8(out, static_cast<char32_t>(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)));
      return OkStatus();
    }
  }
  AppendUtf8(out, static_cast<char32_t>(unit));
  return OkStatus();
}

/// The text without escapes, in `out`.
StatusOr<std::string_view> Unescape(std::string_view rest, std::string& out) {
  out.clear();
  while (!rest.empty()) {
    const std::size_t plain = std::min(rest.find('\\'), rest.size());
    out.append(rest.substr(0, plain));
    rest.remove_prefix(plain);
    if (rest.size() <= 1) return std::string_view(out.append(rest));
    const char escaped = rest[1];
    rest.remove_prefix(2);
    switch (escaped) {
      case 'u':
        MUSTER_RETURN_IF_ERROR(AppendUnicode(rest, out));
        break;
      case 't':
        out += '\t';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 'f':
        out += '\f';
        break;
      default:
        out += escaped;
    }
  }
  return std::string_view(out);
}

/// Where the key ends: at the first separator or white space that is not escaped.
std::size_t FindKeyEnd(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && line[i] != '=' && line[i] != ':' && !IsSpace(line[i])) {
    i += line[i] == '\\' ? 2 : 1;
  }
  return i < line.size() ? i : line.size();
}

std::string_view ValueAfter(std::string_view rest) {
  const auto skip_space = [&rest] {
    while (!rest.empty() && IsSpace(rest[0])) rest.remove_prefix(1);
  };
  skip_space();
  if (!rest.empty() && (rest[0] == '=' || rest[0] == ':')) rest.remove_prefix(1);
  skip_space();
  return rest;
}

struct Buffers {
  std::string key;
  std::string value;
};

Status AddEntry(std::string_view line, Buffers& buffers, Properties& properties) {
  const std::size_t key_end = FindKeyEnd(line);
  if (line.find('\\') == line.npos) {
    properties.Set(line.substr(0, key_end), ValueAfter(line.substr(key_end)));
    return OkStatus();
  }
  MUSTER_ASSIGN_OR_RETURN(const std::string_view key,
                          Unescape(line.substr(0, key_end), buffers.key));
  MUSTER_ASSIGN_OR_RETURN(const std::string_view value,
                          Unescape(ValueAfter(line.substr(key_end)), buffers.value));
  properties.Set(key, value);
  return OkStatus();
}

}  // namespace

StatusOr<Properties> ParseProperties(std::string_view text) {
  if (text.size() > kBytesMax) {
    return InvalidArgumentError(std::to_string(text.size()) + " bytes; at most " +
                                std::to_string(kBytesMax) + " are allowed");
  }
  if (const auto offset = FindInvalidUtf8(text)) {
    return InvalidArgumentError("byte " + std::to_string(*offset) + " is not UTF-8");
  }
  Properties properties;
  constexpr std::size_t kBytesOfAnEntry = 6;  // few have less
  const auto line_ends = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  properties.Reserve(std::min(line_ends + 1, text.size() / kBytesOfAnEntry), text.size());
  LineReader reader(text);
  Buffers buffers;
  for (std::string_view line; reader.Next(line);) {
    const Status added = AddEntry(line, buffers, properties);
    if (!added.ok()) return Annotate(added, "line " + std::to_string(reader.number()));
  }
  return properties;
}

}  // namespace muster::spark
