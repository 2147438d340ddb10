#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "bench/replay/workload.h"

namespace muster::bench::replay {

struct NodeShare {
  NodeIndex node = 0;
  std::int64_t count = 0;
};

/// What is free on each node, as one observer sees it: the world counts pods, a policy may count
/// what it has promised too. Cost of everything but the constructor: O(1).
class NodeRoom {
 public:
  explicit NodeRoom(const std::vector<NodeSpec>& nodes);

  NodeIndex Size() const { return static_cast<NodeIndex>(free_.size()); }
  const PodShape& Free(NodeIndex node) const { return free_[Index(node)]; }
  const PodShape& Allocatable(NodeIndex node) const { return allocatable_[Index(node)]; }
  std::int64_t CapacityOf(NodeIndex node, const PodShape& pod) const {
    return CapacityFor(Free(node), pod);
  }
  void Take(NodeIndex node, const PodShape& pod, std::int64_t count = 1) {
    free_[Index(node)].milli_cpu -= count * pod.milli_cpu;
    free_[Index(node)].memory_mebibytes -= count * pod.memory_mebibytes;
  }
  void Give(NodeIndex node, const PodShape& pod, std::int64_t count = 1) {
    Take(node, pod, -count);
  }
  /// CPU and memory as one: the sum of the free shares, times 1e6.
  std::int64_t FreeShare(NodeIndex node) const;

 private:
  static std::size_t Index(NodeIndex node) { return static_cast<std::size_t>(node); }

  std::vector<PodShape> free_;
  std::vector<PodShape> allocatable_;
};

}  // namespace muster::bench::replay
