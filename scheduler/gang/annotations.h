#pragma once

#include <cstdint>
#include <optional>

#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"
#include "scheduler/base/time.h"

namespace muster::gang {

/// What a user asks of Muster in annotations of the driver; all optional.
struct Settings {
  /// muster.dev/min-executors: the gang is admitted when this many of its first executors fit.
  std::optional<std::int64_t> executors_min;
  /// muster.dev/gang-timeout: how long a reserved place waits for its executor.
  std::optional<Duration> gang_timeout;
};

/// Reads the annotations of a driver that will create `executors_initial` executors at its start. A
/// percentage of them is rounded up.
/// Errors: InvalidArgument names the key, the value and what is allowed; nothing is clamped.
StatusOr<Settings> ReadSettings(const api::StringMap& annotations, std::int64_t executors_initial);

}  // namespace muster::gang
