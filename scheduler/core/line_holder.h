#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scheduler/base/time.h"
#include "scheduler/core/preemption_round.h"
#include "scheduler/queue/waiting_queue.h"

namespace muster::core {

/// The gang that has been passed for long enough: until then, what comes free where it will go is
/// kept for it from those behind.
struct LineHolder {
  queue::Rank rank;
  Time until{};

  /// What it needs, and where. Of nodes as they were at that version of their descriptions.
  struct Room {
    model::NodeIndex node = model::kNoNode;
    model::ResourceVector amounts;
  };
  std::vector<Room> plan = {};
  std::optional<Time> planned_at = std::nullopt;
  std::uint64_t planned_version = 0;

  /// What of it is kept now, while one behind is tried; absent while none is.
  std::optional<std::vector<HeldRoom>> kept = std::nullopt;
};

}  // namespace muster::core
