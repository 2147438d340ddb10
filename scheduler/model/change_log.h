#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "scheduler/model/node_index.h"

namespace muster::model {

/// The nodes to which something has happened, in order, for as long back as is worth following one
/// by one. Cost: O(1) for each entry.
class ChangeLog {
 public:
  /// Counts everything that has happened.
  std::uint64_t Version() const { return begin_ + nodes_.size(); }

  /// The nodes of all entries since a version, some of them more than once; nullopt when that is
  /// too long ago: then look at all of them.
  std::optional<std::span<const NodeIndex>> Since(std::uint64_t version) const {
    if (version < begin_) return std::nullopt;
    return std::span(nodes_).subspan(version - begin_);
  }

  /// Forgets older entries rather than keeping more than `entries_max`.
  void Add(NodeIndex node, std::size_t entries_max) {
    if (nodes_.size() >= entries_max) Forget();
    nodes_.push_back(node);
  }

  /// The next version is one that nobody has a list since.
  void Forget() {
    begin_ = Version() + 1;
    nodes_.clear();
  }

 private:
  std::vector<NodeIndex> nodes_;  // since begin_
  std::uint64_t begin_ = 0;
};

}  // namespace muster::model
