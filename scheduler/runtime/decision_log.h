#pragma once

#include <span>

#include "scheduler/core/effects.h"

namespace muster::runtime {

/// One log line per admitted gang (a bind that carries a plan) and per warning that is not the
/// usual FailedScheduling; the rest at debug level. Derived from the effects, so the core itself
/// does not log.
void LogDecisions(std::span<const core::Effect> effects);

}  // namespace muster::runtime
