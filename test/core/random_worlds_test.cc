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

/// Applications that fit the empty cluster by construction: a driver may cost every node one CPU.
void SubmitOne(SimulatedWorld& world, int number) {
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

void DisturbOnce(SimulatedWorld& world, int number) {
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
      world.BindStranger("s" + std::to_string(number), node,
                         Quantity::FromMilli(random.Between(100, 4000)));
      return;
    }
    case 3:
      world.api().DeletePod({"strangers", "s" + std::to_string(random.Between(0, number))});
      return;
    default:
      SubmitOne(world, number + 100);
      return;
  }
}

bool AllEnded(SimulatedWorld& world) {
  return std::all_of(world.spark().records().begin(), world.spark().records().end(),
                     [](const ApplicationRecord& record) { return record.ended_at.has_value(); });
}

void RunRandomWorld(std::uint64_t seed) {
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
    SubmitOne(world, i);
    world.RunFor(milliseconds(random.Between(0, 5000)));
  }
  const auto disturbances = static_cast<int>(random.Between(0, 12));
  for (int i = 0; i < disturbances; ++i) {
    DisturbOnce(world, i);
    world.RunFor(milliseconds(random.Between(0, 8000)));
  }
  for (int i = 0; i < disturbances; ++i) {
    world.api().DeletePod({"strangers", "s" + std::to_string(i)});
  }
  // Every application fits the empty cluster, so each has its turn.
  EXPECT_TRUE(world.RunUntil([&] { return AllEnded(world); }, minutes(60)));
  EXPECT_EQ(Join(world.violations()), "");
  if (::testing::Test::HasFailure() && std::getenv("MUSTER_PRINT_EFFECTS") != nullptr) {
    std::cout << world.effect_log();
  }
}

std::uint64_t NumberFromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// MUSTER_SEED=N MUSTER_WORLDS=1 runs that world alone; MUSTER_PRINT_EFFECTS=1 shows what Muster
/// did in it.
TEST(RandomWorlds, HoldAllInvariants) {
  const std::uint64_t first = NumberFromEnvironment("MUSTER_SEED", 1);
  const std::uint64_t count = NumberFromEnvironment("MUSTER_WORLDS", 200);
  for (std::uint64_t seed = first; seed < first + count && !HasFailure(); ++seed) {
    RunRandomWorld(seed);
  }
}

}  // namespace
}  // namespace muster::bench
