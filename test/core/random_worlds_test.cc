// Small worlds made up by seed: everything at once, and the invariants hold in all of them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using State = ApplicationRecord::State;

/// One call in `one_in` goes wrong, in any way.
FaultHook RandomFaults(Random& random, std::int64_t one_in) {
  return [&random, one_in](const core::Effect&) {
    CallFault fault;
    if (!random.OneIn(one_in)) return fault;
    fault.kind = static_cast<CallFault::Kind>(random.Between(0, 4));
    fault.refusal = {core::CallResult::kUnavailable, "made to fail"};
    if (fault.kind == CallFault::Kind::kNone) {
      fault.request_delay = milliseconds(random.Between(0, 2000));
      fault.answer_delay = milliseconds(random.Between(0, 2000));
    }
    return fault;
  };
}

enum class Priorities { kEqual, kMixed };

/// Applications that fit the empty cluster by construction: a driver may cost every node one CPU.
void SubmitOne(SimulatedWorld& world, int number, Priorities priorities) {
  Random& random = world.random();
  const std::int64_t cores = random.Between(1, 3);
  std::int64_t places = 0;
  for (const auto& [name, node] : world.api().nodes()) {
    places += (node.allocatable.at("cpu").Value() - 1) / cores;
  }
  const std::int64_t executors = random.Between(1, std::clamp<std::int64_t>(places, 1, 12));
  SparkApplication application =
      StaticApplication("app" + std::to_string(number), executors, cores, "1g");
  application.run_time = milliseconds(random.Between(0, 60'000));
  application.batch_size = random.OneIn(2) ? 5 : 10;
  if (priorities == Priorities::kMixed) {
    application.priority = static_cast<std::int32_t>(10 * random.Between(0, 3));
  }
  application.config_map_delay = milliseconds(random.Between(0, 3000));
  if (cores > 1 && random.OneIn(4)) {  // one of the CPUs is a sidecar of the Spark Operator
    application.properties["spark.executor.cores"] = std::to_string(cores - 1);
    application.operator_spec = R"({"executor":{"sidecars":[{"name":"log","image":"log:1",)"
                                R"("resources":{"requests":{"cpu":"1"}}}]}})";
  }
  world.spark().Submit(application);
}

void FailSomeExecutor(SimulatedWorld& world) {
  for (const ApplicationRecord& record : world.spark().records()) {
    if (record.ended_at || record.executors.empty()) continue;
    const auto last = static_cast<std::int64_t>(record.executors.size()) - 1;
    const api::NamespacedName victim =
        record.executors[static_cast<std::size_t>(world.random().Between(0, last))];
    world.spark().FailExecutor(victim);
    return;
  }
}

void DisturbOnce(SimulatedWorld& world, int number, Priorities priorities) {
  Random& random = world.random();
  switch (random.Between(0, 4)) {
    case 0:
      world.KillScheduler();
      world.RunFor(milliseconds(random.Between(0, 5000)));
      world.StartScheduler();
      return;
    case 1:
      FailSomeExecutor(world);
      return;
    case 2: {
      const auto last = static_cast<std::int64_t>(world.api().nodes().size()) - 1;
      const std::string node =
          std::next(world.api().nodes().begin(), random.Between(0, last))->first;
      const Quantity cpu = Quantity::FromMilli(random.Between(100, 4000));
      const bool mixed = priorities == Priorities::kMixed;
      const auto priority = static_cast<std::int32_t>(mixed ? 10 * random.Between(-1, 3) : 0);
      world.BindStranger("s" + std::to_string(number), node, cpu, priority);
      return;
    }
    case 3:
      world.api().DeletePod({"strangers", "s" + std::to_string(random.Between(0, number))});
      return;
    default:
      SubmitOne(world, number + 100, priorities);
      return;
  }
}

bool AllEnded(SimulatedWorld& world) {
  return std::all_of(world.spark().records().begin(), world.spark().records().end(),
                     [](const ApplicationRecord& record) { return record.ended_at.has_value(); });
}

/// Pods were evicted for it, so it must have got its place.
void ExpectPreemptorsBound(SimulatedWorld& world) {
  for (const core::RecordEvent& event : world.api().events()) {
    if (event.reason != "Preempted") continue;
    for (const ApplicationRecord& record : world.spark().records()) {
      if (event.note.find(record.driver_uid) == std::string::npos) continue;
      EXPECT_TRUE(record.driver_bound_at) << event.pod.ToString() << " left for nothing";
    }
  }
}

void RunRandomWorld(std::uint64_t seed, Priorities priorities) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  SimulatedWorld world(MusterWorld(seed));
  Random& random = world.random();
  const std::int64_t nodes = random.Between(1, 6);
  for (std::int64_t i = 0; i < nodes; ++i) {
    world.AddNode("node-" + std::to_string(i), random.Between(4, 16), 64);
  }
  if (random.OneIn(2)) world.SetFaultHook(RandomFaults(random, 10));
  world.StartScheduler();
  const auto applications = static_cast<int>(random.Between(1, 4));
  for (int i = 0; i < applications; ++i) {
    SubmitOne(world, i, priorities);
    world.RunFor(milliseconds(random.Between(0, 5000)));
  }
  const auto disturbances = static_cast<int>(random.Between(0, 12));
  for (int i = 0; i < disturbances; ++i) {
    DisturbOnce(world, i, priorities);
    world.RunFor(milliseconds(random.Between(0, 8000)));
  }
  for (int i = 0; i < disturbances; ++i) {
    world.api().DeletePod({"strangers", "s" + std::to_string(i)});
  }
  // Every application fits the empty cluster, so each has its turn.
  EXPECT_TRUE(world.RunUntil([&] { return AllEnded(world); }, minutes(60)));
  EXPECT_EQ(Join(world.violations()), "");
  ExpectPreemptorsBound(world);
  if (::testing::Test::HasFailure() && std::getenv("MUSTER_PRINT_EFFECTS") != nullptr) {
    std::cout << world.effect_log();
  }
}

/// MUSTER_SEED=N MUSTER_WORLDS=1 runs that world alone; MUSTER_PRINT_EFFECTS=1 shows what Muster
/// did in it.
void RunRandomWorlds(Priorities priorities) {
  const std::uint64_t first = NumberFromEnvironment("MUSTER_SEED", 1);
  const std::uint64_t count = NumberFromEnvironment("MUSTER_WORLDS", 200);
  for (std::uint64_t seed = first; seed < first + count && !::testing::Test::HasFailure(); ++seed) {
    RunRandomWorld(seed, priorities);
  }
}

TEST(RandomWorlds, HoldAllInvariants) { RunRandomWorlds(Priorities::kEqual); }

TEST(RandomWorlds, HoldAllInvariantsWhenGangsPreemptEachOther) {
  RunRandomWorlds(Priorities::kMixed);
}

}  // namespace
}  // namespace muster::bench
