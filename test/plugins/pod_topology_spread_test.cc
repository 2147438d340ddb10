#include "plugins/pod_topology_spread/pod_topology_spread.h"

#include <gtest/gtest.h>

#include "test/plugins/filter_world.h"

namespace muster::plugins {
namespace {

using muster::testing::FilterWorld;
using muster::testing::LabelledPod;
using muster::testing::SpreadOver;

using Capacities = std::map<std::string, std::int64_t>;
using Reasons = std::map<std::string, std::string>;

constexpr const char* kSkewed = "node(s) didn't match pod topology spread constraints";
const api::StringMap kApp{{"app", "x"}};

/// Zones a (two nodes), b and c.
class PodTopologySpreadTest : public ::testing::Test {
 protected:
  PodTopologySpreadTest() {
    world_.AddNode("a1", {{"zone", "a"}});
    world_.AddNode("a2", {{"zone", "a"}});
    world_.AddNode("b1", {{"zone", "b"}});
    world_.AddNode("c1", {{"zone", "c"}});
    pod_.spec.topology_spread.push_back(SpreadOver("zone", 1, kApp));
  }
  api::TopologySpreadConstraint& Constraint() { return pod_.spec.topology_spread.front(); }
  void Run(const std::string& node, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) world_.Run(LabelledPod(kApp), node);
  }

  FilterWorld world_{MakePodTopologySpread()};
  api::Pod pod_ = LabelledPod(kApp);
};

TEST_F(PodTopologySpreadTest, OnlyHardConstraintsAreAsked) {
  Constraint().when_unsatisfiable = "ScheduleAnyway";
  EXPECT_TRUE(world_.HasNothingToSay(pod_));
}

TEST_F(PodTopologySpreadTest, ADomainTakesMaxSkewMoreThanTheEmptiest) {
  EXPECT_EQ(world_.Capacities(pod_), (Capacities{{"a1", 1}, {"a2", 1}, {"b1", 1}, {"c1", 1}}));
  Run("a1", 1);
  Run("b1", 2);
  // Emptiest: c with 0. a has 1 = 0 + maxSkew, b more than that.
  EXPECT_EQ(world_.Capacities(pod_), (Capacities{{"a1", 0}, {"a2", 0}, {"b1", 0}, {"c1", 2}}));
  EXPECT_EQ(world_.Reasons(pod_),
            (Reasons{{"a1", kSkewed}, {"a2", kSkewed}, {"b1", kSkewed}, {"c1", ""}}));
}

TEST_F(PodTopologySpreadTest, APodOutsideItsOwnSelectorAddsNothing) {
  pod_.metadata.labels = {{"app", "other"}};
  Run("a1", 1);
  Run("b1", 2);
  EXPECT_EQ(world_.Capacities(pod_),
            (Capacities{{"a1", 100}, {"a2", 100}, {"b1", 0}, {"c1", 100}}));
}

TEST_F(PodTopologySpreadTest, ANodeWithoutTheKeyIsRefusedForGoodAndItsPodsAreNotCounted) {
  world_.AddNode("bare", {});
  Run("bare", 5);
  EXPECT_EQ(world_.Capacities(pod_).at("bare"), 0);
  EXPECT_EQ(world_.Capacities(pod_).at("a1"), 1);
  EXPECT_EQ(world_.Reasons(pod_).at("bare"),
            std::string(kSkewed) + " (missing required label) (final)");
}

TEST_F(PodTopologySpreadTest, ADomainOfNodesThatLackAnotherKeyIsNotSpreadOver) {
  pod_.spec.topology_spread.push_back(SpreadOver("rack", 9, kApp));
  world_.AddNode("racked", {{"zone", "d"}, {"rack", "r"}});
  // The zones a, b and c have no node with both keys: only d counts, and it is alone.
  Run("racked", 5);
  EXPECT_EQ(world_.Capacities(pod_).at("racked"), 100);
}

TEST_F(PodTopologySpreadTest, WithFewerThanMinDomainsTheFloorIsZero) {
  Run("a1", 2);
  Run("b1", 1);
  Run("c1", 1);
  Constraint().max_skew = 2;
  EXPECT_EQ(world_.Capacities(pod_), (Capacities{{"a1", 1}, {"a2", 1}, {"b1", 2}, {"c1", 2}}));
  Constraint().min_domains = 4;
  EXPECT_EQ(world_.Capacities(pod_), (Capacities{{"a1", 0}, {"a2", 0}, {"b1", 1}, {"c1", 1}}));
  Constraint().min_domains = 3;
  EXPECT_EQ(world_.Capacities(pod_), (Capacities{{"a1", 1}, {"a2", 1}, {"b1", 2}, {"c1", 2}}));
}

TEST_F(PodTopologySpreadTest, TerminatingPodsAndOtherNamespacesAreNotCounted) {
  api::Pod terminating = LabelledPod(kApp);
  terminating.metadata.deletion_timestamp = Time{};
  world_.Run(terminating, "a1");
  api::Pod elsewhere = LabelledPod(kApp);
  elsewhere.metadata.namespace_name = "elsewhere";
  world_.Run(elsewhere, "a1");
  EXPECT_EQ(world_.Capacities(pod_).at("a1"), 1);
}

TEST_F(PodTopologySpreadTest, NodesOutsideThePodsNodeAffinityAreNoDomainsUnlessIgnored) {
  pod_.spec.node_affinity.required = {{{{{"zone", "In", {"a", "b"}}}, {}}}};
  Run("a1", 1);
  Run("b1", 1);
  // c would be the emptiest.
  EXPECT_EQ(world_.Capacities(pod_).at("a1"), 1);
  Constraint().node_affinity_policy = "Ignore";
  EXPECT_EQ(world_.Capacities(pod_).at("a1"), 0);
}

TEST_F(PodTopologySpreadTest, TaintedNodesAreDomainsUnlessHonoured) {
  api::Node tainted;
  tainted.metadata.name = "d1";
  tainted.metadata.labels = {{"zone", "d"}};
  tainted.taints.push_back({"dedicated", "", "NoSchedule"});
  world_.AddNode(tainted);
  Run("a1", 1);
  Run("b1", 1);
  Run("c1", 1);
  EXPECT_EQ(world_.Capacities(pod_).at("a1"), 0);
  Constraint().node_taints_policy = "Honor";
  EXPECT_EQ(world_.Capacities(pod_).at("a1"), 1);
  pod_.spec.tolerations.push_back({"dedicated", "Exists", "", ""});
  EXPECT_EQ(world_.Capacities(pod_).at("a1"), 0);
}

TEST_F(PodTopologySpreadTest, MatchLabelKeysNarrowTheSelectorToThePodsOwnValues) {
  pod_.metadata.labels["version"] = "2";
  Constraint().match_label_keys = {"version", "absent"};
  Run("a1", 3);  // of no version
  EXPECT_EQ(world_.Capacities(pod_).at("a1"), 1);
  api::Pod same = LabelledPod(pod_.metadata.labels);
  world_.Run(same, "a1");
  EXPECT_EQ(world_.Capacities(pod_).at("a1"), 0);
}

TEST_F(PodTopologySpreadTest, AnEmptySelectorCountsNoPodAndAnAbsentOneMatchesNone) {
  Run("a1", 3);
  Constraint().label_selector = api::LabelSelector{};
  EXPECT_EQ(world_.Capacities(pod_).at("a1"), 100);
  Constraint().label_selector = std::nullopt;
  EXPECT_EQ(world_.Capacities(pod_).at("a1"), 100);
}

TEST_F(PodTopologySpreadTest, AnOnlyDomainTakesAnyNumber) {
  FilterWorld world(MakePodTopologySpread());
  world.AddNode("a1", {{"zone", "a"}});
  EXPECT_EQ(world.Capacities(pod_).at("a1"), 100);
}

TEST_F(PodTopologySpreadTest, ASelectorThatCannotBeReadRefusesThePodEverywhere) {
  Constraint().label_selector->match_expressions.push_back({"app", "Gt", {"1"}});
  const model::PodInfoPtr info = world_.Info(pod_);
  const auto refusal = world_.Prepare(pod_, info)->RefusesEverywhere();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(
      refusal->reason,
      "obtaining pod's hard topology spread constraints: \"Gt\" is not a valid label selector "
      "operator");
}

TEST_F(PodTopologySpreadTest, PlacedPodsOfTheGangCountAndTakenBackTheyDoNot) {
  const model::PodInfoPtr info = world_.Info(pod_);
  const std::vector<model::PodInfoPtr> companions{world_.Info(LabelledPod(kApp)),
                                                  world_.Info(LabelledPod({}))};
  const auto filter = world_.Prepare(pod_, info, companions);
  EXPECT_TRUE(filter->CouplesNodes());
  filter->OnPlaced(world_.Model(), world_.Node("a1"), *info, 1);
  EXPECT_EQ(world_.CapacityOf(*filter, "a2"), 0);
  EXPECT_EQ(world_.CapacityOf(*filter, "b1"), 1);
  filter->OnPlaced(world_.Model(), world_.Node("b1"), *companions[0], 1);
  filter->OnPlaced(world_.Model(), world_.Node("b1"), *companions[1], 5);
  EXPECT_EQ(world_.CapacityOf(*filter, "b1"), 0);
  EXPECT_EQ(world_.CapacityOf(*filter, "c1"), 2);
  filter->OnPlaced(world_.Model(), world_.Node("a1"), *info, -1);
  EXPECT_EQ(world_.CapacityOf(*filter, "a1"), 1);
}

TEST_F(PodTopologySpreadTest, NodesAreNotCoupledByPodsThatAreNotCounted) {
  pod_.metadata.labels = {{"app", "other"}};
  const model::PodInfoPtr info = world_.Info(pod_);
  EXPECT_FALSE(world_.Prepare(pod_, info)->CouplesNodes());
}

}  // namespace
}  // namespace muster::plugins
