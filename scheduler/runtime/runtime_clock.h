#pragma once

#include <chrono>

#include "scheduler/base/time.h"

namespace muster::runtime {

/// The daemon's only clock for decisions: the wall clock at the start plus the time since then on
/// CLOCK_BOOTTIME. It never goes back when the wall clock is set, and it goes on while the machine
/// is suspended. Threading: safe.
class RuntimeClock {
 public:
  RuntimeClock();
  Time Now() const;

 private:
  Time wall_start_;
  std::chrono::nanoseconds boot_start_;
};

}  // namespace muster::runtime
