#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scheduler/model/node_table.h"

namespace muster::plugins {

/// In which topology domain each node is, for one topology key: nodes with the same value of the
/// label are in one domain. Domains are numbered in the order of the nodes.
/// Cost: one walk over the nodes when it is made, O(1) a question. Valid as long as no node
/// changes.
class TopologyDomains {
 public:
  using Domain = std::uint32_t;
  /// The domain of nodes without the label.
  static constexpr Domain kNone = UINT32_MAX;

  TopologyDomains(const model::NodeTable& nodes, const std::string& key);

  Domain Of(model::NodeIndex node) const { return of_[node]; }
  Domain Count() const { return count_; }
  /// True when no two nodes share a domain, as with kubernetes.io/hostname.
  bool EachNodeItsOwn() const { return each_node_its_own_; }

 private:
  std::vector<Domain> of_;  // by NodeIndex
  Domain count_ = 0;
  bool each_node_its_own_ = true;
};

}  // namespace muster::plugins
