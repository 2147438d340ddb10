// Small worlds made up by seed: everything at once, and the invariants hold in all of them.

#include <gtest/gtest.h>

#include <iostream>

#include "test/core/small_world.h"
#include "test/sim/random_world.h"

namespace muster::bench {
namespace {

/// As many steps as the environment's MUSTER_STEPS, from the world of MUSTER_SEED on. A failure is
/// shown with the fewest disturbances that it needs, and with MUSTER_PRINT_EFFECTS=1 all that
/// Muster did.
void RunRandomWorlds(bool has_priorities) {
  const auto steps_wanted =
      static_cast<std::int64_t>(NumberFromEnvironment("MUSTER_STEPS", 10'000));
  RandomWorldOptions options;
  options.seed = NumberFromEnvironment("MUSTER_SEED", 1);
  options.has_priorities = has_priorities;
  std::int64_t steps = 0;
  for (; steps < steps_wanted; ++options.seed) {
    const RandomWorldResult result = RunRandomWorld(options);
    steps += result.steps;
    if (result.problems.empty()) continue;
    const RandomWorldOptions least = Minimise(options);
    const RandomWorldResult again = RunRandomWorld(least);
    if (NumberFromEnvironment("MUSTER_PRINT_EFFECTS", 0) != 0) std::cout << again.effect_log;
    FAIL() << Describe(least) << ":\n" << Join(again.problems);
  }
  std::cout << steps << " steps, worlds up to seed " << options.seed - 1 << "\n";
}

TEST(RandomWorlds, HoldAllInvariants) { RunRandomWorlds(/*has_priorities=*/false); }

TEST(RandomWorlds, HoldAllInvariantsWhenGangsPreemptEachOther) {
  RunRandomWorlds(/*has_priorities=*/true);
}

}  // namespace
}  // namespace muster::bench
