#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/replay/constants.h"
#include "bench/replay/policy.h"
#include "bench/replay/run_result.h"
#include "bench/replay/world.h"

namespace muster::bench::replay {

/// A cluster of a few nodes on which one thing can be seen.
struct MicroCase {
  std::string name;
  std::string what;  // one or two sentences
  WorldConstants constants;
  Workload workload;
  Duration shown{};  // of the drawing
};

/// Two applications of 60 % each; small gangs behind a large one; a gang larger than the cluster;
/// executors as large as the nodes.
std::vector<MicroCase> MicroCases();

/// What one policy made of one case.
struct MicroRun {
  std::string policy;
  RunResult result;
  std::vector<GangOutcome> outcomes;
  Time end{};
};

std::vector<MicroRun> RunMicroCase(const MicroCase& micro_case,
                                   std::span<const PolicyDescription> policies);

}  // namespace muster::bench::replay
