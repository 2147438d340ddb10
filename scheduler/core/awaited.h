#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scheduler/base/time.h"
#include "scheduler/core/preemption_round.h"
#include "scheduler/queue/waiting_queue.h"

/// Private to the core: what it waits for.
namespace muster::core {

enum class TimerKind { kGather, kResolveBind, kSlots, kReport, kPatience, kVolumes, kPreempt };

struct Timer {
  Time at{};
  TimerKind kind = TimerKind::kGather;
  std::string uid;  // of the gang
  auto operator<=>(const Timer&) const = default;
};

enum class CallKind {
  kBind,
  kPatch,
  kFetchConfigMap,
  kFetchCustomResource,
  kFetchPod,
  kMarkVictim,
  kDeleteVictim,
  kVolume,
};

struct Call {
  CallKind kind = CallKind::kBind;
  std::string uid;  // of the gang
  std::string victim_uid = {};
};

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

  bool keeps = false;  // now: while those behind are tried
  std::vector<HeldRoom> kept = {};
};

}  // namespace muster::core
