#include <nlohmann/json.hpp>
#include <string>

#include "scheduler/api/json_codec.h"

namespace muster::api {
namespace {

constexpr int kNestingMax = 100;

/// How deep brackets nest, counted over the bytes before anything is built from them: strings are
/// skipped, and text that is not JSON at all is left to the parser.
bool NestsTooDeep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > kNestingMax) return true;
  }
  return false;
}

/// The parser's own words without its exception number; the text it quotes may be long and is not
/// always UTF-8.
std::string Readable(std::string_view what) {
  constexpr std::size_t kLengthMax = 200;
  if (const std::size_t end = what.find("] "); end != what.npos) what.remove_prefix(end + 2);
  std::string message(what.substr(0, kLengthMax));
  for (char& c : message) {
    if (c < ' ' || c > '~') c = '?';
  }
  return message;
}

}  // namespace

StatusOr<nlohmann::json> ParseJson(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return InvalidArgumentError("JSON text of " + std::to_string(text.size()) + " bytes; at most " +
                                std::to_string(bytes_max) + " are allowed");
  }
  if (NestsTooDeep(text)) {
    return InvalidArgumentError("JSON text nests deeper than the allowed " +
                                std::to_string(kNestingMax) + " levels");
  }
  try {
    return nlohmann::json::parse(text.begin(), text.end());
  } catch (const nlohmann::json::exception& error) {
    return InvalidArgumentError("not JSON: " + Readable(error.what()));
  }
}

}  // namespace muster::api
