// What every policy must keep to, and what tells them apart.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "bench/replay/micro_cases.h"
#include "bench/replay/policies/kube_queue.h"
#include "bench/replay/policies/node_choice.h"
#include "bench/replay/replay.h"
#include "bench/replay/run_json.h"
#include "test/bench/replay_worlds.h"

namespace muster::bench::replay {
namespace {

using std::chrono::seconds;

constexpr const char* kWholeGangPolicies[] = {"gang-fifo", "palantir", "muster", "oracle-srpt"};

Workload RandomWorkload(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t limit) {
    return static_cast<std::int64_t>(random() % limit);
  };
  Workload workload = Cluster(0, 0);
  const std::int64_t nodes = 2 + below(8);
  for (std::int64_t i = 0; i < nodes; ++i) {
    const std::int64_t cpus = 4 + below(40);
    workload.nodes.push_back({"node-" + std::to_string(i),
                              {cpus * 1000, cpus * (2048 + below(4096))},
                              0,
                              static_cast<std::int32_t>(i % 3)});
  }
  std::int64_t submit = 0;
  for (int i = 0; i < 60; ++i) {
    submit += below(20);
    std::int64_t executors = 1 + below(12);
    while (!FitsEmptyCluster(workload, executors) && executors > 1) --executors;
    if (FitsEmptyCluster(workload, executors)) {
      Add(workload, submit, static_cast<std::int32_t>(executors), 10 + below(200), 1e6);
    }
  }
  return workload;
}

/// That no node is over its allocatable and no pod is bound twice, the world itself checks.
TEST(ReplayPolicies, NoPolicyOverfillsANodeOfRandomClusters) {
  const std::uint64_t first = std::random_device()();
  for (std::uint64_t seed = first; seed < first + 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Workload workload = RandomWorkload(seed);
    for (const PolicyDescription& policy : Policies()) {
      const RunResult result = Replay(workload, policy.name);
      // Others may not find the one placement that there is, or fill the cluster with drivers.
      if (policy.name == "muster" || policy.name == "oracle-srpt") {
        EXPECT_EQ(result.never_admitted, 0) << policy.name;
      }
      EXPECT_GE(result.shuffle.AvoidableNode(), 0) << policy.name;
      EXPECT_LE(result.useful_utilisation, result.utilisation) << policy.name;
      EXPECT_LE(result.no_work_hold, result.idle_in_hold + 1e-9) << policy.name;
    }
  }
}

TEST(ReplayPolicies, PoliciesOfWholeGangsNeverHoldAPartOfOne) {
  const std::uint64_t first = std::random_device()();
  for (std::uint64_t seed = first; seed < first + 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Workload workload = RandomWorkload(seed);
    for (const char* policy : kWholeGangPolicies) {
      const RunResult result = Replay(workload, policy);
      EXPECT_EQ(result.idle_in_hold, 0) << policy;
      EXPECT_EQ(result.deadlocks, 0) << policy;
      EXPECT_EQ(result.ended_incomplete, 0) << policy;
    }
  }
}

/// Muster reads the executors from what spark-submit was told, whatever their size.
TEST(ReplayPolicies, MusterReadsExecutorsOfAnySize) {
  for (const PodShape shape : {PodShape{100, 1}, PodShape{500, 700}, PodShape{3500, 5001}}) {
    WorldConstants constants;
    constants.executor = shape;
    Workload workload = Cluster(2, 16, constants);
    Add(workload, 0, 5, 30);
    const RunResult result = Replay(workload, "muster", constants);
    EXPECT_EQ(result.binds, 6);
    EXPECT_DOUBLE_EQ(result.delay_seconds.mean, 3);
  }
}

TEST(ReplayPolicies, TheSameSeedGivesTheSameJsonButForTheWallClock) {
  WorldConstants constants;
  const auto run = [&](const std::string& policy) {
    const RunResult result = Replay(RandomWorkload(99), policy);
    auto json = nlohmann::ordered_json::parse(RunToJson(result, constants, {}));
    EXPECT_EQ(json.erase("wallClock"), 1U);
    return json.dump();
  };
  for (const PolicyDescription& policy : Policies()) {
    EXPECT_EQ(run(policy.name), run(policy.name)) << policy.name;
  }
}

TEST(ReplayPolicies, OfTwoApplicationsOfSixtyPercentPodByPodHoldsAndMusterDoesNot) {
  const MicroCase two = MicroCases()[0];
  for (const MicroRun& run : RunMicroCase(two, Policies())) {
    if (run.policy == "kube-least" || run.policy == "kube-most") {
      EXPECT_GT(run.result.deadlocks, 0) << run.policy;
      EXPECT_GT(run.result.no_work_hold, 1) << run.policy;
    }
    if (run.policy == "muster") {
      EXPECT_EQ(run.result.idle_in_hold, 0);
      // B: A's 10 minutes and start-up, then its own start-up.
      EXPECT_LT(run.result.delay_seconds.max, 640);
    }
  }
}

TEST(ReplayPolicies, SmallGangsPassOneThatDoesNotFitUnlessTheHeadBlocks) {
  const MicroCase small = MicroCases()[1];
  for (const MicroRun& run : RunMicroCase(small, Policies())) {
    if (run.policy == "muster" || run.policy == "quota") {
      EXPECT_LT(run.result.delay_seconds.p50, 5) << run.policy;
    }
    if (run.policy == "gang-fifo" || run.policy == "palantir") {
      EXPECT_GT(run.result.delay_seconds.p50, 300) << run.policy;
    }
  }
}

TEST(ReplayPolicies, AGangLargerThanTheClusterHoldsUpNobodyUnderMuster) {
  for (const MicroRun& run : RunMicroCase(MicroCases()[2], Policies())) {
    if (run.policy == "muster") {
      EXPECT_EQ(run.result.never_admitted_names, std::vector<std::string>{"G"});
    }
    if (run.policy == "gang-fifo") {
      EXPECT_EQ(run.result.never_admitted, 4);
    }
  }
}

TEST(ReplayPolicies, MusterFindsThePlaceOfADriverThatCostsAWholeNode) {
  for (const MicroRun& run : RunMicroCase(MicroCases()[3], Policies())) {
    if (run.policy != "muster") continue;
    EXPECT_EQ(run.result.never_admitted_names, std::vector<std::string>{"G"});
    EXPECT_EQ(run.result.idle_in_hold, 0);
  }
}

TEST(ReplayPolicies, KubeSchedulersBackOffDoublesToTenSeconds) {
  KubeQueue queue(1);
  Time now = kTraceStart;
  queue.Add({0, 0}, now);
  for (const int wait : {1, 2, 4, 8, 10, 10}) {
    ASSERT_TRUE(queue.Pop(now));
    queue.Fail(now);
    queue.RoomGrew(now);
    ASSERT_EQ(queue.NextDue(), now + seconds(wait));
    EXPECT_FALSE(queue.Pop(now + seconds(wait) - std::chrono::milliseconds(1)));
    now += seconds(wait);
  }
}

TEST(ReplayPolicies, APodThatFailedComesInBehindOthersAndOneOfAnEndedGangNotAtAll) {
  KubeQueue queue(2);
  queue.Add({0, 0}, kTraceStart);
  ASSERT_TRUE(queue.Pop(kTraceStart));
  queue.Fail(kTraceStart + seconds(2));
  queue.Add({1, 0}, kTraceStart + seconds(1));
  queue.RoomGrew(kTraceStart + seconds(9));
  EXPECT_EQ(queue.Pop(kTraceStart + seconds(9)), (PodRef{1, 0}));
  queue.DropGang(0);
  EXPECT_FALSE(queue.Pop(kTraceStart + seconds(9)));
}

/// 3 nodes with 3, 2 and 5 places for executors.
TEST(ReplayPolicies, PackingsDifferInTheNodesThatTheyTakeFirst) {
  const WorldConstants constants;
  Workload workload = Cluster(3, 21);
  NodeRoom room(workload.nodes);
  room.Take(0, constants.executor, 2);
  room.Take(1, constants.executor, 3);
  const auto place = [&](std::int64_t executors, Packing packing) {
    return PlaceWhole(room, constants.driver, constants.executor, executors, packing);
  };
  EXPECT_THAT(place(6, Packing::kTight), ::testing::ElementsAre(1, 1, 1, 0, 0, 0, 2));
  EXPECT_THAT(place(7, Packing::kRoomiest), ::testing::ElementsAre(1, 2, 2, 2, 2, 2, 1, 1));
  EXPECT_THAT(place(2, Packing::kRoomiest), ::testing::ElementsAre(1, 1, 1));
  EXPECT_TRUE(place(11, Packing::kRoomiest).empty());
  EXPECT_TRUE(place(11, Packing::kSpread).empty());
}

TEST(ReplayPolicies, AnUnknownPolicyIsRefusedWithThoseThatThereAre) {
  const auto policy = FindPolicy("magic");
  ASSERT_FALSE(policy.ok());
  EXPECT_THAT(std::string(MessageOf(policy.status())), ::testing::HasSubstr("palantir"));
  EXPECT_TRUE(FindPolicy("muster@backfill-patience=90s").ok());
  EXPECT_TRUE(FindPolicy("muster@backfill-patience=90s@packing-patience=0s").ok());
  EXPECT_FALSE(FindPolicy("muster@backfill-patience=soon").ok());
  EXPECT_FALSE(FindPolicy("muster@luck=1s").ok());
}

TEST(ReplayCommand, WritesAFileForEachRunASummaryAndAPage) {
  const std::string folder = ::testing::TempDir() + "/replay-command";
  std::filesystem::remove_all(folder);
  std::ofstream(::testing::TempDir() + "/jobs.csv")
      << "job_id,submit_s,gap_s,map_input_bytes,shuffle_bytes,reduce_output_bytes\n"
         "a,0,0,5000000000,4000000000,0\nb,5,5,1,1,1\nbroken,5\n";
  std::ofstream(::testing::TempDir() + "/nodes.csv")
      << "sn,cpu_milli,memory_mib,gpu,model\nn0,32000,131072,0,\nn1,32000,131072,0,\n";
  ReplayOptions options;
  options.jobs_file = ::testing::TempDir() + "/jobs.csv";
  options.nodes_file = ::testing::TempDir() + "/nodes.csv";
  options.output_folder = folder;
  options.seeds = 2;
  std::ostringstream out;
  std::ostringstream errors;
  ASSERT_EQ(RunReplay(options, out, errors), 0) << errors.str();
  EXPECT_THAT(errors.str(), ::testing::HasSubstr("jobs.csv:4: 2 fields, the header has 6"));
  EXPECT_THAT(errors.str(), ::testing::HasSubstr("1 rows left out, 2 taken"));
  for (const PolicyDescription& policy : Policies()) {
    for (const char* seed : {"1", "2"}) {
      std::ifstream file(folder + "/" + policy.name + "-load0.90-seed" + seed + ".json");
      const auto json = nlohmann::json::parse(file);
      EXPECT_EQ(json.at("policy"), policy.name);
      EXPECT_EQ(json.at("metrics").at("gangs"), 2);
    }
  }
  std::ifstream summary(folder + "/summary.json");
  EXPECT_EQ(nlohmann::json::parse(summary).at("summary").size(), Policies().size());
  std::ifstream file(folder + "/report.html");
  const std::string page((std::istreambuf_iterator<char>(file)), {});
  EXPECT_THAT(page, ::testing::EndsWith("</html>\n"));
  EXPECT_THAT(page, ::testing::Not(::testing::HasSubstr("http")));  // nothing from outside
}

TEST(ReplayCommand, BadInputIsSaidAndNothingIsWritten) {
  ReplayOptions options;
  options.jobs_file = "absent.csv";
  options.nodes_file = "absent.csv";
  options.output_folder = ::testing::TempDir() + "/replay-not-written";
  std::ostringstream out;
  std::ostringstream errors;
  EXPECT_EQ(RunReplay(options, out, errors), 2);
  EXPECT_THAT(errors.str(), ::testing::HasSubstr("absent.csv: cannot be read"));
  EXPECT_FALSE(std::filesystem::exists(options.output_folder));
}

}  // namespace
}  // namespace muster::bench::replay
