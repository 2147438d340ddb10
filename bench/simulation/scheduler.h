#pragma once

#include <functional>
#include <memory>
#include <span>

#include "scheduler/core/effects.h"
#include "scheduler/core/events.h"

namespace muster::bench {

/// A scheduling policy as the simulated world runs it. Implementations: Muster's core, and the
/// pod-by-pod scheduler it is compared with.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  /// Applies the events, in order, then decides; as core::SchedulerCore::Step.
  virtual core::StepResult Step(Time now, std::span<const core::Event> events) = 0;
};

/// Makes a fresh scheduler at every start of its process.
using SchedulerFactory = std::function<std::unique_ptr<Scheduler>()>;

}  // namespace muster::bench
