#include "scheduler/placement/capacity_index.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "plugins/builtin_plugins.h"
#include "test/support/builders.h"

namespace muster::placement {
namespace {

using model::NodeIndex;

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
    node.metadata.labels["topology.kubernetes.io/zone"] = "zone-" + std::to_string(Draw(0, 2));
    if (Draw(0, 4) > 0) {
      node.metadata.labels["topology.kubernetes.io/rack"] = "rack-" + std::to_string(Draw(0, 3));
    }
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

  /// The nodes of a scope by brute force.
  std::vector<Candidate> CandidatesIn(const Scope& scope, const framework::PreparedFilters& filters,
                                      const model::PodInfo& info) const {
    std::vector<std::int64_t> capacity;
    filters.Capacities(model_, kUnlimited, capacity);
    std::vector<Candidate> candidates;
    for (NodeIndex node = 0; node < capacity.size(); ++node) {
      if (capacity[node] == 0) continue;
      if (!scope.IsWhole() && tree_.DomainOf(*scope.level, node) != scope.domain) continue;
      const std::int64_t size =
          model::CountThatFit(model_.Nodes().Allocatable(node), info.amounts, kUnlimited);
      candidates.push_back({node, capacity[node], size});
    }
    return candidates;
  }

  Scope SomeScope(const CapacityIndex& index) {
    if (index.Levels().empty() || Draw(0, 2) == 0) return {};
    const std::size_t level = index.Levels()[static_cast<std::size_t>(
        Draw(0, static_cast<std::int64_t>(index.Levels().size()) - 1))];
    return {level, static_cast<topology::DomainIndex>(Draw(0, index.DomainCount(level) - 1))};
  }

  std::uint32_t seed_ = std::random_device{}();
  std::mt19937 random_{seed_};
  model::ClusterModel model_;
  framework::Profile profile_ = plugins::DefaultProfile();
  topology::TopologyTree tree_{topology::DefaultTopologySettings()};
};

TEST_F(CapacityIndexTest, FollowingTheChangesIsAsGoodAsLookingAtAllNodes) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  // The second pod is so small that rooms go beyond what the order tells apart.
  for (const char* cpu : {"2", "5m"}) {
    const api::Pod pod = testing::MakePod("executor", cpu, "1Mi");
    const model::PodInfoPtr info = model::MakePodInfo(pod, model_.Names());
    const framework::PreparedFilters filters(profile_, {pod, *info}, model_);
    CapacityIndex index;
    std::int64_t most = 0;
    for (int round = 0; round < 400; ++round) {
      for (std::int64_t changes = Draw(0, 12); changes > 0; --changes) ChangeSomething();
      tree_.Refresh(model_.Nodes());
      index.Refresh(model_, filters, tree_, info->amounts);
      const Scope scope = SomeScope(index);
      const std::vector<Candidate> expected = CandidatesIn(scope, filters, *info);
      std::int64_t places = 0;
      bool is_told_apart = true;
      for (const Candidate& candidate : expected) {
        ASSERT_EQ(index.CapacityOf(candidate.node), candidate.room);
        ASSERT_EQ(index.SizeOf(candidate.node), candidate.size);
        places += candidate.room;
        is_told_apart = is_told_apart && candidate.size < DomainOrder::kRoomMax;
      }
      ASSERT_EQ(index.Places(scope), places) << "round " << round;
      most = std::max(most, places);

      const std::int64_t count = Draw(1, 60);
      const PackingPlan plan = index.Plan(scope, count, {4, 3});
      const PackingPlan brute = PlanFill(expected, model_.Nodes(), count, {4, 3});
      std::int64_t placed = 0;
      for (const Filled& share : plan.fills) placed += share.count;
      ASSERT_EQ(placed, std::min(places, count));
      if (!is_told_apart) continue;
      ASSERT_EQ(plan.value, brute.value) << "round " << round;
      ASSERT_EQ(plan.fills.size(), brute.fills.size());
      for (std::size_t i = 0; i < plan.fills.size(); ++i) {
        ASSERT_EQ(plan.fills[i].node, brute.fills[i].node) << "round " << round << ", step " << i;
        ASSERT_EQ(plan.fills[i].count, brute.fills[i].count);
      }
    }
    EXPECT_GT(most, 100) << "the generator must leave room";
  }
}

TEST_F(CapacityIndexTest, TheTightestNodesComeFirst) {
  for (const auto& [name, cpu] : {std::pair{"a", "4"}, {"b", "8"}, {"c", "1"}, {"d", "4"}}) {
    model_.Nodes().Upsert(testing::MakeNode(name, cpu, "16Gi"), model_.Names());
  }
  const api::Pod pod = testing::MakePod("executor", "2", "1Gi");
  const model::PodInfoPtr info = model::MakePodInfo(pod, model_.Names());
  const framework::PreparedFilters filters(profile_, {pod, *info}, model_);
  tree_.Refresh(model_.Nodes());
  CapacityIndex index;
  index.Refresh(model_, filters, tree_, info->amounts);
  std::string order;
  index.WalkTightest(Scope(), [&](NodeIndex node) {
    order += model_.Nodes().Name(node);
    return true;
  });
  EXPECT_EQ(order, "adb") << "c takes none";
}

}  // namespace
}  // namespace muster::placement
