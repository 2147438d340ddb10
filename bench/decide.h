#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace muster::bench {

/// How fast whole gangs are placed: the engine alone, one thread, all nodes considered.
struct DecideOptions {
  std::int64_t nodes = 5000;     // 32 cpu, 256Gi, 110 pods each; three zones, racks of 32
  std::string gangs = "500x20";  // GANGSxPODS, one of the pods is the driver
  std::string shape = "spark";  // spark: driver 1 cpu 2Gi, executors 4 cpu 16Gi; small: 1 cpu 200Mi
  /// Of the cpu, by other pods, before the gangs come. Up to 0.8 all nodes alike; beyond that some
  /// are 0.6 full and the others to the brim, so that there is room for executors somewhere.
  double fill = 0.5;
  std::uint64_t seed = 1;
  int rounds = 5;  // each from the same filled cluster; the median round is told
  bool json = false;
};

struct Measurement {
  std::int64_t gangs_placed = 0;
  double pods_per_second = 0;  // of the median round, as all below
  double pods_per_second_low = 0;
  double pods_per_second_high = 0;
  double gang_microseconds_p50 = 0;
  double gang_microseconds_p99 = 0;
  double gang_microseconds_max = 0;
  double peak_megabytes = 0;  // of the process so far
};

/// Places the gangs one after the other, until one does not fit; nullopt when `gangs` is not of its
/// form.
std::optional<Measurement> MeasureDecisions(const DecideOptions& options);

/// MeasureDecisions, and prints rates, percentiles and memory.
/// Returns the process's exit code: 0 done, 2 usage.
int RunDecide(const DecideOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace muster::bench
