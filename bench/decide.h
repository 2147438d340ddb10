#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace muster::bench {

/// How fast whole gangs are placed: the engine alone, one thread, all nodes considered.
struct DecideOptions {
  std::int64_t nodes = 5000;     // 32 cpu, 256Gi, 110 pods each, in three zones
  std::string gangs = "500x20";  // GANGSxPODS, one of the pods is the driver
  std::string shape = "spark";  // spark: driver 1 cpu 2Gi, executors 4 cpu 16Gi; small: 1 cpu 200Mi
  double fill = 0.5;            // of the cpu, by other pods, before the gangs come
  std::uint64_t seed = 1;
  int rounds = 5;  // each from the same filled cluster; the median round is told
  bool json = false;
};

/// Places the gangs one after the other and prints rates, percentiles and memory.
/// Returns the process's exit code: 0 done, 2 usage.
int RunDecide(const DecideOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace muster::bench
