// When the world says that gangs block each other, and what it does then.

#include <algorithm>

#include "bench/replay/world.h"

namespace muster::bench::replay {

/// Holds room and does no work for want of members. A gang that runs with a part of its executors
/// makes progress, and so is in no deadlock.
bool World::IsStuckPart(const Gang& gang) const {
  const bool holds = gang.phase == Gang::Phase::kStarting || !gang.placeholders.empty();
  const auto members = static_cast<std::int32_t>(gang.nodes.size());
  return holds && gang.phase != Gang::Phase::kRunning && gang.bound + 1 < members;
}

std::optional<Time> World::NextDeadlockLook() const {
  if (recorder_.Now(Level::kIdleHoldCpu) == 0) return std::nullopt;
  return std::max(
      {last_bind_ + constants_.deadlock_after, last_look_ + std::chrono::minutes(1), now_});
}

void World::LookForDeadlock() {
  if (now_ < last_bind_ + constants_.deadlock_after) return;
  if (now_ < last_look_ + std::chrono::minutes(1)) return;
  last_look_ = now_;
  std::vector<GangIndex> parts;
  for (GangIndex index : live_) {
    if (IsStuckPart(At(index))) parts.push_back(index);
  }
  if (parts.size() < 2 || !CouldHelpAnother(parts)) return;
  ++deadlocks_;
  const GangIndex youngest = parts.back();
  const Gang& gang = At(youngest);
  if (gang.phase == Gang::Phase::kStarting) {
    deadlock_lost_seconds_ += std::chrono::duration<double>(now_ - gang.driver_bound_at).count();
  }
  ++outcomes_[static_cast<std::size_t>(youngest)].restarts;
  TakeAway(youngest);
  live_.erase(std::lower_bound(live_.begin(), live_.end(), youngest));
  recorder_.Add(Level::kWaitingGangs, -1);
  recorder_.AddQueueDemand(Spec(youngest).queue, -1);
  Submit(youngest);
  last_bind_ = now_;  // something has happened
}

/// Would a missing member of one part find room if the others gave theirs back?
bool World::CouldHelpAnother(const std::vector<GangIndex>& parts) const {
  for (GangIndex helped : parts) {
    NodeRoom room = room_;
    for (GangIndex other : parts) {
      if (other == helped) continue;
      const std::vector<NodeIndex>& nodes = At(other).nodes;
      for (std::size_t member = 0; member < nodes.size(); ++member) {
        if (nodes[member] >= 0) {
          room.Give(nodes[member], ShapeOf(static_cast<std::int32_t>(member)));
        }
      }
      for (const auto& [member, node] : At(other).placeholders) room.Give(node, ShapeOf(member));
    }
    const bool has_driver = At(helped).nodes.front() >= 0;
    const PodShape& missing = has_driver ? workload_.executor : workload_.driver;
    for (NodeIndex node = 0; node < room.Size(); ++node) {
      if (room_.CapacityOf(node, missing) == 0 && room.CapacityOf(node, missing) > 0) return true;
    }
  }
  return false;
}

}  // namespace muster::bench::replay
