#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace muster::bench {

/// How the cost of a decision grows with the cluster: gangs of 20 pods on 1,000 to 100,000 nodes,
/// half full and nearly full.
struct GrowthOptions {
  std::int64_t nodes_max = 100'000;
  int rounds = 3;
  bool json = false;
  std::string svg_file = {};         // "": no plot
  std::string thresholds_file = {};  // "": nothing is judged
};

/// Prints a line for each size and fill, then judges them. A threshold is a multiple of the time
/// that this machine takes to sort a million numbers, so that it holds on others too.
/// Returns the process's exit code: 0 done, 1 some threshold is broken, 2 usage, 3 a file cannot be
/// read or written.
int RunGrowth(const GrowthOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace muster::bench
