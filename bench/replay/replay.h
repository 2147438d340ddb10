#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "bench/replay/constants.h"

namespace muster::bench::replay {

struct ReplayOptions {
  std::string jobs_file;
  std::string nodes_file;
  std::string job_columns;  // KEY=COLUMN,.. where they differ from the default's
  std::string node_columns;
  std::vector<std::string> policies;  // empty: all
  std::string output_folder;
  std::vector<double> loads = {0.9};
  std::uint64_t seed = 1;
  std::int64_t seeds = 1;  // seed, seed + 1, ..
  bool shows_progress = false;
  WorldConstants constants;
};

/// Replays a trace under each policy, load and seed, and writes one JSON file for each run, a
/// summary and report.html into the folder, which is made when it is not there. Tells `out` the
/// main figures, and `errors` what it could not use. Returns the exit code: 0, 2 for bad input, 3
/// when the result cannot be written.
int RunReplay(const ReplayOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace muster::bench::replay
