#include "bench/replay/policies/node_choice.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace muster::bench::replay {
namespace {

/// The driver goes where it costs executors least; of these to the fullest node.
NodeIndex NodeForDriver(const NodeRoom& room, const PodShape& driver, const PodShape& executor) {
  using Cost = std::pair<std::int64_t, std::int64_t>;
  NodeIndex best = -1;
  Cost least;
  for (NodeIndex node = 0; node < room.Size(); ++node) {
    if (room.CapacityOf(node, driver) == 0) continue;
    const PodShape& free = room.Free(node);
    const PodShape left{free.milli_cpu - driver.milli_cpu,
                        free.memory_mebibytes - driver.memory_mebibytes};
    const std::int64_t places = room.CapacityOf(node, executor);
    const std::int64_t loss = places - CapacityFor(left, executor);
    const Cost cost(loss, room.FreeShare(node));
    if (best >= 0 && cost >= least) continue;
    best = node;
    least = cost;
  }
  return best;
}

std::vector<NodeIndex> PodByPod(NodeRoom room, const PodShape& driver, const PodShape& executor,
                                std::int64_t executors) {
  std::vector<NodeIndex> nodes;
  for (std::int64_t member = 0; member <= executors; ++member) {
    const PodShape& shape = member == 0 ? driver : executor;
    const NodeIndex node = ChooseNode(room, shape, NodeScore::kLeastAllocated);
    if (node < 0) return {};
    room.Take(node, shape);
    nodes.push_back(node);
  }
  return nodes;
}

/// Fills the nodes in this order; all but kTight end on the tightest node that takes the rest.
std::vector<NodeIndex> Fill(const std::vector<NodeIndex>& order,
                            const std::vector<std::int64_t>& places, std::int64_t executors,
                            Packing packing) {
  std::vector<NodeIndex> nodes;
  const auto place = [&](NodeIndex node, std::int64_t count) {
    nodes.insert(nodes.end(), static_cast<std::size_t>(count), node);
    executors -= count;
  };
  for (std::size_t i = 0; i < order.size() && executors > 0; ++i) {
    NodeIndex node = order[i];
    const auto places_of = [&](NodeIndex one) { return places[static_cast<std::size_t>(one)]; };
    if (packing != Packing::kTight && places_of(node) >= executors) {
      for (std::size_t j = i; j < order.size() && places_of(order[j]) >= executors; ++j) {
        if (places_of(order[j]) < places_of(node)) node = order[j];
      }
    }
    place(node, std::min(executors, places_of(node)));
  }
  return nodes;
}

}  // namespace

NodeIndex ChooseNode(const NodeRoom& room, const PodShape& pod, NodeScore score) {
  NodeIndex best = -1;
  std::int64_t best_share = 0;
  for (NodeIndex node = 0; node < room.Size(); ++node) {
    if (room.CapacityOf(node, pod) == 0) continue;
    // The pod's own part of the node counts too: the score is of what is left after it.
    const PodShape& all = room.Allocatable(node);
    std::int64_t share = room.FreeShare(node) - pod.milli_cpu * 1'000'000 / all.milli_cpu -
                         pod.memory_mebibytes * 1'000'000 / all.memory_mebibytes;
    if (score == NodeScore::kMostAllocated) share = -share;
    if (best >= 0 && share <= best_share) continue;
    best = node;
    best_share = share;
  }
  return best;
}

std::vector<NodeIndex> PlaceWhole(const NodeRoom& room, const PodShape& driver,
                                  const PodShape& executor, std::int64_t executors,
                                  Packing packing) {
  if (packing == Packing::kSpread) return PodByPod(room, driver, executor, executors);
  std::vector<NodeIndex> order(static_cast<std::size_t>(room.Size()));
  std::iota(order.begin(), order.end(), 0);
  std::vector<std::int64_t> places(order.size());
  NodeRoom left = room;
  NodeIndex driver_node = -1;
  if (packing == Packing::kTight) {
    std::sort(order.begin(), order.end(), [&](NodeIndex a, NodeIndex b) {
      return std::pair(room.FreeShare(a), a) < std::pair(room.FreeShare(b), b);
    });
    const auto first = std::find_if(order.begin(), order.end(), [&](NodeIndex node) {
      return room.CapacityOf(node, driver) > 0;
    });
    if (first != order.end()) driver_node = *first;
  } else {
    driver_node = NodeForDriver(room, driver, executor);
  }
  if (driver_node < 0) return {};
  left.Take(driver_node, driver);
  std::int64_t all = 0;
  for (NodeIndex node = 0; node < room.Size(); ++node) {
    places[static_cast<std::size_t>(node)] = left.CapacityOf(node, executor);
    all += places[static_cast<std::size_t>(node)];
  }
  if (all < executors) return {};
  if (packing != Packing::kTight) {
    std::sort(order.begin(), order.end(), [&](NodeIndex a, NodeIndex b) {
      const std::int64_t lead =
          places[static_cast<std::size_t>(a)] - places[static_cast<std::size_t>(b)];
      return lead != 0 ? lead > 0 : a < b;
    });
  }
  std::vector<NodeIndex> nodes = Fill(order, places, executors, packing);
  nodes.insert(nodes.begin(), driver_node);
  return nodes;
}

}  // namespace muster::bench::replay
