#pragma once

#include <cstdint>

#include "scheduler/base/time.h"

namespace muster::bench::replay {

/// What a pod takes of a node.
struct PodShape {
  std::int64_t milli_cpu = 0;
  std::int64_t memory_mebibytes = 0;
};

/// Everything that the simulated world assumes; each is a flag of `muster-bench replay` and stands
/// in every report. The same for all policies.
struct WorldConstants {
  // From a job's bytes to its application.
  std::int64_t bytes_per_executor = std::int64_t{2} << 30;
  std::int64_t executors_max = 200;
  std::int64_t executor_bytes_per_second = 10'000'000;
  Duration run_time_base = std::chrono::seconds(20);
  Duration run_time_max = std::chrono::hours(4);
  PodShape driver{1000, 4096};
  PodShape executor{4000, 16384};

  // How Spark behaves.
  Duration driver_startup = std::chrono::seconds(3);
  std::int64_t executor_batch = 10;
  Duration batch_interval = std::chrono::seconds(1);
  Duration executor_startup = std::chrono::seconds(4);
  double registered_ratio = 0.8;
  Duration registered_wait = std::chrono::seconds(30);

  // The cluster and its users.
  std::int64_t nodes_per_rack = 32;
  std::int64_t zones = 3;
  std::int64_t queues = 4;

  // The run.
  double hours = 24;  // of the trace, from its beginning
  std::int64_t copies = 1;
  Duration drain_max = std::chrono::hours(48);
  Duration deadlock_after = std::chrono::minutes(10);
};

}  // namespace muster::bench::replay
