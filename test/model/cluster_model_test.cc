#include "scheduler/model/cluster_model.h"

#include <gtest/gtest.h>

#include "test/support/builders.h"

namespace muster::model {
namespace {

using testing::MakeNode;
using testing::MakePod;
using testing::Q;

PodInfoPtr OneCpu(ResourceNames& names) {
  return MakePodInfo(api::ResourceList{{"cpu", Q("1")}}, "default", names);
}

TEST(ClusterModel, ADeletedNodeStaysAsAGhostWhileAPodIsAccountedOnIt) {
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

TEST(ClusterModel, APodMayNameANodeThatIsSeenLater) {
  ClusterModel model;
  const NodeIndex ghost = model.Nodes().FindOrAddGhost("late");
  model.PlacePod("uid-1", ghost, OneCpu(model.Names()));
  EXPECT_EQ(model.Nodes().PresentCount(), 0U);
  model.Nodes().Upsert(MakeNode("late", "4", "16Gi"), model.Names());
  EXPECT_EQ(model.Nodes().Free(model.Nodes().Find("late")).cpu.value, 3000);
}

TEST(ClusterModel, PlacingAPodAgainMovesIt) {
  using Change = ClusterModel::Change;
  ClusterModel model;
  model.Nodes().Upsert(MakeNode("a", "4", "16Gi"), model.Names());
  model.Nodes().Upsert(MakeNode("b", "4", "16Gi"), model.Names());
  const NodeIndex a = model.Nodes().Find("a");
  const NodeIndex b = model.Nodes().Find("b");
  EXPECT_EQ(model.PlacePod("uid-1", a, OneCpu(model.Names())), Change::kPlaceOrSize);
  EXPECT_EQ(model.PlacePod("uid-1", a, OneCpu(model.Names())), Change::kNothing);
  EXPECT_EQ(model.PlacePod("uid-1", b, OneCpu(model.Names())), Change::kPlaceOrSize);
  EXPECT_EQ(model.Nodes().Free(a).cpu.value, 4000);
  EXPECT_EQ(model.Nodes().Free(b).cpu.value, 3000);
  EXPECT_TRUE(model.PodsOn(a).empty());
  ASSERT_EQ(model.PodsOn(b).size(), 1U);
  EXPECT_EQ(model.PodsOn(b).front().pod->uid, "uid-1");
  EXPECT_EQ(model.RemovePod("uid-2"), kNoNode);
}

TEST(ClusterModel, ALabelThatChangesIsSeenByOthers) {
  ClusterModel model;
  model.Nodes().Upsert(MakeNode("a", "4", "16Gi"), model.Names());
  const NodeIndex a = model.Nodes().Find("a");
  api::Pod pod = MakePod("p", "1", "1Gi");
  pod.metadata.labels = {{"app", "web"}, {"tier", ""}};
  model.PlacePod("uid-1", a, MakePodInfo(pod, model.Names()));
  pod.metadata.labels["app"] = "db";
  EXPECT_EQ(model.PlacePod("uid-1", a, MakePodInfo(pod, model.Names())),
            ClusterModel::Change::kAppearance);
  const LabelSet& labels = model.PodsOn(a).front().info->labels;
  EXPECT_EQ(labels.Find("app"), "db");
  EXPECT_EQ(labels.Find("tier"), "");
  EXPECT_EQ(labels.Find("none"), std::nullopt);
  EXPECT_EQ(model.Nodes().Free(a).cpu.value, 3000);
}

TEST(ClusterModel, PodsThatKeepOthersAwayAreCounted) {
  ClusterModel model;
  model.Nodes().Upsert(MakeNode("a", "4", "16Gi"), model.Names());
  const NodeIndex a = model.Nodes().Find("a");
  api::Pod pod = MakePod("p", "1", "1Gi");
  pod.spec.pod_anti_affinity.required.emplace_back().topology_key = "zone";
  const PodInfoPtr info = MakePodInfo(pod, model.Names());
  model.PlacePod("uid-1", a, info);
  model.HoldPlaces(a, info, 2);
  ASSERT_EQ(model.RequiredAntiAffinities().size(), 1u);
  EXPECT_EQ(model.RequiredAntiAffinities().begin()->second, 3);
  model.HoldPlaces(a, info, -2);
  model.RemovePod("uid-1");
  EXPECT_TRUE(model.RequiredAntiAffinities().empty());
}

}  // namespace
}  // namespace muster::model
