#include "scheduler/spark/properties.h"

#include <absl/hash/hash.h>
#include <absl/strings/string_view.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "scheduler/base/check.h"

namespace muster::spark {
namespace {

constexpr std::size_t kBucketsMin = 16;
constexpr std::size_t kTextBytesMax = UINT32_MAX;

/// absl's hash of its own strings differs from process to process, so nobody can choose keys that
/// collide (of std::string_view it takes std::hash, which does not); what is found does not depend
/// on it.
std::uint32_t HashOf(std::string_view key) {
  return static_cast<std::uint32_t>(absl::HashOf(absl::string_view(key.data(), key.size())));
}

}  // namespace

Properties::Properties(std::initializer_list<Entry> entries) {
  for (const auto& [key, value] : entries) Set(key, value);
}

void Properties::Set(std::string_view key, std::string_view value) {
  if (2 * (places_.size() + 1) > buckets_.size()) Rehash(2 * buckets_.size());
  const std::uint32_t hash = HashOf(key);
  Bucket& bucket = buckets_[FindBucket(key, hash)];
  if (bucket.number == 0) {
    Place& place = places_.emplace_back();
    place.key_begin = Append(key);
    place.key_size = static_cast<std::uint32_t>(key.size());
    bucket = {hash, static_cast<std::uint32_t>(places_.size())};
  }
  Place& place = places_[bucket.number - 1];
  place.value_begin = Append(value);
  place.value_size = static_cast<std::uint32_t>(value.size());
}

std::optional<std::string_view> Properties::Find(std::string_view key) const {
  if (buckets_.empty()) return std::nullopt;
  const std::uint32_t number = buckets_[FindBucket(key, HashOf(key))].number;
  if (number == 0) return std::nullopt;
  return ValueOf(places_[number - 1]);
}

std::vector<Properties::Entry> Properties::Sorted(std::string_view prefix) const {
  std::vector<Entry> entries;
  for (const Place& place : places_) {
    if (KeyOf(place).starts_with(prefix)) entries.emplace_back(KeyOf(place), ValueOf(place));
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

void Properties::Reserve(std::size_t entries, std::size_t bytes) {
  places_.reserve(entries);
  text_.reserve(bytes);
  if (2 * entries > buckets_.size()) Rehash(2 * entries);
}

std::uint32_t Properties::Append(std::string_view text) {
  MUSTER_CHECK(text.size() <= kTextBytesMax - text_.size(), "properties of less than 4 GiB");
  const auto begin = static_cast<std::uint32_t>(text_.size());
  text_.append(text);
  return begin;
}

std::size_t Properties::FindBucket(std::string_view key, std::uint32_t hash) const {
  const std::size_t mask = buckets_.size() - 1;
  for (std::size_t index = hash & mask;; index = (index + 1) & mask) {
    const Bucket& bucket = buckets_[index];
    if (bucket.number == 0) return index;
    if (bucket.hash == hash && KeyOf(places_[bucket.number - 1]) == key) return index;
  }
}

void Properties::Rehash(std::size_t bucket_count) {
  const std::vector<Bucket> old = std::exchange(
      buckets_, std::vector<Bucket>(std::bit_ceil(std::max(bucket_count, kBucketsMin))));
  const std::size_t mask = buckets_.size() - 1;
  for (const Bucket& bucket : old) {
    if (bucket.number == 0) continue;
    std::size_t index = bucket.hash & mask;
    while (buckets_[index].number != 0) index = (index + 1) & mask;
    buckets_[index] = bucket;
  }
}

}  // namespace muster::spark
