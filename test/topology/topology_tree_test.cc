#include "scheduler/topology/topology_tree.h"

#include <gtest/gtest.h>

#include <string>

#include "scheduler/model/cluster_model.h"
#include "test/support/builders.h"

namespace muster::topology {
namespace {

using model::NodeIndex;

constexpr std::size_t kZoneLevel = 0;
constexpr std::size_t kRackLevel = 1;

class TopologyTreeTest : public ::testing::Test {
 protected:
  NodeIndex AddNode(const std::string& name, const api::StringMap& labels) {
    api::Node node = testing::MakeNode(name, "4", "16Gi");
    node.metadata.labels = labels;
    model_.Nodes().Upsert(node, model_.Names());
    return model_.Nodes().Find(name);
  }
  void Refresh() { tree_.Refresh(model_.Nodes()); }

  model::ClusterModel model_;
  TopologyTree tree_{{{"zone", "rack"}, {{"capacity", "spot"}}}};
};

TEST_F(TopologyTreeTest, NodesWithTheSameLabelAreInOneDomain) {
  const NodeIndex a = AddNode("a", {{"zone", "x"}});
  const NodeIndex b = AddNode("b", {{"zone", "x"}});
  const NodeIndex c = AddNode("c", {{"zone", "y"}});
  Refresh();
  EXPECT_EQ(tree_.DomainOf(kZoneLevel, a), tree_.DomainOf(kZoneLevel, b));
  EXPECT_NE(tree_.DomainOf(kZoneLevel, a), tree_.DomainOf(kZoneLevel, c));
  EXPECT_EQ(tree_.NameOf(kZoneLevel, tree_.DomainOf(kZoneLevel, c)), "y");
}

TEST_F(TopologyTreeTest, RacksOfTheSameNameInTwoZonesAreTwo) {
  const NodeIndex a = AddNode("a", {{"zone", "x"}, {"rack", "1"}});
  const NodeIndex b = AddNode("b", {{"zone", "y"}, {"rack", "1"}});
  Refresh();
  EXPECT_NE(tree_.DomainOf(kRackLevel, a), tree_.DomainOf(kRackLevel, b));
}

TEST_F(TopologyTreeTest, ANodeWithoutTheLabelIsInNoDomain) {
  const NodeIndex a = AddNode("a", {{"rack", "1"}});
  Refresh();
  EXPECT_EQ(tree_.DomainOf(kZoneLevel, a), kNoDomain);
  EXPECT_NE(tree_.DomainOf(kRackLevel, a), kNoDomain);
}

TEST_F(TopologyTreeTest, ItFollowsNodesThatComeChangeAndGo) {
  AddNode("a", {{"zone", "x"}});
  Refresh();
  const std::uint64_t before = tree_.Version();
  Refresh();
  EXPECT_EQ(tree_.Version(), before) << "nothing has happened";
  const NodeIndex a = AddNode("a", {{"zone", "y"}});
  const NodeIndex b = AddNode("b", {{"zone", "y"}, {"capacity", "spot"}});
  Refresh();
  EXPECT_NE(tree_.Version(), before);
  EXPECT_EQ(tree_.DomainOf(kZoneLevel, a), tree_.DomainOf(kZoneLevel, b));
  EXPECT_TRUE(tree_.IsInterruptible(b));
  EXPECT_FALSE(tree_.IsInterruptible(a));
  model_.Nodes().Remove("b");
  Refresh();
  EXPECT_EQ(tree_.DomainOf(kZoneLevel, b), kNoDomain);
  EXPECT_FALSE(tree_.HasInterruptible());
}

TEST_F(TopologyTreeTest, DomainsAreRankedByTheirNamesWhateverTheOrderInWhichTheyCame) {
  const NodeIndex b = AddNode("1", {{"zone", "b"}});
  Refresh();
  const NodeIndex a = AddNode("2", {{"zone", "a"}});
  Refresh();
  EXPECT_LT(tree_.RankOf(kZoneLevel, tree_.DomainOf(kZoneLevel, a)),
            tree_.RankOf(kZoneLevel, tree_.DomainOf(kZoneLevel, b)));
}

TEST_F(TopologyTreeTest, DomainsThatDiedAreForgottenInTheEnd) {
  const NodeIndex stays = AddNode("stays", {{"zone", "stays"}});
  for (int i = 0; i < 3000; ++i) {
    const std::string name = "n" + std::to_string(i);
    AddNode(name, {{"zone", name}});
    Refresh();
    model_.Nodes().Remove(name);
    Refresh();
  }
  EXPECT_LT(tree_.DomainCount(kZoneLevel), 2000u);
  EXPECT_EQ(tree_.NameOf(kZoneLevel, tree_.DomainOf(kZoneLevel, stays)), "stays");
}

}  // namespace
}  // namespace muster::topology
