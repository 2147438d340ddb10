// The replay's figures beside figures worked out by hand.

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <vector>

#include "bench/replay/csv_table.h"
#include "bench/replay/micro_cases.h"
#include "bench/replay/shuffle.h"
#include "test/bench/replay_traces.h"
#include "test/bench/replay_worlds.h"

namespace muster::bench::replay {
namespace {

TEST(ReplayMetrics, PercentilesAreValuesThatOccur) {
  std::vector<double> values(200);
  std::iota(values.begin(), values.end(), 1);
  const Distribution all = Describe(values);
  EXPECT_EQ(all.mean, 100.5);
  EXPECT_EQ(all.p50, 100);
  EXPECT_EQ(all.p95, 190);
  EXPECT_EQ(all.p99, 198);
  EXPECT_EQ(all.max, 200);
  EXPECT_EQ(Describe({7}).p99, 7);
  EXPECT_EQ(Describe({}).count, 0);
}

TEST(ReplayMetrics, CrossingShareIsOneMinusTheSumOfSquaredShares) {
  EXPECT_DOUBLE_EQ(CrossingShare(std::vector<std::int64_t>{2, 2, 2, 2}), 0.75);
  EXPECT_DOUBLE_EQ(CrossingShare(std::vector<std::int64_t>{3, 1}), 1 - 10.0 / 16);
  EXPECT_EQ(CrossingShare(std::vector<std::int64_t>{5}), 0);
  EXPECT_EQ(CrossingShare({}), 0);
}

/// One real job, 8 executors on 4 hosts, 2 each: its log says which shuffle reads were remote.
TEST(ReplayMetrics, TheShuffleModelPredictsTheRemoteReadsOfARealJob) {
  const std::string file = TraceFile("spark_nds_q72_stages.csv");
  MUSTER_SKIP_WITHOUT_TRACE(file);
  double remote = 0;
  double local = 0;
  const std::vector<std::string> columns = {"shuffle_read_remote_bytes",
                                            "shuffle_read_local_bytes"};
  const auto report = ReadCsv(file, columns, [&](std::span<const std::string_view> fields) {
    double remote_bytes = 0;
    double local_bytes = 0;
    if (!ParseReal(fields[0], remote_bytes) || !ParseReal(fields[1], local_bytes)) return "number";
    remote += remote_bytes;
    local += local_bytes;
    return "";
  });
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->rows, 49);
  const double logged = remote / (remote + local);
  EXPECT_NEAR(logged, 0.7499, 0.00005);
  EXPECT_NEAR(CrossingShare(std::vector<std::int64_t>{2, 2, 2, 2}), logged, 0.0002);
}

TEST(ReplayMetrics, TheLeastCrossingFillsTheLargestNodesFirst) {
  Workload workload = Cluster(2, 16);                            // 4 executors each
  workload.nodes.push_back({"large", {32'000, 131'072}, 0, 2});  // 8
  LeastCrossingTable table(workload);
  EXPECT_EQ(table.Of(8).node_share, 0);
  EXPECT_EQ(table.Of(8).nodes, 1);
  EXPECT_DOUBLE_EQ(table.Of(12).node_share, 1 - (64.0 + 16) / 144);
  EXPECT_EQ(table.Of(12).nodes, 2);
}

/// Driver bound at 0, executors created and bound at 3 s, registered at 7 s, done at 107 s.
TEST(ReplayMetrics, AnApplicationAloneTakesItsStartUpAndItsRunTime) {
  Workload workload = Cluster(2, 9);  // 2 executors each, and a driver
  Add(workload, 10, 4, 100, 1e9);
  const RunResult result = Replay(workload, "gang-fifo");
  EXPECT_DOUBLE_EQ(result.delay_seconds.mean, 3);
  EXPECT_DOUBLE_EQ(result.completion_seconds.mean, 107);
  EXPECT_DOUBLE_EQ(result.makespan_seconds, 107);
  EXPECT_DOUBLE_EQ(result.slowdown.mean, 107.0 / 100);
  // 2 + 2 executors: half of the bytes cross, and no placement does better.
  EXPECT_DOUBLE_EQ(result.shuffle.cross_node, 0.5e9);
  EXPECT_DOUBLE_EQ(result.shuffle.AvoidableNode(), 0);
  // The driver's core for 3 s; the executors' 16 cores are reserved meanwhile.
  EXPECT_DOUBLE_EQ(result.start_up_hold, 3.0 / 3600);
  EXPECT_DOUBLE_EQ(result.reserved_not_used, 16 * 3.0 / 3600);
  EXPECT_EQ(result.idle_in_hold, 0);
  EXPECT_EQ(result.binds, 5);
}

/// 25 executors are created 10, 10, 5 in three seconds.
TEST(ReplayMetrics, ExecutorsComeInBatches) {
  Workload workload = Cluster(4, 33);
  Add(workload, 0, 25, 100);
  EXPECT_DOUBLE_EQ(Replay(workload, "palantir").delay_seconds.mean, 5);
}

/// 4 of 5 executors fit. At 80 % work begins; 500 executor-seconds take 125 s instead of 100 s.
TEST(ReplayMetrics, WithFewerExecutorsAnApplicationRunsSlower) {
  Workload workload = Cluster(1, 17);
  Add(workload, 0, 5, 100, 1e9);
  const RunResult result = Replay(workload, "kube-least");
  EXPECT_EQ(result.ended_incomplete, 1);
  EXPECT_DOUBLE_EQ(result.completion_seconds.mean, 7 + 125);
  EXPECT_DOUBLE_EQ(result.delay_seconds.mean, 7 + 125);
  // The driver from 0, four executors from 3 s to the end.
  EXPECT_DOUBLE_EQ(result.idle_in_hold, (132.0 + 16 * 129.0) / 3600);
  EXPECT_DOUBLE_EQ(result.no_work_hold, (7.0 + 16 * 4.0) / 3600);
}

/// One executor of three fits: it waits 30 s for others, then works alone at a third.
TEST(ReplayMetrics, AfterTheWaitAnApplicationBeginsWithWhatIsThere) {
  Workload workload = Cluster(1, 5);
  Add(workload, 0, 3, 20);
  EXPECT_DOUBLE_EQ(Replay(workload, "kube-most").completion_seconds.mean, 3 + 4 + 30 + 60);
}

TEST(ReplayMetrics, AGangThatIsNeverAdmittedCountsWithTheEndOfTheRun) {
  WorldConstants constants;
  constants.drain_max = std::chrono::hours(1);
  Workload workload = Cluster(1, 9);
  Add(workload, 100, 3, 20);
  const RunResult result = Replay(workload, "gang-fifo", constants);
  EXPECT_EQ(result.never_admitted, 1);
  EXPECT_EQ(result.never_admitted_names, std::vector<std::string>{"gang-0"});
  EXPECT_DOUBLE_EQ(result.delay_seconds.mean, 3600);
}

/// Load: 2 jobs of 1 + 4 x 4 CPU for 20 + 0 s in an hour on nodes of 16 CPU.
TEST(ReplayMetrics, NodesAreAsManyAsTheOfferedLoadAsks) {
  WorldConstants constants;
  constants.hours = 1;
  constants.bytes_per_executor = 100;
  constants.executor_bytes_per_second = 1;
  std::vector<TraceJob> jobs;
  jobs.reserve(36);
  for (int i = 0; i < 36; ++i) jobs.push_back({"job", 10.0 * i, 400, 0, 0});  // 4 executors, 120 s
  std::vector<TraceNode> nodes(20, {"node", 4000, 1 << 20});
  const Workload workload = MakeWorkload(MakeGangs(jobs, constants, 1), nodes, constants, 0.85, 1);
  // 36 x 17 CPU x 120 s = 73,440 CPU seconds = 20.4 CPU for an hour; / 0.85 = 24 CPU = 6 nodes.
  EXPECT_EQ(workload.nodes.size(), 6U);
  EXPECT_DOUBLE_EQ(workload.offered_load, 0.85);
}

TEST(ReplayMetrics, GangsThatCanNeverFitAreNamedBeforeTheRun) {
  WorldConstants constants;
  constants.bytes_per_executor = 1;
  const std::vector<TraceJob> jobs = {{"small", 0, 2, 0, 0}, {"large", 1, 9, 0, 0}};
  const std::vector<TraceNode> nodes(2, {"node", 16'000, 1 << 20});
  const Workload workload = MakeWorkload(MakeGangs(jobs, constants, 1), nodes, constants, 0.01, 1);
  ASSERT_EQ(workload.never_fit.size(), 1U);
  EXPECT_EQ(workload.gangs[1].name, "large");
  EXPECT_EQ(workload.never_fit.front(), 1);
}

TEST(ReplayMetrics, CopiesOfATraceKeepItsSpan) {
  WorldConstants constants;
  constants.hours = 1;
  constants.copies = 3;
  std::vector<TraceJob> jobs;
  jobs.reserve(50);
  for (int i = 0; i < 50; ++i) jobs.push_back({"job", 72.0 * i, 1, 0, 0});
  const std::vector<GangSpec> gangs = MakeGangs(jobs, constants, 7);
  ASSERT_EQ(gangs.size(), 150U);
  EXPECT_GE(gangs.front().submit, kTraceStart);
  EXPECT_LT(gangs.back().submit, kTraceStart + std::chrono::hours(1));
  for (std::size_t i = 1; i < gangs.size(); ++i) {
    EXPECT_LE(gangs[i - 1].submit, gangs[i].submit);
  }
}

}  // namespace
}  // namespace muster::bench::replay
