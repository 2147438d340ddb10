#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "scheduler/base/status.h"

namespace muster {

/// A clock that nobody can read: it only gives time points a type. The pure folders are told what
/// time it is; only scheduler/runtime and bench read or make up a clock.
struct EventClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<EventClock>;
  static constexpr bool is_steady = true;
};

using Duration = std::chrono::nanoseconds;
/// Nanoseconds since the Unix epoch, UTC. The daemon's `now` never goes back: it is the wall clock
/// at the start plus the monotonic time since.
using Time = EventClock::time_point;

/// Parses RFC 3339 as Kubernetes writes it ("2026-11-21T08:50:00Z", fraction allowed, UTC only).
/// Errors: InvalidArgument, also for years that nanoseconds cannot hold (before 1678, after 2261).
StatusOr<Time> ParseRfc3339(std::string_view text);

/// "2026-11-21T08:50:00Z": metav1.Time.
std::string FormatRfc3339(Time time);

/// "2026-11-21T08:50:00.000000Z": metav1.MicroTime, exactly six digits.
std::string FormatRfc3339Micro(Time time);

/// Parses a Go duration ("300ms", "1h30m", "90s"); zero or more, at most 10 years.
StatusOr<Duration> ParseDuration(std::string_view text);

/// "1h30m0s", "1.5s", "250ms", "0s": the way Go prints a duration.
std::string FormatDuration(Duration duration);

}  // namespace muster
