#include "bench/replay/node_room.h"

namespace muster::bench::replay {

NodeRoom::NodeRoom(const std::vector<NodeSpec>& nodes) {
  free_.reserve(nodes.size());
  for (const NodeSpec& node : nodes) free_.push_back(node.allocatable);
  allocatable_ = free_;
}

std::int64_t NodeRoom::FreeShare(NodeIndex node) const {
  constexpr std::int64_t kScale = 1'000'000;
  const PodShape& free = Free(node);
  const PodShape& all = Allocatable(node);
  return free.milli_cpu * kScale / all.milli_cpu +
         free.memory_mebibytes * kScale / all.memory_mebibytes;
}

}  // namespace muster::bench::replay
