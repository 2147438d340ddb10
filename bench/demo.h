#pragma once

#include <cstdint>
#include <iosfwd>

namespace muster::bench {

struct DemoOptions {
  std::uint64_t seed = 1;
  bool has_colours = false;
};

/// Shows why gangs matter: three Spark applications, two of which cannot run together, on a small
/// simulated cluster; first under a pod-by-pod scheduler, which deadlocks, then under Muster.
/// Returns the exit code: 0, or 1 when Muster did not finish every application.
int RunDemo(const DemoOptions& options, std::ostream& out);

}  // namespace muster::bench
