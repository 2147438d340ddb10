#pragma once

#include "bench/simulation/scheduler.h"
#include "scheduler/core/scheduler_core.h"

namespace muster::bench {

/// Muster with these options and its usual plugins: the same core that the daemon runs.
SchedulerFactory MusterFactory(const core::CoreOptions& options);

}  // namespace muster::bench
