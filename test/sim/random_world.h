#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "test/sim/disturbances.h"

namespace muster::bench {

struct RandomWorldOptions {
  std::uint64_t seed = 1;
  bool has_priorities = false;
  /// Only the first so many disturbances happen; the same ones for the same seed. For finding the
  /// one that a failure needs.
  int disturbances_max = kDisturbancesMax;

  static constexpr int kDisturbancesMax = 12;
};

/// What became of one world.
struct RandomWorldResult {
  std::int64_t steps = 0;
  std::array<std::int64_t, kDisturbanceKinds> disturbances = {};
  /// What should never be and was; empty: nothing.
  std::vector<std::string> problems;
  /// What Muster did, a line for each effect.
  std::string effect_log;
};

/// One small cluster, made up from a seed: one to six nodes, one to four applications and up to
/// twelve disturbances. Checked all along: what ClusterAudit and DecisionAudit say (S1 to S4, S8
/// for what closes nodes, S9, S10 of facts/kubernetes.md 9.2). At the end: every application has
/// had its turn (L1 to L5), who was evicted for somebody made room for him, and an application that
/// needs every CPU of the cluster runs, so that nothing is held for anybody any more (S5). Cost: a
/// millisecond for some 100 steps. Threading: worlds share nothing.
RandomWorldResult RunRandomWorld(const RandomWorldOptions& options);

/// The fewest disturbances, from the first on, with which the world still has problems. Requires:
/// it has some with those of `options`.
RandomWorldOptions Minimise(RandomWorldOptions options);

/// How a world is run again: "seed 7, priorities, first 3 disturbances".
std::string Describe(const RandomWorldOptions& options);

}  // namespace muster::bench
