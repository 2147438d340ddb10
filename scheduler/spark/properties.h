#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scheduler/base/status.h"

namespace muster::spark {

/// The entries of a Java properties file. All texts are in one buffer, found through one table of
/// numbers, because a file may be made of a hundred thousand entries of a few bytes.
/// Cost: Set and Find O(1), Sorted O(n). Views last until the next Set.
class Properties {
 public:
  using Entry = std::pair<std::string_view, std::string_view>;  // key, value

  Properties() = default;
  Properties(std::initializer_list<Entry> entries);

  /// Of two equal keys the later one counts. At most 4 GiB of text in all.
  void Set(std::string_view key, std::string_view value);
  std::optional<std::string_view> Find(std::string_view key) const;
  bool Contains(std::string_view key) const { return Find(key).has_value(); }
  std::size_t size() const { return places_.size(); }
  bool empty() const { return places_.empty(); }

  /// Every entry whose key begins with `prefix`, in the order of their keys.
  std::vector<Entry> Sorted(std::string_view prefix = "") const;

  /// Makes room for `entries` and the bytes of their texts.
  void Reserve(std::size_t entries, std::size_t bytes);

  friend bool operator==(const Properties& a, const Properties& b) {
    return a.size() == b.size() && a.Sorted() == b.Sorted();
  }

 private:
  struct Place {
    std::uint32_t key_begin = 0;
    std::uint32_t key_size = 0;
    std::uint32_t value_begin = 0;
    std::uint32_t value_size = 0;
  };

  std::string_view KeyOf(const Place& place) const {
    return std::string_view(text_).substr(place.key_begin, place.key_size);
  }
  std::string_view ValueOf(const Place& place) const {
    return std::string_view(text_).substr(place.value_begin, place.value_size);
  }
  std::uint32_t Append(std::string_view text);
  /// The bucket's part of the hash spares most looks at texts, which are far away in memory.
  struct Bucket {
    std::uint32_t hash = 0;
    std::uint32_t number = 0;  // 1 + the index in places_; 0: empty
  };
  /// The index of the bucket that holds the key, or of the empty one that would. Requires buckets.
  std::size_t FindBucket(std::string_view key, std::uint32_t hash) const;
  void Rehash(std::size_t bucket_count);

  std::string text_;
  std::vector<Place> places_;    // in the order in which they were set
  std::vector<Bucket> buckets_;  // open addressing: a power of two, at most half full
};

/// Reads a file as java.util.Properties.load does: comments (# !), continued lines, the separators
/// '=', ':' and white space, the escapes \t \n \r \f \uXXXX; of two equal keys the later one
/// counts. The text is UTF-8, as Spark reads it. At most 1 MiB, which is what a ConfigMap can hold.
/// Cost: linear. Errors: InvalidArgument names the line (or the size) and what is allowed.
StatusOr<Properties> ParseProperties(std::string_view text);

}  // namespace muster::spark
