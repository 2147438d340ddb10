#include "scheduler/topology/topology_tree.h"

#include <algorithm>
#include <utility>

namespace muster::topology {

using model::NodeIndex;

void TopologyTree::Refresh(const model::NodeTable& nodes) {
  const model::ChangeLog& changes = nodes.DescriptionChanges();
  if (followed_ == changes.Version()) return;
  auto changed = followed_ ? changes.Since(*followed_) : std::nullopt;
  if (HasManyDeadDomains(nodes.Size())) {
    levels_.assign(levels_.size(), Level());
    ++version_;
    changed.reset();
  }
  for (Level& level : levels_) level.of_node.resize(nodes.Size(), kNoDomain);
  interruptible_.resize(nodes.Size(), 0);
  if (changed) {
    for (NodeIndex node : *changed) Look(nodes, node);
  } else {
    for (NodeIndex node = 0; node < nodes.Size(); ++node) Look(nodes, node);
  }
  RankDomains();
  followed_ = changes.Version();
}

/// Nodes come and go with names of their own.
bool TopologyTree::HasManyDeadDomains(std::size_t nodes) const {
  constexpr std::size_t kAlwaysKept = 1024;
  return std::any_of(levels_.begin(), levels_.end(), [nodes](const Level& level) {
    return level.names.size() > 2 * nodes + kAlwaysKept;
  });
}

void TopologyTree::RankDomains() {
  for (Level& level : levels_) {
    if (level.ranks.size() == level.names.size()) continue;
    level.ranks.resize(level.names.size());
    std::uint32_t rank = 0;
    for (const auto& [path, domain] : level.by_path) level.ranks[domain] = rank++;
  }
}

void TopologyTree::Look(const model::NodeTable& nodes, NodeIndex node) {
  const api::StringMap& labels = nodes.Labels(node);
  std::vector<std::string> path;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    Level& level = levels_[i];
    const DomainIndex before = std::exchange(level.of_node[node], kNoDomain);
    const auto label = labels.find(settings_.levels[i]);
    // The place of a level that the node lacks stays empty, so that paths keep their meaning.
    path.push_back(label == labels.end() ? std::string() : label->second);
    if (label == labels.end()) {
      if (before != kNoDomain) ++version_;
      continue;
    }
    const auto [entry, is_new] =
        level.by_path.try_emplace(path, static_cast<DomainIndex>(level.names.size()));
    if (is_new) level.names.push_back(&entry->first.back());
    level.of_node[node] = entry->second;
    if (before != entry->second) ++version_;
  }
  const bool is_interruptible = std::any_of(
      settings_.interruptible.begin(), settings_.interruptible.end(), [&](const NodeLabel& spot) {
        const auto label = labels.find(spot.key);
        return label != labels.end() && label->second == spot.value;
      });
  interruptible_count_ += (is_interruptible ? 1 : 0) - interruptible_[node];
  interruptible_[node] = is_interruptible ? 1 : 0;
}

std::optional<std::size_t> TopologyTree::FindLevel(std::string_view label) const {
  const auto found = std::find(settings_.levels.begin(), settings_.levels.end(), label);
  if (found == settings_.levels.end()) return std::nullopt;
  return static_cast<std::size_t>(found - settings_.levels.begin());
}

}  // namespace muster::topology
