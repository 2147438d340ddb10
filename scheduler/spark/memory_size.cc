#include "scheduler/spark/memory_size.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>

namespace muster::spark {
namespace {

struct Suffix {
  std::string_view text;
  int shift;  // the unit is 2^shift bytes
};

constexpr std::array<Suffix, 11> kSuffixes{{{"b", 0},
                                            {"k", 10},
                                            {"kb", 10},
                                            {"m", 20},
                                            {"mb", 20},
                                            {"g", 30},
                                            {"gb", 30},
                                            {"t", 40},
                                            {"tb", 40},
                                            {"p", 50},
                                            {"pb", 50}}};
constexpr int kMebibyteShift = 20;

std::string TrimmedLowerCase(std::string_view text) {
  // String.trim() of Java takes every character up to the space.
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

Status NotASize() {
  return InvalidArgumentError(
      "a whole number with one of the suffixes b, k, m, g, t, p (such as 512m or 4g) is allowed, "
      "up "
      "to 8191p");
}

}  // namespace

StatusOr<std::int64_t> ParseMebibytes(std::string_view text, SizeUnit unit_without_suffix) {
  constexpr std::size_t kLengthMax = 64;
  if (text.size() > kLengthMax) return NotASize();
  const std::string size = TrimmedLowerCase(text);
  std::int64_t number = 0;
  const char* const end = size.data() + size.size();
  // from_chars takes a sign of its own, a size does not.
  if (size.empty() || size[0] == '-') return NotASize();
  const auto [digits_end, error] = std::from_chars(size.data(), end, number);
  if (error != std::errc()) return NotASize();

  int shift = unit_without_suffix == SizeUnit::kBytes ? 0 : kMebibyteShift;
  if (digits_end != end) {
    const std::string_view suffix(digits_end, static_cast<std::size_t>(end - digits_end));
    const auto* const known = std::find_if(kSuffixes.begin(), kSuffixes.end(),
                                           [suffix](const Suffix& s) { return s.text == suffix; });
    if (known == kSuffixes.end()) return NotASize();
    shift = known->shift;
  }
  if (number > std::numeric_limits<std::int64_t>::max() >> shift) return NotASize();
  return shift >= kMebibyteShift ? number << (shift - kMebibyteShift)
                                 : number >> (kMebibyteShift - shift);
}

}  // namespace muster::spark
