#pragma once

#include <cstdint>

#include "scheduler/base/status.h"
#include "scheduler/spark/settings.h"

namespace muster::spark {

/// How many executors of the default profile an application starts with, and may have.
struct ExecutorCount {
  std::int64_t initial = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
  bool is_dynamic = false;
};

/// Without dynamic allocation all three are spark.executor.instances (2 when absent); with it they
/// are what Spark asks for at the start, minExecutors and maxExecutors.
/// Source: SchedulerBackendUtils.getInitialTargetExecutorNumber, ExecutorAllocationManager.
/// Errors: InvalidArgument names the key, the value and what is allowed.
StatusOr<ExecutorCount> ComputeExecutorCount(Settings& settings);

}  // namespace muster::spark
