#include "scheduler/placement/packing.h"

#include <algorithm>

namespace muster::placement {
namespace {

struct Candidate {
  model::NodeIndex node;
  std::int64_t capacity;
  std::int64_t preference;
};

/// The nodes that can take pods, without `used` ones: most preferred first, then the roomiest.
std::vector<Candidate> Candidates(const PackingView& view, const std::vector<bool>& used) {
  std::vector<Candidate> candidates;
  for (model::NodeIndex node = 0; node < view.capacity.size(); ++node) {
    if (view.capacity[node] == 0 || used[node]) continue;
    candidates.push_back({node, view.capacity[node], view.PreferenceOf(node)});
  }
  std::sort(candidates.begin(), candidates.end(), [&](const Candidate& a, const Candidate& b) {
    if (a.preference != b.preference) return a.preference > b.preference;
    if (a.capacity != b.capacity) return a.capacity > b.capacity;
    return view.nodes.Name(a.node) < view.nodes.Name(b.node);
  });
  return candidates;
}

}  // namespace

std::optional<std::vector<Filled>> FillRoomiestFirst(const PackingView& view,
                                                     std::span<const model::NodeIndex> first,
                                                     std::int64_t count) {
  std::vector<Filled> filled;
  std::vector<bool> used(view.capacity.size(), false);
  std::int64_t missing = count;
  const auto take = [&](model::NodeIndex node) {
    const std::int64_t taken = std::min(missing, view.capacity[node]);
    used[node] = true;
    if (taken == 0) return;
    filled.push_back({node, taken});
    missing -= taken;
  };
  for (model::NodeIndex node : first) {
    if (!used[node]) take(node);
  }

  const std::vector<Candidate> candidates = Candidates(view, used);
  auto next = candidates.begin();
  while (missing > 0 && next != candidates.end()) {
    const auto end_of_equals =
        std::partition_point(next, candidates.end(), [&](const Candidate& c) {
          return c.preference == next->preference;
        });
    // The candidates that take the whole rest are in front; the last of them is the tightest. Among
    // equally tight ones the first by name.
    const auto end_of_enough = std::partition_point(
        next, end_of_equals, [&](const Candidate& c) { return c.capacity >= missing; });
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

Filled FillOneNode(const PackingView& view, std::span<const model::NodeIndex> first,
                   std::int64_t count) {
  const std::span<const std::int64_t> capacity = view.capacity;
  for (model::NodeIndex node : first) {
    if (capacity[node] > 0) return {node, std::min(count, capacity[node])};
  }
  model::NodeIndex best = model::kNoNode;
  const auto better = [&](model::NodeIndex node) {
    if (best == model::kNoNode) return true;
    const std::int64_t lead = view.PreferenceOf(node) - view.PreferenceOf(best);
    if (lead != 0) return lead > 0;
    const bool enough = capacity[node] >= count;
    if (enough != (capacity[best] >= count)) return enough;
    if (capacity[node] != capacity[best]) return (capacity[node] < capacity[best]) == enough;
    return view.nodes.Name(node) < view.nodes.Name(best);
  };
  for (model::NodeIndex node = 0; node < capacity.size(); ++node) {
    if (capacity[node] > 0 && better(node)) best = node;
  }
  return best == model::kNoNode ? Filled{} : Filled{best, std::min(count, capacity[best])};
}

}  // namespace muster::placement
