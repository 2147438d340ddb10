#include "bench/replay/micro_cases.h"

#include <utility>

namespace muster::bench::replay {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Workload SmallCluster(std::int64_t nodes, std::int64_t cpus, const WorldConstants& constants) {
  Workload workload{.driver = constants.driver, .executor = constants.executor};
  for (std::int64_t i = 0; i < nodes; ++i) {
    workload.nodes.push_back({"node-" + std::to_string(i),
                              {cpus * 1000, cpus * 4096},
                              0,
                              static_cast<std::int32_t>(i % constants.zones)});
  }
  return workload;
}

void AddGang(Workload& workload, const std::string& name, Duration submit, std::int32_t executors,
             Duration run_time) {
  workload.gangs.push_back({name, kTraceStart + submit, executors, run_time, 1e9, 0});
  if (!FitsEmptyCluster(workload, executors)) {
    workload.never_fit.push_back(static_cast<GangIndex>(workload.gangs.size() - 1));
  }
}

WorldConstants Barrier() {
  WorldConstants constants;
  // A barrier stage: work begins when every executor is there, and not before.
  constants.registered_ratio = 1;
  constants.registered_wait = hours(10);
  constants.drain_max = hours(3);
  return constants;
}

MicroCase TwoOfSixtyPercent() {
  MicroCase one{"Two applications that need 60 % each",
                "A and B, 1 + 10 executors of 4 CPU each, on 4 nodes of 17 CPU; both need all of "
                "their executors before they can work for 10 minutes.",
                Barrier(),
                {},
                minutes(40)};
  // Two at a time, so that the executors of both come in turn.
  one.constants.executor_batch = 2;
  one.workload = SmallCluster(4, 17, one.constants);
  AddGang(one.workload, "A", seconds(0), 10, minutes(10));
  AddGang(one.workload, "B", std::chrono::milliseconds(100), 10, minutes(10));
  return one;
}

MicroCase SmallBehindLarge() {
  MicroCase one{"20 small gangs behind one that does not fit yet",
                "A takes half of the cluster for 10 minutes, B needs three quarters, then 20 gangs "
                "of 1 + 1 come that run for half a minute each. Who waits for whom?",
                Barrier(),
                {},
                minutes(30)};
  one.workload = SmallCluster(4, 34, one.constants);
  AddGang(one.workload, "A", seconds(0), 16, minutes(10));
  AddGang(one.workload, "B", seconds(10), 24, minutes(5));
  for (int i = 0; i < 20; ++i) {
    AddGang(one.workload, "s" + std::to_string(i + 1), seconds(20 + 5 * i), 1, seconds(30));
  }
  return one;
}

MicroCase LargerThanCluster() {
  MicroCase one{"A gang larger than the cluster",
                "G needs 20 executors, the cluster has 16 places. C, D and E come behind it. G can "
                "never run; the question is who pays for it.",
                Barrier(),
                {},
                minutes(60)};
  one.constants.drain_max = hours(1);
  one.workload = SmallCluster(4, 17, one.constants);
  AddGang(one.workload, "G", seconds(0), 20, minutes(5));
  AddGang(one.workload, "C", seconds(5), 8, minutes(5));
  AddGang(one.workload, "D", seconds(10), 8, minutes(5));
  AddGang(one.workload, "E", seconds(15), 4, minutes(5));
  return one;
}

MicroCase NodesOfOneExecutor() {
  MicroCase one{"Executors of 4 CPU on nodes of 4 CPU",
                "5 such nodes, and 2 of half a CPU. F, 1 + 4, fits exactly: its driver costs a "
                "whole node. G, 1 + 5, fits the sum of all CPU and no placement. H is 1 + 3.",
                Barrier(),
                {},
                minutes(60)};
  one.constants.drain_max = hours(1);
  one.workload = SmallCluster(5, 4, one.constants);
  one.workload.nodes.push_back({"small-0", {500, 8192}, 0, 0});
  one.workload.nodes.push_back({"small-1", {500, 8192}, 0, 1});
  AddGang(one.workload, "F", seconds(0), 4, minutes(5));
  AddGang(one.workload, "G", seconds(5), 5, minutes(5));
  AddGang(one.workload, "H", seconds(10), 3, minutes(5));
  return one;
}

}  // namespace

std::vector<MicroCase> MicroCases() {
  return {TwoOfSixtyPercent(), SmallBehindLarge(), LargerThanCluster(), NodesOfOneExecutor()};
}

std::vector<MicroRun> RunMicroCase(const MicroCase& micro_case,
                                   std::span<const PolicyDescription> policies) {
  std::vector<MicroRun> runs;
  for (const PolicyDescription& policy : policies) {
    World world(micro_case.workload, micro_case.constants, policy.make);
    world.Run([](std::size_t) {});
    MicroRun run{policy.name, Summarise(world, micro_case.workload), world.outcomes(), world.end()};
    run.result.policy = policy.name;
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace muster::bench::replay
