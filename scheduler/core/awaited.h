#pragma once

#include <compare>
#include <string>

#include "scheduler/base/time.h"

/// Private to the core: moments and answers that it waits for.
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

}  // namespace muster::core
