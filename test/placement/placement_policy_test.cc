// What a gang asks of its placement: topology, caps, spreading, steady nodes for the driver.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plugins/builtin_plugins.h"
#include "scheduler/placement/engine.h"
#include "test/support/builders.h"

namespace muster::placement {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using Shares = std::map<std::string, std::int64_t>;
using topology::PackingPolicy;
using topology::PlacementMode;
using topology::TopologyRule;

constexpr char kZone[] = "topology.kubernetes.io/zone";
constexpr char kRack[] = "topology.kubernetes.io/rack";

class PlacementPolicyTest : public ::testing::Test {
 protected:
  model::NodeIndex AddNode(const std::string& name, const std::string& cpu,
                           const api::StringMap& labels = {}) {
    api::Node node = testing::MakeNode(name, cpu, "64Gi");
    node.metadata.labels = labels;
    node.metadata.labels["kubernetes.io/hostname"] = name;
    model_.Nodes().Upsert(node, model_.Names());
    return model_.Nodes().Find(name);
  }

  /// A driver of 1 cpu and executors of 2.
  Attempt Place(std::int64_t executors, const PackingPolicy& policy = {},
                const std::vector<NodeShare>& near = {}) {
    const api::Pod driver{{}, testing::MakeSpec("1", "1Gi"), {}};
    const api::Pod executor{{}, testing::MakeSpec("2", "1Gi"), {}};
    std::vector<PodSetDemand> demands;
    if (near.empty()) {
      demands.push_back({"driver", driver, model::MakePodInfo(driver, model_.Names()), 1});
      demands.back().is_driver = true;
    }
    demands.push_back(
        {"executors", executor, model::MakePodInfo(executor, model_.Names()), executors});
    model::Statement statement(model_);
    return PlaceGang({profile_, model_, cache_}, statement, {demands, policy, near});
  }

  Shares Named(const Attempt& attempt, std::size_t set) const {
    Shares named;
    if (!attempt.shares) return named;
    for (const NodeShare& share : attempt.shares->at(set)) {
      named[model_.Nodes().Name(share.node)] += share.count;
    }
    return named;
  }
  Shares Driver(const Attempt& attempt) const { return Named(attempt, 0); }
  Shares Executors(const Attempt& attempt) const { return Named(attempt, 1); }

  model::ClusterModel model_;
  framework::Profile profile_ = plugins::DefaultProfile();
  PlacementCache cache_;
};

TEST_F(PlacementPolicyTest, TheSmallestDomainThatHoldsTheGangIsTaken) {
  // Six executors: c alone takes 4, the rack of a and b 6, a and c would be roomier.
  AddNode("a", "7", {{kZone, "x"}, {kRack, "1"}});
  AddNode("b", "7", {{kZone, "x"}, {kRack, "1"}});
  AddNode("c", "9", {{kZone, "x"}, {kRack, "2"}});
  AddNode("d", "9", {{kZone, "y"}, {kRack, "1"}});
  const Attempt attempt = Place(6);
  EXPECT_EQ(Executors(attempt), (Shares{{"a", 3}, {"b", 3}}));
  EXPECT_THAT(Driver(attempt), ElementsAre(Pair(::testing::AnyOf("a", "b"), 1)))
      << "a spare cpu on both, in the same rack";
}

TEST_F(PlacementPolicyTest, AGangThatNoDomainHoldsGoesAcrossThem) {
  AddNode("a", "4", {{kZone, "x"}});
  AddNode("b", "4", {{kZone, "y"}});
  AddNode("c", "1", {{kZone, "z"}});
  const Attempt attempt = Place(4);
  EXPECT_EQ(Executors(attempt), (Shares{{"a", 2}, {"b", 2}}));
  EXPECT_EQ(Driver(attempt), (Shares{{"c", 1}}));
}

TEST_F(PlacementPolicyTest, ADriverLeavesTheDomainRatherThanThatTheGangDoes) {
  AddNode("a", "4", {{kZone, "x"}});
  AddNode("b", "4", {{kZone, "x"}});
  AddNode("c", "4", {{kZone, "y"}});
  const Attempt attempt = Place(4);
  EXPECT_EQ(Executors(attempt), (Shares{{"a", 2}, {"b", 2}}));
  EXPECT_EQ(Driver(attempt), (Shares{{"c", 1}}));
}

TEST_F(PlacementPolicyTest, APreferredLevelLeavesTheLevelsInsideItFree) {
  AddNode("a", "7", {{kZone, "x"}, {kRack, "1"}});
  AddNode("b", "7", {{kZone, "x"}, {kRack, "1"}});
  AddNode("c", "9", {{kZone, "x"}, {kRack, "2"}});
  const Attempt attempt = Place(6, {.topology = TopologyRule{kZone, false}});
  // V of c 4 and a 2: (64 - 3 x 4 x 4) + (16 - 3 x 2 x 4) = 8; of a 3 and b 3: 2 (36 - 27) = 18;
  // but c is used up first, and then what is left goes to a or b: 8 or 16 + (64 - 3 x 2 x 4).
  EXPECT_THAT(Executors(attempt), ::testing::Contains(Pair("c", 4)));
}

TEST_F(PlacementPolicyTest, ARequiredDomainHoldsAllOfTheGang) {
  AddNode("a", "4", {{kZone, "x"}});
  AddNode("b", "5", {{kZone, "y"}});
  AddNode("c", "4", {{kZone, "y"}});
  AddNode("d", "1");  // in no zone
  const Attempt attempt = Place(4, {.topology = TopologyRule{kZone, true}});
  EXPECT_EQ(Executors(attempt), (Shares{{"b", 2}, {"c", 2}}));
  EXPECT_EQ(Driver(attempt), (Shares{{"b", 1}}));
}

TEST_F(PlacementPolicyTest, AGangMayHaveToShareOneNode) {
  AddNode("a", "8");
  AddNode("b", "9");
  const Attempt attempt = Place(4, {.topology = TopologyRule{"kubernetes.io/hostname", true}});
  EXPECT_EQ(Executors(attempt), (Shares{{"b", 4}}));
  EXPECT_EQ(Driver(attempt), (Shares{{"b", 1}}));
}

TEST_F(PlacementPolicyTest, WhatOnlyTheClusterHoldsIsRefusedWithTheBestDomainsCount) {
  AddNode("a", "4", {{kZone, "x"}});
  AddNode("b", "5", {{kZone, "y"}});
  AddNode("c", "4", {{kZone, "y"}});
  const Attempt attempt = Place(5, {.topology = TopologyRule{kZone, true}});
  EXPECT_FALSE(attempt.shares);
  EXPECT_EQ(attempt.diagnosis,
            "0/3 nodes are available: 1 node(s) were outside the gang's topology domain, 2 "
            "Insufficient cpu. 4 of 5 executors fit.\n"
            "1 of 1 driver fits.\n"
            "The gang is admitted whole or not at all. All of it must be in one domain of "
            "topology.kubernetes.io/zone; the best, y, holds that much. The cluster as a whole has "
            "room for it.");
  EXPECT_THAT(Place(50, {.topology = TopologyRule{kZone, true}}).diagnosis,
              Not(HasSubstr("as a whole")));
}

TEST_F(PlacementPolicyTest, ARequiredLevelThatNoNodeHasIsSaidSo) {
  AddNode("a", "40");
  EXPECT_THAT(Place(2, {.topology = TopologyRule{kRack, true}}).diagnosis,
              HasSubstr("no node with this label takes any of it"));
}

TEST_F(PlacementPolicyTest, ACapHoldsOnEveryNodeAndTheBrokenNodesAreTakenFirst) {
  AddNode("a", "32");
  AddNode("b", "32");
  AddNode("c", "32");
  const model::PodInfoPtr other =
      model::MakePodInfo(testing::MakePod("other", "20", "1Gi"), model_.Names());
  model_.PlacePod("other-b", model_.Nodes().Find("b"), other);
  model_.PlacePod("other-c", model_.Nodes().Find("c"), other);
  const Attempt attempt = Place(4, {.executors_per_node_max = 2});
  EXPECT_EQ(Executors(attempt), (Shares{{"b", 2}, {"c", 2}})) << "a stays whole";
  const Attempt too_many = Place(7, {.executors_per_node_max = 2});
  EXPECT_FALSE(too_many.shares);
  EXPECT_THAT(too_many.diagnosis,
              HasSubstr("3 node(s) had as many executors of the gang as it allows on one"));
  EXPECT_THAT(too_many.diagnosis, HasSubstr("6 of 7 executors fit.\n1 of 1 driver fits."));
}

TEST_F(PlacementPolicyTest, ACapCountsTheExecutorsThatAreThereAlready) {
  const model::NodeIndex a = AddNode("a", "32");
  AddNode("b", "32");
  const Attempt attempt = Place(1, {.executors_per_node_max = 2}, {{a, 2}});
  EXPECT_EQ(Named(attempt, 0), (Shares{{"b", 1}}));
}

TEST_F(PlacementPolicyTest, ExecutorsThatComeLaterGoBesideTheirOwn) {
  AddNode("a", "32");
  const model::NodeIndex b = AddNode("b", "32");
  EXPECT_EQ(Named(Place(3, {}, {{b, 4}}), 0), (Shares{{"b", 3}}));
}

TEST_F(PlacementPolicyTest, SpreadingGivesEveryNodeAsFewAsItGoes) {
  AddNode("a", "32");
  AddNode("b", "16");
  AddNode("c", "3");  // a driver and an executor
  EXPECT_EQ(Executors(Place(7, {.mode = PlacementMode::kSpread})),
            (Shares{{"a", 3}, {"b", 3}, {"c", 1}}));
}

TEST_F(PlacementPolicyTest, SpreadingGoesOnWhereTheGangHasFewest) {
  const model::NodeIndex a = AddNode("a", "32");
  AddNode("b", "16");
  EXPECT_EQ(Named(Place(2, {.mode = PlacementMode::kSpread}, {{a, 2}}), 0), (Shares{{"b", 2}}));
}

TEST_F(PlacementPolicyTest, WithoutPackingTheScoresDecideAndTheGangIsStillWhole) {
  AddNode("a", "32");
  AddNode("b", "32");
  const Attempt attempt = Place(4, {.mode = PlacementMode::kNone});
  EXPECT_EQ(Executors(attempt), (Shares{{"a", 2}, {"b", 2}})) << "the least allocated one first";
  EXPECT_FALSE(Place(33, {.mode = PlacementMode::kNone}).shares);
}

TEST_F(PlacementPolicyTest, ADriverStaysOffNodesThatMayBeTakenAway) {
  for (const auto& [key, value] : topology::DefaultTopologySettings().interruptible) {
    model_ = model::ClusterModel();
    cache_ = PlacementCache();
    AddNode("spot", "3", {{key, value}});
    AddNode("steady", "32");
    const Attempt attempt = Place(1);
    EXPECT_EQ(Driver(attempt), (Shares{{"steady", 1}})) << key;
    EXPECT_EQ(Executors(attempt), (Shares{{"spot", 1}})) << key;
  }
}

TEST_F(PlacementPolicyTest, ADriverTakesASpotNodeRatherThanThatTheGangWaits) {
  AddNode("spot", "1", {{"karpenter.sh/capacity-type", "spot"}});
  AddNode("steady", "4");
  EXPECT_EQ(Driver(Place(2)), (Shares{{"spot", 1}}));
  EXPECT_EQ(Driver(Place(1)), (Shares{{"steady", 1}}));
}

TEST_F(PlacementPolicyTest, AmongManySpotNodesTheSteadyOneIsFound) {
  for (int i = 0; i < 1500; ++i) {
    AddNode("spot-" + std::to_string(i), "1", {{"karpenter.sh/capacity-type", "spot"}});
  }
  AddNode("steady", "64");
  EXPECT_EQ(Driver(Place(3)), (Shares{{"steady", 1}}));
}

TEST_F(PlacementPolicyTest, ADriverDoesNotBreakANodeThatIsWhole) {
  AddNode("a", "32");
  AddNode("broken", "32");
  AddNode("c", "32");
  model_.PlacePod("other", model_.Nodes().Find("broken"),
                  model::MakePodInfo(testing::MakePod("other", "1", "1Gi"), model_.Names()));
  EXPECT_EQ(Driver(Place(3)), (Shares{{"broken", 1}}));
}

}  // namespace
}  // namespace muster::placement
