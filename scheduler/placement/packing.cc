#include "scheduler/placement/packing.h"

#include <algorithm>

namespace muster::placement {
namespace {

struct Candidate {
  model::NodeIndex node;
  std::int64_t capacity;
};

}  // namespace

std::optional<std::vector<Filled>> FillRoomiestFirst(const model::NodeTable& nodes,
                                                     std::span<const std::int64_t> capacity,
                                                     std::span<const model::NodeIndex> preferred,
                                                     std::int64_t count) {
  std::vector<Filled> filled;
  std::vector<bool> used(capacity.size(), false);
  std::int64_t missing = count;
  const auto take = [&](model::NodeIndex node) {
    const std::int64_t taken = std::min(missing, capacity[node]);
    used[node] = true;
    if (taken == 0) return;
    filled.push_back({node, taken});
    missing -= taken;
  };
  for (model::NodeIndex node : preferred) {
    if (!used[node]) take(node);
  }

  std::vector<Candidate> candidates;  // roomiest first
  for (model::NodeIndex node = 0; node < capacity.size(); ++node) {
    if (capacity[node] > 0 && !used[node]) candidates.push_back({node, capacity[node]});
  }
  std::sort(candidates.begin(), candidates.end(), [&](const Candidate& a, const Candidate& b) {
    return a.capacity != b.capacity ? a.capacity > b.capacity
                                    : nodes.Name(a.node) < nodes.Name(b.node);
  });
  auto next = candidates.begin();
  while (missing > 0 && next != candidates.end()) {
    // The candidates that take the whole rest are in front; the last of them is the tightest. Among
    // equally tight ones the first by name.
    const auto end_of_enough = std::partition_point(
        next, candidates.end(), [&](const Candidate& c) { return c.capacity >= missing; });
    if (end_of_enough == next) {
      take(next->node);
      ++next;
      continue;
    }
    const std::int64_t tightest = std::prev(end_of_enough)->capacity;
    const auto chosen = std::partition_point(
        next, end_of_enough, [&](const Candidate& c) { return c.capacity > tightest; });
    take(chosen->node);
  }
  if (missing > 0) return std::nullopt;
  return filled;
}

Filled FillOneNode(const model::NodeTable& nodes, std::span<const std::int64_t> capacity,
                   std::span<const model::NodeIndex> preferred, std::int64_t count) {
  for (model::NodeIndex node : preferred) {
    if (capacity[node] > 0) return {node, std::min(count, capacity[node])};
  }
  model::NodeIndex best = model::kNoNode;
  const auto better = [&](model::NodeIndex node) {
    if (best == model::kNoNode) return true;
    const bool enough = capacity[node] >= count;
    if (enough != (capacity[best] >= count)) return enough;
    if (capacity[node] != capacity[best]) return (capacity[node] < capacity[best]) == enough;
    return nodes.Name(node) < nodes.Name(best);
  };
  for (model::NodeIndex node = 0; node < capacity.size(); ++node) {
    if (capacity[node] > 0 && better(node)) best = node;
  }
  return best == model::kNoNode ? Filled{} : Filled{best, std::min(count, capacity[best])};
}

}  // namespace muster::placement
