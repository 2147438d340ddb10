// What scores say: where a pod alone goes, and which nodes a set of a gang prefers.

#include <algorithm>
#include <numeric>

#include "scheduler/framework/score.h"
#include "scheduler/placement/gang_placer.h"

namespace muster::placement {

using model::NodeIndex;

/// False when no node can take the pod.
bool GangPlacer::PlaceByScores(std::size_t index) {
  RefreshCapacity(index);
  const std::vector<NodeIndex> nodes = NodesByScore(sets_[index]);
  if (nodes.empty()) return false;
  Place(index, nodes.front(), 1);
  return true;
}

/// The nodes that take a pod of the set, the highest score first, ties by name.
std::vector<NodeIndex> GangPlacer::NodesByScore(const Set& set) const {
  std::vector<NodeIndex> nodes = AllNodes(set);
  if (nodes.size() < 2) return nodes;
  const std::vector<std::int64_t> scores =
      framework::ScoreNodes(profile_.scores, set.View(), model_, nodes);
  std::vector<std::size_t> order(nodes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b]
                                  : model_.Nodes().Name(nodes[a]) < model_.Nodes().Name(nodes[b]);
  });
  std::vector<NodeIndex> sorted;
  sorted.reserve(nodes.size());
  for (const std::size_t at : order) sorted.push_back(nodes[at]);
  return sorted;
}

/// Asks what the pods of the set prefer among the nodes that can take one now.
/// Requires: RefreshCapacity.
void GangPlacer::AskPreferences(Set& set) const {
  set.preference.clear();
  const auto prefers = [&](const framework::WeightedScorePlugin& entry) {
    return entry.weight > 0 && entry.plugin->PrefersNodesThemselves(set.View(), model_);
  };
  if (std::none_of(profile_.scores.begin(), profile_.scores.end(), prefers)) return;
  const std::vector<NodeIndex> nodes = AllNodes(set);
  const std::vector<std::int64_t> preferences =
      framework::NodePreferences(profile_.scores, set.View(), model_, nodes);
  if (preferences.empty()) return;
  set.preference.resize(model_.Nodes().Size(), 0);
  for (std::size_t i = 0; i < nodes.size(); ++i) set.preference[nodes[i]] = preferences[i];
}

}  // namespace muster::placement
