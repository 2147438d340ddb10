#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "plugins/topology_domains.h"

namespace muster::plugins {

/// How many of the pods to be spread are in each domain, and the least of these numbers.
/// Cost: O(log of the different numbers) a change, O(1) a question.
class DomainCounts {
 public:
  using Domain = TopologyDomains::Domain;

  explicit DomainCounts(Domain domains) : counts_(domains) {}

  /// The domain is one to spread over, with no pods yet.
  void Include(Domain domain);
  /// More pods, or fewer, in an included domain.
  void Add(Domain domain, std::int64_t pods);

  /// 0 for domains that are not included.
  std::int64_t Of(Domain domain) const { return counts_[domain].value_or(0); }
  std::int64_t IncludedCount() const { return included_; }
  /// The least number in an included domain; absent where there is none.
  std::optional<std::int64_t> Least() const;
  /// The same without this domain, which is included.
  std::optional<std::int64_t> LeastBeside(Domain domain) const;

 private:
  void Move(std::optional<std::int64_t> from, std::optional<std::int64_t> to);

  std::vector<std::optional<std::int64_t>> counts_;
  std::map<std::int64_t, std::int64_t> domains_by_count_;
  std::int64_t included_ = 0;
};

}  // namespace muster::plugins
