// The same world gives the same decisions, and names only break ties.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

std::string EffectLogOf(std::uint64_t seed) {
  SimulatedWorld world(MusterWorld(seed));
  AddNodes(world, 5, 8);
  world.StartScheduler();
  for (const char* name : {"one", "two", "three", "four"}) {
    world.spark().Submit(StaticApplication(name, world.random().Between(1, 9), 2, "4g"));
    world.RunFor(milliseconds(world.random().Between(0, 3000)));
  }
  world.RunFor(minutes(10));
  EXPECT_EQ(Join(world.violations()), "");
  return world.effect_log();
}

TEST(Determinism, TheSameSeedGivesTheSameEffectsToTheByte) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const std::string log = EffectLogOf(seed);
    EXPECT_NE(log, "");
    EXPECT_EQ(log, EffectLogOf(seed)) << "seed " << seed;
  }
}

TEST(Determinism, AnotherSeedGivesAnotherHistory) { EXPECT_NE(EffectLogOf(1), EffectLogOf(2)); }

/// For each application the slots by the size of the node, in a world whose nodes all differ in
/// size.
std::vector<std::map<std::int64_t, std::int64_t>> SlotsBySize(
    const std::vector<std::string>& names) {
  SimulatedWorld world(WorldWithoutDelays(1));
  std::map<std::string, std::int64_t> size_of;
  for (std::size_t i = 0; i < names.size(); ++i) {
    size_of[names[i]] = 5 + 3 * static_cast<std::int64_t>(i);
    world.AddNode(names[i], size_of[names[i]], 64);
  }
  world.StartScheduler();
  std::vector<std::map<std::int64_t, std::int64_t>> result;
  for (const auto& [name, executors] : {std::pair{"one", 7}, {"two", 3}, {"three", 9}}) {
    const auto& record = world.spark().Submit(StaticApplication(name, executors, 2, "2g"));
    world.RunFor(milliseconds(500));
    std::map<std::int64_t, std::int64_t> slots;
    for (const auto& [node, count] : PlannedSlots(world, record)) slots[size_of[node]] = count;
    result.push_back(slots);
  }
  return result;
}

TEST(Determinism, RenamingTheNodesRenamesTheResultAndChangesNothingElse) {
  std::vector<std::string> names = {"a", "b", "c", "d"};
  const auto expected = SlotsBySize(names);
  EXPECT_FALSE(expected.front().empty());
  while (std::next_permutation(names.begin(), names.end())) {
    EXPECT_EQ(SlotsBySize(names), expected) << names[0] << names[1] << names[2] << names[3];
  }
}

}  // namespace
}  // namespace muster::bench
