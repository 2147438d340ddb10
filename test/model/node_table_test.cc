#include "scheduler/model/node_table.h"

#include <gtest/gtest.h>

#include "scheduler/model/cluster_model.h"
#include "test/support/builders.h"

namespace muster::model {
namespace {

using testing::MakeNode;
using testing::Q;

ResourceVector OneCpu(ResourceNames& names) { return PodAmounts({{"cpu", Q("1")}}, names); }

TEST(NodeTable, ANodeIsFoundByNameAndOffersItsAllocatable) {
  ClusterModel model;
  EXPECT_TRUE(model.Nodes().Upsert(MakeNode("a", "4", "16Gi"), model.Names()));
  const NodeIndex a = model.Nodes().Find("a");
  ASSERT_NE(a, kNoNode);
  EXPECT_EQ(model.Nodes().Free(a).cpu.value, 4000);
  EXPECT_EQ(model.Nodes().Find("b"), kNoNode);
}

TEST(NodeTable, OnlyAChangeThatPlacementReadsCounts) {
  ClusterModel model;
  api::Node node = MakeNode("a", "4", "16Gi");
  model.Nodes().Upsert(node, model.Names());
  node.metadata.resource_version = "99";
  node.metadata.annotations["heartbeat"] = "now";
  EXPECT_FALSE(model.Nodes().Upsert(node, model.Names()));
  node.taints.push_back({"dedicated", "spark", "NoSchedule"});
  EXPECT_TRUE(model.Nodes().Upsert(node, model.Names()));
  node.allocatable["cpu"] = Q("3");
  EXPECT_TRUE(model.Nodes().Upsert(node, model.Names()));
}

TEST(NodeTable, ADeletedNodeStaysAsAGhostWhileAPodIsAccountedOnIt) {
  ClusterModel model;
  model.Nodes().Upsert(MakeNode("a", "4", "16Gi"), model.Names());
  const NodeIndex a = model.Nodes().Find("a");
  model.PlacePod("uid-1", a, OneCpu(model.Names()));
  EXPECT_EQ(model.Nodes().Remove("a"), a);
  EXPECT_FALSE(model.Nodes().IsPresent(a));
  EXPECT_EQ(model.Nodes().Find("a"), a);
  EXPECT_EQ(model.RemovePod("uid-1"), a);
  EXPECT_EQ(model.Nodes().Find("a"), kNoNode);
}

TEST(NodeTable, APodMayNameANodeThatIsSeenLater) {
  ClusterModel model;
  const NodeIndex ghost = model.Nodes().FindOrAddGhost("late");
  model.PlacePod("uid-1", ghost, OneCpu(model.Names()));
  EXPECT_EQ(model.Nodes().PresentCount(), 0U);
  model.Nodes().Upsert(MakeNode("late", "4", "16Gi"), model.Names());
  EXPECT_EQ(model.Nodes().Free(model.Nodes().Find("late")).cpu.value, 3000);
}

TEST(ClusterModel, PlacingAPodAgainMovesIt) {
  ClusterModel model;
  model.Nodes().Upsert(MakeNode("a", "4", "16Gi"), model.Names());
  model.Nodes().Upsert(MakeNode("b", "4", "16Gi"), model.Names());
  const NodeIndex a = model.Nodes().Find("a");
  const NodeIndex b = model.Nodes().Find("b");
  const ResourceVector pod = OneCpu(model.Names());
  EXPECT_TRUE(model.PlacePod("uid-1", a, pod));
  EXPECT_FALSE(model.PlacePod("uid-1", a, pod));
  EXPECT_TRUE(model.PlacePod("uid-1", b, pod));
  EXPECT_EQ(model.Nodes().Free(a).cpu.value, 4000);
  EXPECT_EQ(model.Nodes().Free(b).cpu.value, 3000);
  EXPECT_EQ(model.RemovePod("uid-2"), kNoNode);
}

}  // namespace
}  // namespace muster::model
