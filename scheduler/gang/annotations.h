#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"
#include "scheduler/base/time.h"
#include "scheduler/topology/packing_policy.h"

namespace muster::gang {

/// What a user asks of Muster in annotations of the driver; all optional.
struct Settings {
  /// muster.dev/min-executors: the gang is admitted when this many of its first executors fit.
  std::optional<std::int64_t> executors_min;
  /// muster.dev/gang-timeout: how long a reserved place waits for its executor.
  std::optional<Duration> gang_timeout;
  /// muster.dev/placement, /topology, /max-executors-per-node and /shuffle.
  topology::PackingPolicy packing;
};

/// What the annotations are read against.
struct SettingsContext {
  std::int64_t executors_initial = 0;  // created at the start
  bool exchanges_little = false;       // shuffle: auto is light then
  std::span<const std::string> topology_levels;
};

/// Reads the annotations of a driver. A percentage of its executors is rounded up.
/// Errors: InvalidArgument names the key, the value and what is allowed; nothing is clamped.
StatusOr<Settings> ReadSettings(const api::StringMap& annotations, const SettingsContext& context);

}  // namespace muster::gang
