#include "scheduler/placement/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <utility>

#include "plugins/builtin_plugins.h"
#include "scheduler/api/pod_requests.h"
#include "test/support/builders.h"

namespace muster::placement {
namespace {

using muster::testing::MakeNode;
using muster::testing::MakeSpec;

/// A gang of one driver and some executors, placed on a cluster of nodes.
class PlaceGangTest : public ::testing::Test {
 protected:
  void AddNode(const std::string& name, const std::string& cpu, const std::string& memory) {
    model_.Nodes().Upsert(MakeNode(name, cpu, memory), model_.Names());
  }

  Attempt Place(const api::PodSpec& driver, const api::PodSpec& executor, std::int64_t count) {
    const api::Pod driver_pod{{}, driver, {}};
    const api::Pod executor_pod{{}, executor, {}};
    const std::vector<PodSetDemand> demands{
        {"driver", driver_pod, model::MakePodInfo(driver_pod, model_.Names()), 1},
        {"executors", executor_pod, model::MakePodInfo(executor_pod, model_.Names()), count}};
    model::Statement statement(model_);
    Attempt attempt = PlaceGang({profile_, model_, cache_}, statement, {demands});
    std::move(statement).Commit();
    return attempt;
  }

  /// "node -> pods" of one pod set.
  std::map<std::string, std::int64_t> Named(const Attempt& attempt, std::size_t set) const {
    std::map<std::string, std::int64_t> named;
    for (const NodeShare& share : attempt.shares->at(set)) {
      named[model_.Nodes().Name(share.node)] += share.count;
    }
    return named;
  }

  std::int64_t PodsInUse() const {
    std::int64_t pods = 0;
    for (model::NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
      pods += model_.Nodes().Requested(node).pods;
    }
    return pods;
  }

  model::ClusterModel model_;
  framework::Profile profile_ = plugins::DefaultProfile();
  PlacementCache cache_;
};

using Shares = std::map<std::string, std::int64_t>;

TEST_F(PlaceGangTest, AGangThatFitsIsReservedWhole) {
  AddNode("a", "4", "16Gi");
  AddNode("b", "4", "16Gi");
  const Attempt attempt = Place(MakeSpec("1", "1Gi"), MakeSpec("2", "2Gi"), 3);
  ASSERT_TRUE(attempt.shares);
  // Each node takes two executors. The driver costs one place on either: 2 + 1 remain, and 3 fit.
  EXPECT_EQ(Named(attempt, 0), (Shares{{"a", 1}}));
  EXPECT_EQ(Named(attempt, 1), (Shares{{"a", 1}, {"b", 2}}));
  EXPECT_EQ(PodsInUse(), 4);
}

TEST_F(PlaceGangTest, AGangThatDoesNotFitLeavesNoTraceAndSaysHowManyWould) {
  AddNode("a", "4", "16Gi");
  AddNode("b", "4", "16Gi");
  const Attempt attempt = Place(MakeSpec("1", "1Gi"), MakeSpec("2", "2Gi"), 4);
  EXPECT_FALSE(attempt.shares);
  EXPECT_EQ(attempt.diagnosis,
            "0/2 nodes are available: 2 Insufficient cpu. 3 of 4 executors fit.\n"
            "1 of 1 driver fits.\n"
            "The gang is admitted whole or not at all.");
  EXPECT_EQ(PodsInUse(), 0);
}

TEST_F(PlaceGangTest, TheDriverGoesWhereItCostsNoExecutor) {
  AddNode("a", "4", "16Gi");
  AddNode("small", "1", "16Gi");  // takes the driver, but no executor
  const Attempt attempt = Place(MakeSpec("1", "1Gi"), MakeSpec("2", "2Gi"), 2);
  ASSERT_TRUE(attempt.shares);
  EXPECT_EQ(Named(attempt, 0), (Shares{{"small", 1}}));
  EXPECT_EQ(Named(attempt, 1), (Shares{{"a", 2}}));
}

TEST_F(PlaceGangTest, ADriverThatFitsNowhereIsDiagnosedAsADriver) {
  AddNode("a", "4", "16Gi");
  const Attempt attempt = Place(MakeSpec("1", "64Gi"), MakeSpec("1", "1Gi"), 1);
  EXPECT_EQ(
      attempt.diagnosis,
      "0/1 nodes are available: 1 Insufficient memory. 0 of 1 driver fits.\n"
      "1 of 1 executors fit.\n"
      "The gang is admitted whole or not at all. No node could hold one of the driver even if "
      "it were empty: it asks cpu 1, memory 64Gi; the nearest of the 1 nodes that match, a, "
      "offers cpu 4, memory 16Gi. At most cpu 1, memory 16Gi would fit.");
}

TEST_F(PlaceGangTest, EveryPodSetObeysItsOwnConstraints) {
  AddNode("plain", "8", "16Gi");
  api::Node labelled = MakeNode("ssd", "8", "16Gi");
  labelled.metadata.labels["disk"] = "ssd";
  labelled.taints.push_back({"dedicated", "spark", "NoSchedule"});
  model_.Nodes().Upsert(labelled, model_.Names());
  api::PodSpec executor = MakeSpec("1", "1Gi");
  executor.node_selector["disk"] = "ssd";
  executor.tolerations.push_back({"dedicated", "Equal", "spark", "NoSchedule"});
  const Attempt attempt = Place(MakeSpec("1", "1Gi"), executor, 8);
  ASSERT_TRUE(attempt.shares);
  EXPECT_EQ(Named(attempt, 0), (Shares{{"plain", 1}}));
  EXPECT_EQ(Named(attempt, 1), (Shares{{"ssd", 8}}));
}

TEST_F(PlaceGangTest, RefusalsAreCountedInKubeSchedulersWords) {
  AddNode("full", "1", "1Gi");
  api::Node cordoned = MakeNode("cordoned", "8", "16Gi");
  cordoned.unschedulable = true;
  api::Node tainted = MakeNode("tainted", "8", "16Gi");
  tainted.taints.push_back({"k", "", "NoExecute"});
  model_.Nodes().Upsert(cordoned, model_.Names());
  model_.Nodes().Upsert(tainted, model_.Names());
  const Attempt attempt = Place(MakeSpec("2", "2Gi"), MakeSpec("1", "1Gi"), 1);
  EXPECT_THAT(attempt.diagnosis,
              ::testing::StartsWith("0/3 nodes are available: 1 Insufficient cpu, 1 Insufficient "
                                    "memory, 1 node(s) had untolerated taint(s), 1 node(s) were "
                                    "unschedulable."));
}

TEST_F(PlaceGangTest, WithoutNodesItSaysSo) {
  EXPECT_THAT(Place(MakeSpec("1", "1Gi"), MakeSpec("1", "1Gi"), 1).diagnosis,
              ::testing::StartsWith("no nodes available to schedule pods"));
}

TEST_F(PlaceGangTest, AnExecutorAsLargeAsItsNodeIsToldWhatWouldFit) {
  AddNode("a", "3920m", "15Gi");  // a machine of 4 cores, less what the system keeps
  AddNode("b", "3920m", "14Gi");
  const Attempt attempt = Place(MakeSpec("1", "1Gi"), MakeSpec("4", "14Gi"), 2);
  EXPECT_THAT(attempt.diagnosis,
              ::testing::HasSubstr("it asks cpu 4, memory 14Gi; the nearest of the 2 nodes that "
                                   "match, a, offers cpu 3920m, memory 15Gi. At most cpu 3920m, "
                                   "memory 14Gi would fit."));
}

TEST_F(PlaceGangTest, AGangThatOnlyHasToWaitIsGivenNoAdviceOnSize) {
  AddNode("a", "4", "16Gi");
  EXPECT_THAT(Place(MakeSpec("1", "1Gi"), MakeSpec("4", "1Gi"), 2).diagnosis,
              ::testing::Not(::testing::HasSubstr("even if it were empty")));
}

TEST_F(PlaceGangTest, AGangWithAMinimumTakesAsManyPlacesAsThereAre) {
  AddNode("a", "8", "16Gi");
  const api::Pod pod{{}, MakeSpec("2", "1Gi"), {}};
  const model::PodInfoPtr info = model::MakePodInfo(pod, model_.Names());
  const auto place = [&](std::int64_t count_min) {
    const std::vector<PodSetDemand> demands{{"executors", pod, info, 9, count_min}};
    model::Statement statement(model_);
    return PlaceGang({profile_, model_, cache_}, statement, {demands});
  };
  EXPECT_EQ(Named(place(3), 0), (Shares{{"a", 4}}));
  EXPECT_EQ(Named(place(4), 0), (Shares{{"a", 4}}));
  EXPECT_THAT(place(5).diagnosis, ::testing::HasSubstr("4 of 5 executors fit"));
}

api::PodSpec Preferring(api::PodSpec spec, const std::string& label) {
  spec.node_affinity.preferred = {{1, {{{label, "Exists", {}}}, {}}}};
  return spec;
}

TEST_F(PlaceGangTest, APodAloneGoesToTheHighestScoreNotToTheRoomiest) {
  AddNode("a", "8", "64Gi");
  api::Node ssd = MakeNode("b", "4", "16Gi");
  ssd.metadata.labels["ssd"] = "";
  model_.Nodes().Upsert(ssd, model_.Names());
  const auto place = [&](const api::PodSpec& spec, bool alone) {
    const api::Pod pod{{}, spec, {}};
    PodSetDemand demand{"pod", pod, model::MakePodInfo(pod, model_.Names()), 1};
    demand.alone = alone;
    model::Statement statement(model_);
    return Named(PlaceGang({profile_, model_, cache_}, statement, {{&demand, 1}}), 0);
  };
  const api::PodSpec spec = MakeSpec("1", "4Gi");
  // LeastAllocated: a (87 + 93) / 2 = 90, b (75 + 75) / 2 = 75. BalancedAllocation: a 50 + (50 - 4)
  // / 2 = 73, b 75. Nothing else tells them apart: a 163, b 150.
  EXPECT_EQ(place(spec, true), (Shares{{"a", 1}}));
  EXPECT_EQ(place(Preferring(spec, "ssd"), true), (Shares{{"b", 1}}));  // and 2 x 100 for b
  EXPECT_EQ(place(spec, false), (Shares{{"b", 1}})) << "one of a gang goes where it is tightest";
}

TEST_F(PlaceGangTest, ADriverTakesTheNodeThatItPrefersUnlessTheGangNeedsIt) {
  AddNode("a", "4", "16Gi");
  AddNode("small", "1", "16Gi");  // costs no executor
  api::Node steady = MakeNode("steady", "4", "16Gi");
  steady.metadata.labels["steady"] = "";
  model_.Nodes().Upsert(steady, model_.Names());
  const api::PodSpec driver = Preferring(MakeSpec("1", "1Gi"), "steady");
  // Executors of 2: two on a, two on steady; the driver there costs one.
  const auto driver_node = [&](std::int64_t count) {
    const api::Pod driver_pod{{}, driver, {}};
    const api::Pod executor_pod{{}, MakeSpec("2", "2Gi"), {}};
    const std::vector<PodSetDemand> demands{
        {"driver", driver_pod, model::MakePodInfo(driver_pod, model_.Names()), 1},
        {"executors", executor_pod, model::MakePodInfo(executor_pod, model_.Names()), count}};
    model::Statement statement(model_);
    return Named(PlaceGang({profile_, model_, cache_}, statement, {demands}), 0);
  };
  EXPECT_EQ(driver_node(3), (Shares{{"steady", 1}}));
  EXPECT_EQ(driver_node(4), (Shares{{"small", 1}}));
}

TEST_F(PlaceGangTest, ExecutorsFillNodesWithUnwantedTaintsLast) {
  AddNode("a", "4", "16Gi");
  AddNode("b", "4", "16Gi");
  api::Node tainted = MakeNode("c", "16", "64Gi");
  tainted.taints.push_back({"draining", "", "PreferNoSchedule"});
  model_.Nodes().Upsert(tainted, model_.Names());
  const auto executors = [&](std::int64_t count) {
    const api::Pod pod{{}, MakeSpec("2", "2Gi"), {}};
    const PodSetDemand demand{"executors", pod, model::MakePodInfo(pod, model_.Names()), count};
    model::Statement statement(model_);
    return Named(PlaceGang({profile_, model_, cache_}, statement, {{&demand, 1}}), 0);
  };
  EXPECT_EQ(executors(4), (Shares{{"a", 2}, {"b", 2}}));
  EXPECT_EQ(executors(6), (Shares{{"a", 2}, {"b", 2}, {"c", 2}}));
}

/// Tries every node for the driver and counts what is left for executors: the exact answer.
bool FitsSomehow(const std::vector<std::int64_t>& node_cpus, std::int64_t driver,
                 std::int64_t executor, std::int64_t count) {
  for (std::size_t d = 0; d < node_cpus.size(); ++d) {
    if (node_cpus[d] < driver) continue;
    std::int64_t places = 0;
    for (std::size_t i = 0; i < node_cpus.size(); ++i) {
      places += (node_cpus[i] - (i == d ? driver : 0)) / executor;
    }
    if (places >= count) return true;
  }
  return false;
}

TEST_F(PlaceGangTest, OneDriverAndIdenticalExecutorsArePlacedWheneverAPlacementExists) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto draw = [&](int low, int high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  int fitting = 0;
  for (int round = 0; round < 300; ++round) {
    model_ = model::ClusterModel();
    cache_ = PlacementCache();
    std::vector<std::int64_t> cpus;
    for (std::int64_t i = draw(1, 5); i > 0; --i) cpus.push_back(draw(1, 12));
    for (std::size_t i = 0; i < cpus.size(); ++i) {
      api::Node node = MakeNode("n" + std::to_string(i), std::to_string(cpus[i]), "64Gi");
      if (draw(0, 1) == 1) node.metadata.labels["liked-by-drivers"] = "";
      if (draw(0, 3) == 1) node.taints.push_back({"disliked", "", "PreferNoSchedule"});
      model_.Nodes().Upsert(node, model_.Names());
    }
    const std::int64_t driver = draw(1, 4);
    const std::int64_t executor = draw(1, 5);
    const std::int64_t count = draw(1, 12);
    const bool placed =
        Place(Preferring(MakeSpec(std::to_string(driver), "1Mi"), "liked-by-drivers"),
              MakeSpec(std::to_string(executor), "1Mi"), count)
            .shares.has_value();
    EXPECT_EQ(placed, FitsSomehow(cpus, driver, executor, count)) << "round " << round;
    fitting += placed ? 1 : 0;
  }
  EXPECT_GT(fitting, 30) << "the generator must cover both outcomes";
  EXPECT_LT(fitting, 270);
}

}  // namespace
}  // namespace muster::placement
