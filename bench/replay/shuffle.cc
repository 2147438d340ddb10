#include "bench/replay/shuffle.h"

#include <algorithm>
#include <functional>

namespace muster::bench::replay {
namespace {

std::vector<std::int64_t> FillLargestFirst(const std::vector<std::int64_t>& places,
                                           std::int64_t count) {
  std::vector<std::int64_t> counts;
  for (const std::int64_t room : places) {
    if (count == 0) break;
    counts.push_back(std::min(room, count));
    count -= counts.back();
  }
  return counts;
}

}  // namespace

double CrossingShare(std::span<const std::int64_t> counts) {
  double all = 0;
  double squares = 0;
  for (const std::int64_t count : counts) {
    all += static_cast<double>(count);
    squares += static_cast<double>(count) * static_cast<double>(count);
  }
  return all == 0 ? 0 : 1 - squares / (all * all);
}

LeastCrossingTable::LeastCrossingTable(const Workload& workload) {
  std::map<std::int32_t, std::int64_t> zones;
  for (const NodeSpec& node : workload.nodes) {
    const std::int64_t places = CapacityFor(node.allocatable, workload.executor);
    if (places == 0) continue;
    node_places_.push_back(places);
    zones[node.zone] += places;
  }
  for (const auto& [zone, places] : zones) zone_places_.push_back(places);
  std::sort(node_places_.begin(), node_places_.end(), std::greater<>());
  std::sort(zone_places_.begin(), zone_places_.end(), std::greater<>());
}

const LeastCrossing& LeastCrossingTable::Of(std::int64_t executors) {
  const auto [entry, is_new] = known_.try_emplace(executors);
  if (is_new) {
    // The driver is left out: beside executors that fill a node it finds room on another, smaller
    // one, and the sum of squares stays what it is.
    const auto nodes = FillLargestFirst(node_places_, executors);
    entry->second = {CrossingShare(nodes), CrossingShare(FillLargestFirst(zone_places_, executors)),
                     static_cast<std::int64_t>(nodes.size())};
  }
  return entry->second;
}

}  // namespace muster::bench::replay
