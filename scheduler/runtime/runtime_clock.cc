#include "scheduler/runtime/runtime_clock.h"

#include <time.h>

#include "scheduler/base/check.h"

namespace muster::runtime {
namespace {

std::chrono::nanoseconds Read(clockid_t clock) {
  timespec time{};
  MUSTER_CHECK(clock_gettime(clock, &time) == 0, "clock_gettime");
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

RuntimeClock::RuntimeClock()
    : wall_start_(Read(CLOCK_REALTIME)), boot_start_(Read(CLOCK_BOOTTIME)) {}

Time RuntimeClock::Now() const { return wall_start_ + (Read(CLOCK_BOOTTIME) - boot_start_); }

}  // namespace muster::runtime
