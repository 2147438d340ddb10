// Random gangs and node groups: a gang costs each node group one call, and leaves nothing behind.

#include <gtest/gtest.h>

#include <cstdlib>

#include "test/core/autoscaled_world.h"

namespace muster::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using State = ApplicationRecord::State;

#ifdef NDEBUG
constexpr std::uint64_t kGangs = 1000;
constexpr std::uint64_t kWorlds = 200;
#else
constexpr std::uint64_t kGangs = 100;  // under sanitizers
constexpr std::uint64_t kWorlds = 20;
#endif

struct Case {
  std::vector<NodeGroup> groups;
  std::vector<std::int64_t> present;  // nodes that are there, by their CPUs
  SparkApplication application;
};

/// A gang that the groups can hold: what no group of several could take is not asked.
Case MakeCase(std::uint64_t seed) {
  Random random(seed * 7919);
  Case one;
  const std::int64_t cores = random.Between(1, 4);
  const std::int64_t groups = random.Between(1, 4);
  for (std::int64_t i = 0; i < groups; ++i) {
    const std::int64_t cpus = i == 0 ? random.Between(cores, 32) : random.Between(1, 32);
    const std::int64_t most = i == 0 ? 200 : random.Between(1, 20);
    NodeGroup group = MakeGroup("group-" + std::to_string(i), cpus, most);
    group.boot = {milliseconds(random.Between(5'000, 60'000)), 120s};
    one.groups.push_back(std::move(group));
  }
  for (std::int64_t i = random.Between(0, 3); i > 0; --i) {
    one.present.push_back(random.Between(1, 16));
  }
  one.application =
      StaticApplication("app", random.Between(1, 40), cores, random.OneIn(2) ? "1g" : "3g");
  one.application.batch_size = random.OneIn(2) ? 5 : 10;
  one.application.run_time = milliseconds(random.Between(0, 60'000));
  if (random.OneIn(3)) {
    one.application.properties["spark.kubernetes.executor.node.selector.pool"] = "group-0";
  }
  return one;
}

struct Outcome {
  std::map<std::string, std::int64_t> calls;
  bool has_run = false;
  Duration until_running{};
};

Outcome RunCase(WorldOptions options, const Case& one, std::uint64_t seed) {
  AutoscaledWorld scaled(std::move(options), one.groups);
  SimulatedWorld& world = scaled.world();
  for (std::size_t i = 0; i < one.present.size(); ++i) {
    world.AddNode("present-" + std::to_string(i), one.present[i], one.present[i] * 8);
  }
  scaled.Start();
  world.RunFor(milliseconds(world.random().Between(0, 20'000)));
  const ApplicationRecord& record = world.spark().Submit(one.application);
  Outcome outcome;
  outcome.has_run = world.RunUntil([&] { return record.ended_at.has_value(); }, 60min) &&
                    record.running_at.has_value();
  if (outcome.has_run) outcome.until_running = *record.running_at - record.submitted_at;
  world.RunFor(1min);
  outcome.calls = scaled.autoscaler().CallsByGroup();
  if (std::getenv("MUSTER_PRINT_EFFECTS") != nullptr) {
    for (const ScaleUpCall& call : scaled.autoscaler().calls()) {
      std::cout << FormatRfc3339Micro(call.time) << " " << call.group << " +" << call.delta << "\n";
    }
    std::cout << world.effect_log();
  }
  EXPECT_TRUE(scaled.StandIns().empty()) << "seed " << seed;
  EXPECT_EQ(Join(world.violations()), "") << "seed " << seed;
  return outcome;
}

struct Sums {
  std::int64_t gangs_scaled = 0;
  std::int64_t calls = 0;
  std::int64_t most = 0;
  std::int64_t gangs_with_more = 0;  // than one call of a group

  void Add(const Outcome& outcome) {
    std::int64_t calls_of_gang = 0;
    std::int64_t most_of_group = 0;
    for (const auto& [group, count] : outcome.calls) {
      calls_of_gang += count;
      most_of_group = std::max(most_of_group, count);
    }
    if (calls_of_gang == 0) return;
    ++gangs_scaled;
    calls += calls_of_gang;
    most = std::max(most, most_of_group);
    gangs_with_more += most_of_group > 1 ? 1 : 0;
  }
};

void Print(const char* name, const Sums& sums) {
  std::cout << name << ": " << sums.gangs_scaled << " gangs needed nodes, " << sums.calls
            << " calls, at most " << sums.most << " of one group, " << sums.gangs_with_more
            << " gangs with more than one of a group\n";
}

/// MUSTER_SEED=N MUSTER_WORLDS=1 runs one of them alone; MUSTER_PRINT_EFFECTS=1 shows what was
/// done.
TEST(RandomAutoscaling, WithHintsAGangCostsEachGroupOneCall) {
  const std::uint64_t first = NumberFromEnvironment("MUSTER_SEED", 1);
  const std::uint64_t count = NumberFromEnvironment("MUSTER_WORLDS", kGangs);
  Sums sums;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const Case one = MakeCase(seed);
    const Outcome outcome = RunCase(HintingWorld(seed), one, seed);
    EXPECT_TRUE(outcome.has_run) << "seed " << seed;
    for (const auto& [group, calls] : outcome.calls) {
      EXPECT_LE(calls, 1) << group << ", seed " << seed;
    }
    sums.Add(outcome);
  }
  Print("with hints", sums);
  EXPECT_GE(sums.gangs_scaled, static_cast<std::int64_t>(count / 2));
}

TEST(RandomAutoscaling, PodByPodMostGangsCostTwoCallsOrMore) {
  const std::uint64_t count = NumberFromEnvironment("MUSTER_WORLDS", kWorlds);
  Sums sums;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    sums.Add(RunCase(PodByPodWorld(seed), MakeCase(seed), seed));
  }
  Print("pod by pod", sums);
  EXPECT_GT(sums.most, 1);
}

/// Drivers and Muster are killed at any moment; calls get lost.
void KillAtRandom(std::uint64_t seed, std::int64_t& kills) {
  Case one = MakeCase(seed);
  AutoscaledWorld scaled(HintingWorld(seed), one.groups);
  SimulatedWorld& world = scaled.world();
  Random& random = world.random();
  scaled.Start();
  for (int i = 0; i < 5; ++i) {
    one.application.name = "app" + std::to_string(i);
    const ApplicationRecord& record = world.spark().Submit(one.application);
    world.RunFor(
        milliseconds(random.OneIn(2) ? random.Between(0, 1'000) : random.Between(0, 90'000)));
    const bool restarts = random.OneIn(3);
    if (restarts) world.KillScheduler();
    world.RunFor(milliseconds(random.Between(0, 50)));
    world.api().DeletePod(record.driver);
    ++kills;
    if (restarts) {
      world.RunFor(milliseconds(random.Between(0, 3'000)));
      world.StartScheduler();
    }
    // A driver that runs takes a moment to go.
    EXPECT_TRUE(world.RunUntil([&] { return world.api().FindPod(record.driver) == nullptr; }, 5s));
    world.RunFor(5s);
    EXPECT_EQ(Join(scaled.Orphans()), "") << "seed " << seed << ", kill " << i;
  }
  EXPECT_EQ(Join(world.violations()), "") << "seed " << seed;
}

TEST(RandomAutoscaling, FiveSecondsAfterADriverNoStandInIsLeft) {
  const std::uint64_t first = NumberFromEnvironment("MUSTER_SEED", 1);
  const std::uint64_t count = NumberFromEnvironment("MUSTER_WORLDS", kWorlds);
  std::int64_t kills = 0;
  for (std::uint64_t seed = first; seed < first + count && !HasFailure(); ++seed) {
    KillAtRandom(seed, kills);
  }
  std::cout << kills << " kills\n";
}

}  // namespace
}  // namespace muster::bench
