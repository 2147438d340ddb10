// Rules between pods inside gangs: the members see each other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "plugins/builtin_plugins.h"
#include "scheduler/placement/engine.h"
#include "test/support/builders.h"

namespace muster::placement {
namespace {

using muster::testing::MakeNode;
using muster::testing::MakePod;

constexpr const char* kHostname = "kubernetes.io/hostname";
const api::StringMap kDriver{{"role", "driver"}};
const api::StringMap kExecutor{{"role", "executor"}};
using Shares = std::map<std::string, std::int64_t>;

api::PodAffinityTerm Near(const api::StringMap& labels, const std::string& topology_key) {
  api::PodAffinityTerm term;
  term.label_selector = api::LabelSelector{labels, {}};
  term.topology_key = topology_key;
  return term;
}

api::TopologySpreadConstraint SpreadOver(const std::string& topology_key, std::int32_t max_skew,
                                         const api::StringMap& labels) {
  api::TopologySpreadConstraint constraint;
  constraint.max_skew = max_skew;
  constraint.topology_key = topology_key;
  constraint.when_unsatisfiable = "DoNotSchedule";
  constraint.label_selector = api::LabelSelector{labels, {}};
  return constraint;
}

class GangRulesTest : public ::testing::Test {
 protected:
  GangRulesTest() {
    driver_.metadata.labels = kDriver;
    executor_.metadata.labels = kExecutor;
    // Nobody knows the name of an executor that does not exist.
    executor_.metadata.uid.clear();
    executor_.metadata.name.clear();
  }

  void AddNode(const std::string& name, const std::string& zone, const std::string& cpu) {
    api::Node node = MakeNode(name, cpu, "256Gi");
    node.metadata.labels = {{"zone", zone}, {kHostname, name}};
    model_.Nodes().Upsert(node, model_.Names());
  }

  void Run(const api::Pod& pod, const std::string& node) {
    model_.PlacePod("running-" + std::to_string(++running_), model_.Nodes().Find(node),
                    model::MakePodInfo(pod, model_.Names()));
  }

  Attempt Place(std::int64_t executors) {
    const std::vector<PodSetDemand> demands{
        {"driver", driver_, model::MakePodInfo(driver_, model_.Names()), 1},
        {"executors", executor_, model::MakePodInfo(executor_, model_.Names()), executors}};
    model::Statement statement(model_);
    Attempt attempt = PlaceGang({profile_, model_, cache_}, statement, {demands});
    std::move(statement).Commit();
    return attempt;
  }

  Shares ByNode(const Attempt& attempt, std::size_t set) const {
    Shares shares;
    for (const NodeShare& share : attempt.shares->at(set)) {
      shares[model_.Nodes().Name(share.node)] += share.count;
    }
    return shares;
  }
  Shares ByZone(const Attempt& attempt, std::size_t set) const {
    Shares shares;
    for (const NodeShare& share : attempt.shares->at(set)) {
      shares[model_.Nodes().Labels(share.node).at("zone")] += share.count;
    }
    return shares;
  }

  model::ClusterModel model_;
  framework::Profile profile_ = plugins::DefaultProfile();
  PlacementCache cache_;
  api::Pod driver_ = MakePod("driver", "1", "1Gi");
  api::Pod executor_ = MakePod("executor", "1", "1Gi");
  int running_ = 0;
};

TEST_F(GangRulesTest, TwentyExecutorsThatAvoidEachOtherTakeTwentyNodes) {
  for (int i = 0; i < 20; ++i) AddNode("n" + std::to_string(i), "a", "8");
  executor_.spec.pod_anti_affinity.required.push_back(Near(kExecutor, kHostname));
  const Attempt attempt = Place(20);
  ASSERT_TRUE(attempt.shares) << attempt.diagnosis;
  const Shares shares = ByNode(attempt, 1);
  EXPECT_EQ(shares.size(), 20u);
}

TEST_F(GangRulesTest, WithANodeTooFewTheDiagnosisSaysWhyAndHowManyFit) {
  for (int i = 0; i < 3; ++i) AddNode("n" + std::to_string(i), "a", "8");
  executor_.spec.pod_anti_affinity.required.push_back(Near(kExecutor, kHostname));
  EXPECT_EQ(Place(4).diagnosis,
            "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. 3 of 4 "
            "executors fit.\n1 of 1 driver fits.\nThe gang is admitted whole or not at all.");
}

TEST_F(GangRulesTest, TheDriverKeepsOffNodesThatExecutorsCannotShareWithIt) {
  AddNode("a", "a", "8");
  AddNode("b", "a", "8");
  AddNode("small", "a", "1");
  executor_.spec = MakePod("", "2", "1Gi").spec;
  executor_.spec.pod_anti_affinity.required.push_back(Near(kExecutor, kHostname));
  executor_.spec.pod_anti_affinity.required.push_back(Near(kDriver, kHostname));
  const Attempt attempt = Place(2);
  ASSERT_TRUE(attempt.shares) << attempt.diagnosis;
  EXPECT_EQ(ByNode(attempt, 0), (Shares{{"small", 1}}));
  EXPECT_EQ(ByNode(attempt, 1), (Shares{{"a", 1}, {"b", 1}}));
}

TEST_F(GangRulesTest, ExecutorsSpreadEvenlyOverThreeZones) {
  AddNode("a1", "a", "64");
  AddNode("b1", "b", "4");
  AddNode("b2", "b", "4");
  AddNode("c1", "c", "8");
  executor_.spec.topology_spread.push_back(SpreadOver("zone", 1, kExecutor));
  const Attempt attempt = Place(20);
  ASSERT_TRUE(attempt.shares) << attempt.diagnosis;
  for (const auto& [zone, count] : ByZone(attempt, 1)) {
    EXPECT_GE(count, 6) << zone;
    EXPECT_LE(count, 7) << zone;
  }
  // b is full with 8, and then a and c take 9 each: 26. One more in a would be a skew of 2.
  EXPECT_THAT(Place(27).diagnosis, ::testing::HasSubstr("topology spread constraints"));
}

TEST_F(GangRulesTest, ZoneAffinityChoosesAZoneThatHoldsAllAndTheDriverLeavesItTheRoom) {
  AddNode("a1", "a", "10");  // the roomiest node, but its zone is too small
  AddNode("b1", "b", "6");
  AddNode("b2", "b", "6");
  executor_.spec.pod_affinity.required.push_back(Near(kExecutor, "zone"));
  const Attempt attempt = Place(12);
  ASSERT_TRUE(attempt.shares) << attempt.diagnosis;
  EXPECT_EQ(ByNode(attempt, 0), (Shares{{"a1", 1}}));
  EXPECT_EQ(ByNode(attempt, 1), (Shares{{"b1", 6}, {"b2", 6}}));
}

TEST_F(GangRulesTest, ExecutorsThatWantTheDriverNearTakeItAlongToAZoneThatHoldsAll) {
  AddNode("a1", "a", "10");
  AddNode("b1", "b", "7");
  AddNode("b2", "b", "6");
  executor_.spec.pod_affinity.required.push_back(Near(kDriver, "zone"));
  const Attempt attempt = Place(12);
  ASSERT_TRUE(attempt.shares) << attempt.diagnosis;
  EXPECT_EQ(ByZone(attempt, 0), (Shares{{"b", 1}}));
  EXPECT_EQ(ByZone(attempt, 1), (Shares{{"b", 12}}));
}

TEST_F(GangRulesTest, DriverAndExecutorsThatWantTheirApplicationNearShareAZone) {
  AddNode("a1", "a", "10");
  AddNode("b1", "b", "7");
  AddNode("b2", "b", "6");
  for (api::Pod* pod : {&driver_, &executor_}) {
    pod->metadata.labels["app"] = "x";
    pod->spec.pod_affinity.required.push_back(Near({{"app", "x"}}, "zone"));
  }
  const Attempt attempt = Place(12);
  ASSERT_TRUE(attempt.shares) << attempt.diagnosis;
  EXPECT_EQ(ByZone(attempt, 0), (Shares{{"b", 1}}));
  EXPECT_EQ(ByZone(attempt, 1), (Shares{{"b", 12}}));
}

TEST_F(GangRulesTest, AffinityToPodsInSeveralZonesMayUseAllOfThem) {
  AddNode("a1", "a", "4");
  AddNode("b1", "b", "4");
  AddNode("c1", "c", "64");
  api::Pod cache = MakePod("cache", "1", "1Gi");
  cache.metadata.labels = {{"app", "cache"}};
  Run(cache, "a1");
  Run(cache, "b1");
  executor_.spec.pod_affinity.required.push_back(Near({{"app", "cache"}}, "zone"));
  const Attempt attempt = Place(6);
  ASSERT_TRUE(attempt.shares) << attempt.diagnosis;
  EXPECT_EQ(ByNode(attempt, 0), (Shares{{"c1", 1}}));
  EXPECT_EQ(ByNode(attempt, 1), (Shares{{"a1", 3}, {"b1", 3}}));
}

TEST_F(GangRulesTest, MembersWithTheSameHostPortNeverShareANode) {
  AddNode("a", "a", "8");
  AddNode("b", "a", "8");
  AddNode("c", "a", "8");
  for (api::Pod* pod : {&driver_, &executor_}) {
    pod->spec.containers.front().host_ports.push_back({7078, "TCP", ""});
  }
  const Attempt attempt = Place(2);
  ASSERT_TRUE(attempt.shares) << attempt.diagnosis;
  std::set<std::string> nodes;
  for (std::size_t set : {0u, 1u}) {
    for (const auto& [name, count] : ByNode(attempt, set)) {
      EXPECT_EQ(count, 1);
      EXPECT_TRUE(nodes.insert(name).second) << name;
    }
  }
  EXPECT_THAT(Place(1).diagnosis,
              ::testing::HasSubstr("3 node(s) didn't have free ports for the requested pod ports"));
}

TEST_F(GangRulesTest, AFailedGangWithRulesLeavesNoTrace) {
  AddNode("a1", "a", "8");
  AddNode("b1", "b", "8");
  executor_.spec.topology_spread.push_back(SpreadOver("zone", 1, kExecutor));
  executor_.spec.pod_affinity.required.push_back(Near(kDriver, "zone"));
  EXPECT_FALSE(Place(4).shares);
  for (model::NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
    EXPECT_TRUE(model_.PodsOn(node).empty());
  }
  EXPECT_TRUE(model_.RequiredAntiAffinities().empty());
}

TEST_F(GangRulesTest, SizeAdviceDoesNotBlameTheSizeForWhatOtherPodsForbid) {
  AddNode("large", "a", "8");
  AddNode("small", "b", "1");
  api::Pod running = MakePod("running", "1", "1Gi");
  running.metadata.labels = kExecutor;
  Run(running, "large");
  executor_.spec = MakePod("", "4", "1Gi").spec;
  executor_.spec.topology_spread.push_back(SpreadOver("zone", 1, kExecutor));
  const Attempt attempt = Place(1);
  ASSERT_FALSE(attempt.shares);
  EXPECT_THAT(attempt.diagnosis, ::testing::Not(::testing::HasSubstr("even if it were empty")));
}

}  // namespace
}  // namespace muster::placement
