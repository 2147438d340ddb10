// How much of a gang's exchange stays inside nodes, and how much could.

#include "scheduler/placement/concentration.h"

#include <gtest/gtest.h>

#include <string>

#include "plugins/builtin_plugins.h"
#include "test/support/builders.h"

namespace muster::placement {
namespace {

class ConcentrationTest : public ::testing::Test {
 protected:
  model::NodeIndex AddNode(const std::string& name, const std::vector<api::Taint>& taints = {}) {
    api::Node node = testing::MakeNode(name, "8", "64Gi");
    node.taints = taints;
    model_.Nodes().Upsert(node, model_.Names());
    return model_.Nodes().Find(name);
  }
  void AddPod(const std::string& uid, model::NodeIndex node, const std::string& cpu) {
    const api::Pod pod{{}, testing::MakeSpec(cpu, "1Gi"), {}};
    model_.PlacePod(uid, node, model::MakePodInfo(pod, model_.Names()));
  }
  Concentration Of(std::vector<NodeShare> shares, std::int64_t count) {
    const api::Pod pod{{}, testing::MakeSpec("2", "1Gi"), {}};
    const PodSetDemand demand{"executors", pod, model::MakePodInfo(pod, model_.Names()), count};
    model::Statement statement(model_);
    for (const NodeShare& share : shares) statement.Reserve(share.node, demand.info, share.count);
    return ConcentrationOf({profile_, model_, cache_}, demand, shares,
                           [](const model::PodsOnNode& pods) {
                             return pods.pod == nullptr || pods.pod->uid.starts_with("executor");
                           });
  }

  framework::Profile profile_ = plugins::DefaultProfile();
  model::ClusterModel model_;
  PlacementCache cache_;
};

TEST_F(ConcentrationTest, ItsOwnPlacesAreRoomToo) {
  const auto a = AddNode("a");
  const auto b = AddNode("b");
  const Concentration found = Of({{a, 3}, {b, 3}}, 6);
  EXPECT_EQ(found.pairs, 9 + 9);
  EXPECT_EQ(found.pairs_possible, 16 + 4);
}

TEST_F(ConcentrationTest, ExecutorsLeaveOneDayOthersDoNot) {
  const auto a = AddNode("a");
  const auto b = AddNode("b");
  AddPod("executor-1", a, "4");
  AddPod("service", b, "4");
  const Concentration found = Of({{a, 2}, {b, 2}}, 4);
  EXPECT_EQ(found.pairs, 4 + 4);
  EXPECT_EQ(found.pairs_possible, 16);
  AddPod("service-2", a, "0");
  EXPECT_EQ(Of({{b, 2}}, 4).pairs_possible, 16);
}

TEST_F(ConcentrationTest, NodesThatRefuseTheSetForWhatTheyAreDoNotCount) {
  const auto a = AddNode("a");
  AddNode("gpu", {{"gpu", "", "NoSchedule"}});
  EXPECT_EQ(Of({{a, 4}}, 6).pairs_possible, 16);
}

}  // namespace
}  // namespace muster::placement
