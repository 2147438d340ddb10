#include "scheduler/spark/references.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace muster::spark {
namespace {

// Spark has no limits; entries of a few bytes can name each other so that the result has gigabytes.
constexpr std::size_t kBytesMax = 4096;
constexpr std::size_t kReferencesMax = 256;
constexpr std::size_t kDepthMax = 32;

constexpr std::string_view kBegin = "${";

bool HasSpace(std::string_view text) { return text.find_first_of(" \t\n\v\f\r") != text.npos; }

/// Entries alone have names that begin like this; "env:HOME" is the driver's to know, and what is
/// neither stays as it is, which no size or number is.
bool NamesAnEntry(std::string_view name) { return name.starts_with("spark."); }

class Replacer {
 public:
  explicit Replacer(LookUp look_up) : look_up_(look_up) {}

  Status Append(std::string_view text) {
    if (out_.size() + text.size() > kBytesMax || used_.size() > kDepthMax) return TooMuch();
    while (true) {
      const std::size_t begin = text.find(kBegin);
      out_ += text.substr(0, begin);
      if (begin == text.npos) return OkStatus();
      text.remove_prefix(begin + kBegin.size());
      // A name has a character at least.
      const std::size_t end = text.find('}', 1);
      if (end == text.npos) return OnlyTheDriver();
      MUSTER_RETURN_IF_ERROR(AppendEntry(text.substr(0, end)));
      text.remove_prefix(end + 1);
    }
  }

  std::string Take() && { return std::move(out_); }

 private:
  Status AppendEntry(std::string_view name) {
    if (!NamesAnEntry(name) || HasSpace(name)) return OnlyTheDriver();
    if (std::find(used_.begin(), used_.end(), name) != used_.end()) {
      return NotFoundError("which refers to itself: Spark stops at that");
    }
    if (++references_ > kReferencesMax) return TooMuch();
    MUSTER_ASSIGN_OR_RETURN(const std::string_view value, look_up_(name));
    used_.push_back(name);
    MUSTER_RETURN_IF_ERROR(Append(value));
    used_.pop_back();
    return OkStatus();
  }

  static Status OnlyTheDriver() { return NotFoundError("which only the driver can resolve"); }
  static Status TooMuch() { return NotFoundError("which refers to more than is followed"); }

  LookUp look_up_;
  std::string out_;
  std::vector<std::string_view> used_;  // the names from the text itself to here
  std::size_t references_ = 0;
};

}  // namespace

StatusOr<std::string> ReplaceReferences(std::string_view text, LookUp look_up) {
  Replacer replacer(look_up);
  MUSTER_RETURN_IF_ERROR(replacer.Append(text));
  return std::move(replacer).Take();
}

}  // namespace muster::spark
