#include "scheduler/placement/victim_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "plugins/builtin_plugins.h"
#include "test/support/builders.h"

namespace muster::placement {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Kind = EvictionUnit::Kind;
using muster::testing::MakeNode;
using muster::testing::MakePod;
using muster::testing::MakeSpec;

/// A cluster with pods of low priority, and a gang that wants their room.
class PlanPreemptionTest : public ::testing::Test {
 protected:
  void AddNode(const std::string& name, const std::string& cpu) {
    model_.Nodes().Upsert(MakeNode(name, cpu, "64Gi"), model_.Names());
  }

  /// Younger with every call.
  EvictionUnit& AddPod(const std::string& name, const std::string& node, const std::string& cpu,
                       std::int32_t priority = 0, Kind kind = Kind::kPod) {
    api::Pod pod = MakePod(name, cpu, "1Gi");
    pod.metadata.uid = "uid-" + name;
    pod.metadata.namespace_name = "default";
    pod.metadata.labels = {{"app", name.substr(0, name.find('-'))}};
    pod.spec.priority = priority;
    age_ += std::chrono::seconds(1);
    pod.metadata.creation_timestamp = age_;
    model_.PlacePod(pod.metadata.uid, model_.Nodes().Find(node),
                    model::MakePodInfo(pod, model_.Names()));
    units_.push_back({kind, priority, age_, name, {pod.metadata.uid}});
    return units_.back();
  }

  void AddBudget(const std::string& name, const std::string& app, std::int32_t allowed) {
    api::PodDisruptionBudget budget;
    budget.metadata.name = name;
    budget.metadata.namespace_name = "default";
    budget.selector.emplace();
    budget.selector->match_labels = {{"app", app}};
    budget.disruptions_allowed = allowed;
    model_.Budgets()[{"default", name}] = budget;
  }

  std::vector<PodSetDemand> Gang(const std::string& driver_cpu, const std::string& executor_cpu,
                                 std::int64_t executors) {
    driver_.spec = MakeSpec(driver_cpu, "1Gi");
    executor_.spec = MakeSpec(executor_cpu, "1Gi");
    return {{"driver", driver_, model::MakePodInfo(driver_, model_.Names()), 1},
            {"executors", executor_, model::MakePodInfo(executor_, model_.Names()), executors}};
  }

  std::vector<PodSetDemand> OnePod(const std::string& cpu) {
    driver_.spec = MakeSpec(cpu, "1Gi");
    return {{"pod", driver_, model::MakePodInfo(driver_, model_.Names()), 1}};
  }

  PreemptionPlan Plan(const std::vector<PodSetDemand>& demands) {
    return PlanPreemption({profile_, model_, cache_}, {demands}, units_,
                          NodesWorthEvicting(profile_, model_, demands));
  }

  std::vector<std::string> Victims(const PreemptionPlan& plan) const {
    std::vector<std::string> names;
    names.reserve(plan.victims.size());
    for (const std::size_t unit : plan.victims) names.push_back(units_[unit].name);
    return names;
  }

  bool Fits(const std::vector<PodSetDemand>& demands) {
    model::Statement statement(model_);
    return PlaceGang({profile_, model_, cache_}, statement, {demands}).shares.has_value();
  }

  model::ClusterModel model_;
  framework::Profile profile_ = plugins::DefaultProfile();
  PlacementCache cache_;
  std::vector<EvictionUnit> units_;
  api::Pod driver_;
  api::Pod executor_;
  Time age_{};
};

TEST_F(PlanPreemptionTest, NoMorePodsGoThanTheGangNeeds) {
  AddNode("a", "4");
  AddNode("b", "4");
  for (int i = 0; i < 4; ++i) AddPod("low-" + std::to_string(i), i < 2 ? "a" : "b", "2");
  const PreemptionPlan plan = Plan(Gang("1", "1", 3));
  ASSERT_TRUE(plan.shares);
  // 4 CPU are wanted; the two youngest have them.
  EXPECT_THAT(Victims(plan), UnorderedElementsAre("low-2", "low-3"));
}

TEST_F(PlanPreemptionTest, NothingGoesWhenTheGangWouldNotFitAnyhow) {
  AddNode("a", "4");
  AddNode("b", "4");
  AddPod("low-0", "a", "4");
  const PreemptionPlan plan = Plan(Gang("1", "2", 8));
  EXPECT_FALSE(plan.shares);
  EXPECT_THAT(plan.victims, IsEmpty());
  EXPECT_EQ(plan.diagnosis,
            "0/2 nodes are available: 1 Insufficient cpu, 1 No preemption victims found for "
            "incoming pod.");
  EXPECT_EQ(model_.Nodes().Free(model_.Nodes().Find("a")).cpu.value, 0);
}

TEST_F(PlanPreemptionTest, PausePodsGoBeforeAllOthersAndLowPriorityBeforeHigher) {
  AddNode("a", "6");
  AddPod("mid-0", "a", "2", 5);
  AddPod("pause-0", "a", "2", -10);
  AddPod("low-0", "a", "2", 1);
  EXPECT_THAT(Victims(Plan(OnePod("2"))), ElementsAre("pause-0"));
  EXPECT_THAT(Victims(Plan(OnePod("4"))), UnorderedElementsAre("pause-0", "low-0"));
}

TEST_F(PlanPreemptionTest, ADisruptionBudgetIsRespectedBeforePriority) {
  AddNode("a", "4");
  AddPod("guarded-0", "a", "2", -10);
  AddPod("free-0", "a", "2", 5);
  AddBudget("budget", "guarded", 0);
  EXPECT_THAT(Victims(Plan(OnePod("2"))), ElementsAre("free-0"));
  // Where nothing else helps, kube-scheduler violates it too.
  EXPECT_THAT(Victims(Plan(OnePod("4"))), UnorderedElementsAre("guarded-0", "free-0"));
}

TEST_F(PlanPreemptionTest, ABudgetPaysForAsManyVictimsAsItAllows) {
  AddNode("a", "8");
  for (int i = 0; i < 3; ++i) AddPod("guarded-" + std::to_string(i), "a", "2", -10);
  AddPod("free-0", "a", "2", 5);
  AddBudget("budget", "guarded", 1);
  EXPECT_THAT(Victims(Plan(OnePod("2"))), ElementsAre("guarded-2"));
  EXPECT_THAT(Victims(Plan(OnePod("4"))), UnorderedElementsAre("guarded-2", "free-0"));
}

TEST_F(PlanPreemptionTest, SpareExecutorsGoBeforeNeededOnesAndDriversLast) {
  AddNode("a", "8");
  AddPod("driver", "a", "2", 0, Kind::kDriver);
  AddPod("spare", "a", "2", 0, Kind::kPod);
  AddPod("needed", "a", "2", 0, Kind::kNeededExecutor);
  AddPod("leaving", "a", "2", 3, Kind::kLeaving);
  EXPECT_THAT(Victims(Plan(OnePod("2"))), ElementsAre("leaving"));
  EXPECT_THAT(Victims(Plan(OnePod("4"))), UnorderedElementsAre("leaving", "spare"));
  EXPECT_THAT(Victims(Plan(OnePod("6"))), UnorderedElementsAre("leaving", "spare", "needed"));
}

TEST_F(PlanPreemptionTest, ADriverTakesItsExecutorsAndHeldPlacesWithIt) {
  AddNode("a", "4");
  AddNode("b", "4");
  AddPod("executor", "b", "2", 0, Kind::kNeededExecutor);
  EvictionUnit& driver = AddPod("driver", "a", "1", 0, Kind::kDriver);
  driver.pods.push_back("uid-executor");
  const auto place = model::MakePodInfo(MakePod("", "1", "1Gi"), model_.Names());
  const model::NodeIndex a = model_.Nodes().Find("a");
  model_.HoldPlaces(a, place, 3);
  driver.places.push_back({a, place, 3});
  EXPECT_THAT(Victims(Plan(OnePod("4"))), ElementsAre("executor"));
  const PreemptionPlan both = Plan(Gang("4", "4", 1));
  ASSERT_TRUE(both.shares);
  EXPECT_THAT(Victims(both), ElementsAre("driver"));
}

TEST_F(PlanPreemptionTest, OneLargeVictimIsPreferredToTwoSmallOnes) {
  AddNode("a", "4");
  AddNode("b", "4");
  AddPod("large", "b", "4");
  AddPod("small-0", "a", "2");
  AddPod("small-1", "a", "2");
  EXPECT_THAT(Victims(Plan(OnePod("4"))), ElementsAre("large"));
}

TEST_F(PlanPreemptionTest, NodesThatNoEvictionCanOpenAreNotWorthOne) {
  AddNode("small", "2");
  AddNode("large", "8");
  api::Node cordoned = MakeNode("cordoned", "8", "64Gi");
  cordoned.unschedulable = true;
  model_.Nodes().Upsert(cordoned, model_.Names());
  const auto worth = NodesWorthEvicting(profile_, model_, OnePod("4"));
  EXPECT_EQ(worth[model_.Nodes().Find("small")], 0);
  EXPECT_EQ(worth[model_.Nodes().Find("large")], 1);
  EXPECT_EQ(worth[model_.Nodes().Find("cordoned")], 0);
}

class RandomPreemptionTest : public PlanPreemptionTest {
 protected:
  int Draw(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }

  void MakeCluster(unsigned seed) {
    random_.seed(seed);
    model_ = model::ClusterModel();
    cache_ = PlacementCache();
    units_.clear();
    const int nodes = Draw(1, 6);
    for (int n = 0; n < nodes; ++n) {
      const std::string node = "n" + std::to_string(n);
      AddNode(node, std::to_string(Draw(2, 8)));
      for (int p = Draw(0, 4); p > 0; --p) {
        AddPod("p-" + std::to_string(n) + std::to_string(p), node, std::to_string(Draw(1, 2)),
               Draw(-1, 2));
      }
    }
    if (Draw(0, 1) == 1) AddBudget("budget", "p", Draw(0, 3));
  }

  void Remove(const std::string& uid) {
    const model::PlacedPod* pod = model_.FindPod(uid);
    removed_[uid] = {pod->node, pod->info};
    model_.RemovePod(uid);
  }
  void PutBack(const std::string& uid) {
    model_.PlacePod(uid, removed_.at(uid).first, removed_.at(uid).second);
  }

  std::mt19937 random_;
  std::map<std::string, std::pair<model::NodeIndex, model::PodInfoPtr>> removed_;
};

TEST_F(RandomPreemptionTest, VictimsAreEnoughAndNoneIsSuperfluous) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    MakeCluster(seed);
    const auto demands = Gang("1", std::to_string(Draw(1, 3)), Draw(1, 6));
    const bool fitted = Fits(demands);
    const PreemptionPlan plan = Plan(demands);
    EXPECT_EQ(Fits(demands), fitted) << "the model is not as it was";
    EXPECT_TRUE(!fitted || plan.victims.empty());
    if (!plan.shares) {
      for (const EvictionUnit& unit : units_) Remove(unit.pods.front());
      EXPECT_FALSE(Fits(demands)) << "it fits in the empty cluster";
      continue;
    }
    for (const std::size_t victim : plan.victims) Remove(units_[victim].pods.front());
    EXPECT_TRUE(Fits(demands));
    for (const std::size_t victim : plan.victims) {
      const std::string& uid = units_[victim].pods.front();
      PutBack(uid);
      EXPECT_FALSE(Fits(demands)) << units_[victim].name << " is a victim for nothing";
      Remove(uid);
    }
  }
}

}  // namespace
}  // namespace muster::placement
