// What scores say: where a pod alone goes, and which nodes a set of a gang prefers.

#include "scheduler/framework/score.h"
#include "scheduler/placement/gang_placer.h"

namespace muster::placement {

using model::NodeIndex;

std::vector<NodeIndex> GangPlacer::FeasibleNodes(const Judged& set) const {
  std::vector<NodeIndex> nodes;
  for (NodeIndex node = 0; node < set.capacity.size(); ++node) {
    if (set.capacity[node] > 0) nodes.push_back(node);
  }
  return nodes;
}

/// Returns 1 when the pod was placed, 0 when no node can take it.
std::int64_t GangPlacer::PlaceByScores(std::size_t index) {
  Judged& set = sets_[index];
  set.filters.Capacities(model_, 1, set.capacity);
  const std::vector<NodeIndex> nodes = FeasibleNodes(set);
  if (nodes.empty()) return 0;
  const std::vector<std::int64_t> scores =
      framework::ScoreNodes(profile_.scores, set.view, model_, nodes);
  std::size_t best = 0;
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    const bool higher = scores[i] > scores[best];
    const bool tie = scores[i] == scores[best];
    const model::NodeTable& table = model_.Nodes();
    if (higher || (tie && table.Name(nodes[i]) < table.Name(nodes[best]))) best = i;
  }
  Place(index, nodes[best], 1);
  return 1;
}

/// Requires the set's capacities.
void GangPlacer::AskPreferences(Judged& set) const {
  const std::vector<NodeIndex> nodes = FeasibleNodes(set);
  const std::vector<std::int64_t> preferences =
      framework::NodePreferences(profile_.scores, set.view, model_, nodes);
  set.preference.clear();
  if (preferences.empty()) return;
  set.preference.resize(set.capacity.size(), 0);
  for (std::size_t i = 0; i < nodes.size(); ++i) set.preference[nodes[i]] = preferences[i];
}

}  // namespace muster::placement
