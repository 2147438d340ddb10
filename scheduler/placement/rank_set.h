#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

namespace muster::placement {

/// A set of small numbers that is walked in their order: a bit for each number, and above that a
/// bit for each word that is not empty. Cost: O(1) to change, O(size / 4096) at worst to find the
/// next.
class RankSet {
 public:
  void Resize(std::uint32_t size) {
    words_.assign((size + 63) / 64, 0);
    summary_.assign((words_.size() + 63) / 64, 0);
    count_ = 0;
  }
  bool IsSized() const { return !words_.empty(); }
  std::uint32_t Count() const { return count_; }

  void Insert(std::uint32_t rank) {
    words_[rank / 64] |= Bit(rank);
    summary_[rank / 4096] |= Bit(rank / 64);
    ++count_;
  }
  void Erase(std::uint32_t rank) {
    words_[rank / 64] &= ~Bit(rank);
    if (words_[rank / 64] == 0) summary_[rank / 4096] &= ~Bit(rank / 64);
    --count_;
  }

  /// The first member that is not below `rank`.
  std::optional<std::uint32_t> FirstFrom(std::uint32_t rank) const {
    std::uint32_t word = rank / 64;
    if (word >= words_.size()) return std::nullopt;
    if (const std::uint64_t here = words_[word] >> (rank % 64); here != 0) {
      return rank + static_cast<std::uint32_t>(std::countr_zero(here));
    }
    ++word;
    for (std::uint32_t group = word / 64; group < summary_.size(); ++group) {
      std::uint64_t words = summary_[group];
      if (group == word / 64) words &= ~std::uint64_t{0} << (word % 64);
      if (words == 0) continue;
      const std::uint32_t found = group * 64 + static_cast<std::uint32_t>(std::countr_zero(words));
      return found * 64 + static_cast<std::uint32_t>(std::countr_zero(words_[found]));
    }
    return std::nullopt;
  }

  /// The last member that is not above `rank`. Cost: O(rank / 64) at worst; for small sets.
  std::optional<std::uint32_t> LastTo(std::uint32_t rank) const {
    for (std::uint32_t word = rank / 64 + 1; word-- > 0;) {
      std::uint64_t here = words_[word];
      if (word == rank / 64) here &= ~std::uint64_t{0} >> (63 - rank % 64);
      if (here != 0) return word * 64 + 63 - static_cast<std::uint32_t>(std::countl_zero(here));
    }
    return std::nullopt;
  }

 private:
  static std::uint64_t Bit(std::uint32_t number) { return std::uint64_t{1} << (number % 64); }

  std::vector<std::uint64_t> words_;
  std::vector<std::uint64_t> summary_;
  std::uint32_t count_ = 0;
};

}  // namespace muster::placement
