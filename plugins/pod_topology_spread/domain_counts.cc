#include "plugins/pod_topology_spread/domain_counts.h"

#include "scheduler/base/check.h"

namespace muster::plugins {

void DomainCounts::Include(Domain domain) {
  if (counts_[domain]) return;
  counts_[domain] = 0;
  ++included_;
  Move(std::nullopt, 0);
}

void DomainCounts::Add(Domain domain, std::int64_t pods) {
  MUSTER_CHECK(counts_[domain].has_value(), "counted in a domain that is not included");
  const std::int64_t before = *counts_[domain];
  counts_[domain] = before + pods;
  Move(before, before + pods);
}

std::optional<std::int64_t> DomainCounts::Least() const {
  if (domains_by_count_.empty()) return std::nullopt;
  return domains_by_count_.begin()->first;
}

std::optional<std::int64_t> DomainCounts::LeastBeside(Domain domain) const {
  const auto least = domains_by_count_.begin();
  if (least->first != *counts_[domain] || least->second > 1) return least->first;
  const auto second = std::next(least);
  if (second == domains_by_count_.end()) return std::nullopt;
  return second->first;
}

void DomainCounts::Move(std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  if (to) ++domains_by_count_[*to];
  if (!from) return;
  const auto left = domains_by_count_.find(*from);
  if (--left->second == 0) domains_by_count_.erase(left);
}

}  // namespace muster::plugins
