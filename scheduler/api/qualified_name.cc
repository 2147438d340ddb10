#include "scheduler/api/qualified_name.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace muster::api {
namespace {

constexpr std::size_t kNameLengthMax = 63;
constexpr std::size_t kSubdomainLengthMax = 253;

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsAlphanumeric(char c) { return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z'); }

/// Letters, digits, and inside also '-', '_' and '.'.
bool IsName(std::string_view text) {
  if (text.empty() || text.size() > kNameLengthMax) return false;
  if (!IsAlphanumeric(text.front()) || !IsAlphanumeric(text.back())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

bool IsDnsSubdomain(std::string_view text) {
  if (text.empty() || text.size() > kSubdomainLengthMax) return false;
  char before = '.';
  for (const char c : text) {
    if (!IsLowerOrDigit(c) && c != '-' && c != '.') return false;
    // A part neither begins nor ends with '-', and is not empty.
    if ((c == '.' && !IsLowerOrDigit(before)) || (c == '-' && before == '.')) return false;
    before = c;
  }
  return IsLowerOrDigit(before);
}

}  // namespace

bool IsQualifiedName(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return IsName(text);
  return IsDnsSubdomain(text.substr(0, slash)) && IsName(text.substr(slash + 1));
}

bool IsLabelValue(std::string_view text) { return text.empty() || IsName(text); }

bool IsScalarResourceName(std::string_view name) {
  if (name.starts_with("hugepages-") || name.starts_with("attachable-volumes-")) return true;
  if (name.find("kubernetes.io/") != name.npos) return true;
  // An extended resource has a domain, and with "requests." before it is the name of a quota.
  if (name.find('/') == name.npos || name.starts_with("requests.")) return false;
  return IsQualifiedName("requests." + std::string(name));
}

}  // namespace muster::api
