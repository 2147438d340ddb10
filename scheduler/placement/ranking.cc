// What scores say: where a pod alone goes, and which nodes a set of a gang prefers.

#include <algorithm>

#include "scheduler/base/check.h"
#include "scheduler/framework/score.h"
#include "scheduler/placement/gang_placer.h"
#include "scheduler/placement/packing.h"

namespace muster::placement {

using model::NodeIndex;

/// False when no node can take the pod.
bool GangPlacer::PlaceByScores(std::size_t index) {
  const Set& set = sets_[index];
  RefreshCapacity(index);
  const std::vector<NodeIndex> nodes = AllNodes(set);
  if (nodes.empty()) return false;
  const std::vector<std::int64_t> scores =
      framework::ScoreNodes(profile_.scores, set.View(), model_, nodes);
  std::size_t best = 0;
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    if (scores[i] < scores[best]) continue;
    const bool tie = scores[i] == scores[best];
    if (tie && model_.Nodes().Name(nodes[best]) < model_.Nodes().Name(nodes[i])) continue;
    best = i;
  }
  Place(index, nodes[best], 1);
  return true;
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

/// Fills the nodes that the pods prefer before the others. Requires: there are places enough.
/// Cost: O(nodes x nodes filled).
void GangPlacer::PlaceByPreference(std::size_t index, std::int64_t count) {
  const Set& set = sets_[index];
  std::vector<std::int64_t> capacity(model_.Nodes().Size(), 0);
  for (NodeIndex node = 0; node < capacity.size(); ++node) capacity[node] = CapacityOf(set, node);
  while (count > 0) {
    const Filled step = FillOneNode({model_.Nodes(), capacity, set.preference}, preferred_, count);
    MUSTER_CHECK(step.count > 0, "there are places enough");
    Place(index, step.node, step.count);
    capacity[step.node] = 0;
    count -= step.count;
  }
}

}  // namespace muster::placement
