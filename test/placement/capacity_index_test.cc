#include "scheduler/placement/capacity_index.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "plugins/builtin_plugins.h"
#include "test/support/builders.h"

namespace muster::placement {
namespace {

using model::NodeIndex;
using Order = CapacityIndex::Order;

/// A cluster that changes at random, and the index of what it can take of one pod set.
class CapacityIndexTest : public ::testing::Test {
 protected:
  std::int64_t Draw(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }

  void AddOrChangeNode() {
    const std::string name = "n" + std::to_string(Draw(0, 150));
    api::Node node = testing::MakeNode(name, std::to_string(Draw(1, 40)), "64Gi");
    node.allocatable["pods"] = Quantity::FromUnits(2000);
    node.unschedulable = Draw(0, 9) == 0;
    model_.Nodes().Upsert(node, model_.Names());
  }

  void ChangeSomething() {
    const std::int64_t kind = Draw(0, 19);
    if (kind == 0 || model_.Nodes().Size() == 0) {
      AddOrChangeNode();
      return;
    }
    const std::string node = "n" + std::to_string(Draw(0, 150));
    if (kind == 1) {
      model_.Nodes().Remove(node);
      return;
    }
    const NodeIndex index = model_.Nodes().Find(node);
    const std::string uid = "uid-" + std::to_string(Draw(0, 200));
    if (kind < 6 || index == model::kNoNode) {
      model_.RemovePod(uid);
    } else {
      const api::Pod pod = testing::MakePod("p", std::to_string(Draw(1, 6)), "1Gi");
      model_.PlacePod(uid, index, model::MakePodInfo(pod, model_.Names()));
    }
  }

  /// All nodes by brute force, in the order of the index.
  std::vector<Filled> FillStepByStep(const framework::PreparedFilters& filters,
                                     std::vector<NodeIndex> preferred, std::int64_t count) const {
    std::vector<std::int64_t> capacity;
    filters.Capacities(model_, kUnlimited, capacity);
    std::vector<Filled> filled;
    while (count > 0) {
      const Filled step = FillOneNode({model_.Nodes(), capacity, {}}, preferred, count);
      if (step.count == 0) break;
      capacity[step.node] = 0;
      count -= step.count;
      filled.push_back(step);
    }
    return filled;
  }

  std::uint32_t seed_ = std::random_device{}();
  std::mt19937 random_{seed_};
  model::ClusterModel model_;
  framework::Profile profile_ = plugins::DefaultProfile();
};

TEST_F(CapacityIndexTest, ItFollowsTheNodesAndFillsAsAScanOfAllNodesWould) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  for (int i = 0; i < 100; ++i) AddOrChangeNode();
  // Of the two shapes one has capacities beyond the last place of the order.
  for (const char* cpu : {"2", "5m"}) {
    const api::Pod pod = testing::MakePod("executor", cpu, "1Mi");
    const model::PodInfoPtr info = model::MakePodInfo(pod, model_.Names());
    const framework::PreparedFilters filters(profile_, {pod, *info}, model_);
    CapacityIndex index;
    std::int64_t most = 0;
    for (int round = 0; round < 400; ++round) {
      for (std::int64_t changes = Draw(0, 12); changes > 0; --changes) ChangeSomething();
      index.Refresh(model_, filters);
      std::vector<std::int64_t> capacity;
      filters.Capacities(model_, kUnlimited, capacity);
      std::int64_t total = 0;
      for (NodeIndex node = 0; node < capacity.size(); ++node) {
        ASSERT_EQ(index.CapacityOf(node), capacity[node]) << model_.Nodes().Name(node);
        total += capacity[node];
      }
      ASSERT_EQ(index.Total(), total);
      most = std::max(most, total);

      std::set<NodeIndex> preferred;
      for (std::int64_t i = Draw(0, 3); i > 0; --i) {
        preferred.insert(static_cast<NodeIndex>(Draw(0, model_.Nodes().Size() - 1)));
      }
      const std::vector<NodeIndex> in_order(preferred.begin(), preferred.end());
      const std::int64_t count = Draw(1, 60);
      const std::vector<Filled> filled = index.Fill(in_order, count);
      const std::vector<Filled> expected = FillStepByStep(filters, in_order, count);
      ASSERT_EQ(filled.size(), expected.size()) << "round " << round;
      for (std::size_t i = 0; i < filled.size(); ++i) {
        // Beyond the last place of the order roomy nodes are alike.
        if (capacity[expected[i].node] < 1023) {
          ASSERT_EQ(filled[i].node, expected[i].node) << "round " << round << ", step " << i;
        }
        ASSERT_EQ(filled[i].count, expected[i].count);
      }
    }
    EXPECT_GT(most, 100) << "the generator must leave room";
  }
}

TEST_F(CapacityIndexTest, TheFirstNodesOfBothOrdersTakeAtLeastOne) {
  model_.Nodes().Upsert(testing::MakeNode("a", "4", "16Gi"), model_.Names());
  model_.Nodes().Upsert(testing::MakeNode("b", "8", "16Gi"), model_.Names());
  model_.Nodes().Upsert(testing::MakeNode("c", "1", "16Gi"), model_.Names());
  model_.Nodes().Upsert(testing::MakeNode("d", "4", "16Gi"), model_.Names());
  const api::Pod pod = testing::MakePod("executor", "2", "1Gi");
  const model::PodInfoPtr info = model::MakePodInfo(pod, model_.Names());
  const framework::PreparedFilters filters(profile_, {pod, *info}, model_);
  CapacityIndex index;
  index.Refresh(model_, filters);
  const auto names = [&](const std::vector<NodeIndex>& nodes) {
    std::string text;
    for (NodeIndex node : nodes) text += model_.Nodes().Name(node);
    return text;
  };
  EXPECT_EQ(names(index.First(Order::kRoomiest, 9)), "bad");
  EXPECT_EQ(names(index.First(Order::kTightest, 9)), "adb");
  EXPECT_EQ(names(index.First(Order::kTightest, 1)), "a");
}

}  // namespace
}  // namespace muster::placement
