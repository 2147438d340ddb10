#include "scheduler/model/label_set.h"

#include <cstdint>
#include <cstring>

namespace muster::model {
namespace {

void Append(std::string& packed, std::string_view text) {
  const auto length = static_cast<std::uint32_t>(text.size());
  packed.append(reinterpret_cast<const char*>(&length), sizeof(length));
  packed.append(text);
}

/// Cuts the first text off the front.
std::string_view Take(std::string_view& packed) {
  std::uint32_t length = 0;
  std::memcpy(&length, packed.data(), sizeof(length));
  const std::string_view text = packed.substr(sizeof(length), length);
  packed.remove_prefix(sizeof(length) + length);
  return text;
}

}  // namespace

LabelSet::LabelSet(const api::StringMap& labels) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : labels) {
    bytes += 2 * sizeof(std::uint32_t) + key.size() + value.size();
  }
  packed_.reserve(bytes);
  for (const auto& [key, value] : labels) {
    Append(packed_, key);
    Append(packed_, value);
  }
}

std::optional<std::string_view> LabelSet::Find(std::string_view key) const {
  std::string_view rest = packed_;
  while (!rest.empty()) {
    const std::string_view found = Take(rest);
    const std::string_view value = Take(rest);
    if (found == key) return value;
  }
  return std::nullopt;
}

}  // namespace muster::model
