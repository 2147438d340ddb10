#include "scheduler/placement/concentration.h"

#include <algorithm>
#include <map>
#include <vector>

#include "scheduler/placement/matching_nodes.h"

namespace muster::placement {
namespace {

/// Filling the roomiest first gives the largest sum of squares: any other division is majorized.
std::int64_t MostPairs(std::vector<std::int64_t> rooms, std::int64_t count) {
  std::sort(rooms.begin(), rooms.end(), std::greater<>());
  std::int64_t pairs = 0;
  for (const std::int64_t room : rooms) {
    const std::int64_t taken = std::min(room, count);
    if (taken == 0) break;
    pairs += taken * taken;
    count -= taken;
  }
  return pairs;
}

}  // namespace

Concentration ConcentrationOf(const PlacementContext& context, const PodSetDemand& demand,
                              std::span<const NodeShare> shares,
                              const std::function<bool(const model::PodsOnNode&)>& may_leave) {
  Concentration concentration;
  std::map<model::NodeIndex, std::int64_t> members;
  for (const NodeShare& share : shares) members[share.node] += share.count;
  for (const auto& [node, count] : members) concentration.pairs += count * count;

  const model::ClusterModel& model = context.model;
  const std::vector<std::uint8_t> matching =
      MatchingNodes(context.profile, model, {demand.pod, *demand.info});
  std::vector<std::int64_t> rooms;
  rooms.reserve(matching.size());
  for (model::NodeIndex node = 0; node < matching.size(); ++node) {
    if (matching[node] == 0) continue;
    model::ResourceVector free = model.Nodes().Free(node);
    for (const model::PodsOnNode& pods : model.PodsOn(node)) {
      if (may_leave(pods)) model::AddScaled(free, pods.info->amounts, pods.count);
    }
    rooms.push_back(model::CountThatFit(free, demand.info->amounts, demand.count));
  }
  concentration.pairs_possible = MostPairs(std::move(rooms), demand.count);
  return concentration;
}

}  // namespace muster::placement
