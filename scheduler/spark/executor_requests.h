#pragma once

#include <cstdint>
#include <string_view>

#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"
#include "scheduler/spark/settings.h"

namespace muster::spark {

/// The memory of one executor pod of the default resource profile, in mebibytes.
struct ExecutorMemory {
  std::int64_t heap = 1024;
  std::int64_t overhead = 0;
  std::int64_t off_heap = 0;
  std::int64_t python = 0;

  std::int64_t Total() const { return heap + overhead + off_heap + python; }
};

/// Computes the memory as Spark does; `spark_version` ("3.5.9", may be empty) decides which keys
/// the release reads. Source: ResourceProfile.getResourcesForClusterManager, Spark 3.3 to 4.x.
/// Errors: InvalidArgument names the key, the value and what is allowed.
StatusOr<ExecutorMemory> ComputeExecutorMemory(Settings& settings, std::string_view spark_version);

/// What Spark sets on its own container in an executor pod of the default profile: memory (request
/// and limit), cpu, and the extended resources that the configuration asks for. The API server has
/// not been there yet: an extended resource is only a limit here.
/// Source: BasicExecutorFeatureStep, Spark 3.3 to 4.x. Errors: as above.
StatusOr<api::ResourceRequirements> ComputeExecutorResources(Settings& settings,
                                                             std::string_view spark_version);

}  // namespace muster::spark
