#pragma once

#include <cstdint>
#include <string>

#include "bench/replay/policy.h"
#include "bench/replay/run_result.h"
#include "bench/replay/world.h"

/// Small clusters for the tests of the replay.
namespace muster::bench::replay {

inline Workload Cluster(int nodes, std::int64_t cpus, const WorldConstants& constants = {}) {
  Workload workload{.driver = constants.driver, .executor = constants.executor};
  for (int i = 0; i < nodes; ++i) {
    workload.nodes.push_back({"node-" + std::to_string(i), {cpus * 1000, cpus * 4096}, 0, i % 3});
  }
  return workload;
}

inline void Add(Workload& workload, std::int64_t submit_seconds, std::int32_t executors,
                std::int64_t run_seconds, double shuffle_bytes = 0) {
  workload.gangs.push_back({"gang-" + std::to_string(workload.gangs.size()),
                            kTraceStart + std::chrono::seconds(submit_seconds), executors,
                            std::chrono::seconds(run_seconds), shuffle_bytes, 0});
}

inline World::PolicyMaker MakerOf(const std::string& policy) { return FindPolicy(policy)->make; }

inline RunResult Replay(const Workload& workload, const std::string& policy,
                        const WorldConstants& constants = {}) {
  World world(workload, constants, MakerOf(policy));
  world.Run([](std::size_t) {});
  RunResult result = Summarise(world, workload);
  result.policy = policy;
  return result;
}

}  // namespace muster::bench::replay
