#include "scheduler/model/node_table.h"

#include <gtest/gtest.h>

#include "scheduler/model/cluster_model.h"
#include "test/support/builders.h"

namespace muster::model {
namespace {

using testing::MakeNode;
using testing::Q;

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

}  // namespace
}  // namespace muster::model
