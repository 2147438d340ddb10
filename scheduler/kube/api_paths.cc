#include "scheduler/kube/api_paths.h"

#include <algorithm>

namespace muster::kube {
namespace {

constexpr std::size_t kSegmentBytesMax = 253;

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string PercentEncode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (char c : text) {
    if (IsUnreserved(c)) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.push_back('%');
    encoded.push_back(kHex[byte >> 4]);
    encoded.push_back(kHex[byte & 0xf]);
  }
  return encoded;
}

bool IsPathSegment(std::string_view text) {
  return !text.empty() && text.size() <= kSegmentBytesMax && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), IsUnreserved);
}

}  // namespace muster::kube
