// What holds for the scores of any cluster and any weights.

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "plugins/builtin_plugins.h"
#include "test/support/builders.h"

namespace muster::plugins {
namespace {

using muster::testing::MakeNode;
using muster::testing::MakePod;

constexpr char kZone[] = "topology.kubernetes.io/zone";

class RandomCluster {
 public:
  explicit RandomCluster(std::uint32_t seed) : random_(seed) {
    for (std::int64_t i = Draw(2, 8); i > 0; --i) AddNode("n" + std::to_string(i));
    for (std::int64_t i = Draw(0, 20); i > 0; --i) {
      model_.PlacePod("uid" + std::to_string(i),
                      static_cast<model::NodeIndex>(Draw(0, model_.Nodes().Size() - 1)),
                      model::MakePodInfo(AnyPod(), model_.Names()));
    }
    nodes_.resize(model_.Nodes().Size());
    std::iota(nodes_.begin(), nodes_.end(), model::NodeIndex{0});
  }

  std::int64_t Draw(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }

  api::Pod AnyPod() {
    api::Pod pod = MakePod("p", std::to_string(Draw(1, 4)), std::to_string(Draw(1, 8)) + "Gi");
    if (Draw(0, 3) == 0) pod.spec.containers[0].resources.requests.clear();
    pod.spec.containers[0].image = Image();
    pod.metadata.labels["app"] = App();
    if (Draw(0, 1) == 0) {
      pod.spec.node_affinity.preferred.push_back(
          {static_cast<std::int32_t>(Draw(1, 100)), {{{kZone, "In", {Zone()}}}, {}}});
    }
    if (Draw(0, 1) == 0) pod.spec.pod_affinity.preferred.push_back(AnyTerm());
    if (Draw(0, 1) == 0) pod.spec.pod_anti_affinity.preferred.push_back(AnyTerm());
    if (Draw(0, 1) == 0) {
      api::TopologySpreadConstraint constraint;
      constraint.max_skew = static_cast<std::int32_t>(Draw(1, 3));
      constraint.topology_key = kZone;
      constraint.when_unsatisfiable = "ScheduleAnyway";
      constraint.label_selector = api::LabelSelector{{{"app", App()}}, {}};
      pod.spec.topology_spread.push_back(constraint);
    }
    return pod;
  }

  model::ClusterModel& Model() { return model_; }
  const std::vector<model::NodeIndex>& Nodes() const { return nodes_; }

 private:
  std::string App() { return "app" + std::to_string(Draw(0, 2)); }
  std::string Zone() { return "zone" + std::to_string(Draw(0, 2)); }
  std::string Image() { return "image" + std::to_string(Draw(0, 2)) + ":1"; }

  api::WeightedPodAffinityTerm AnyTerm() {
    api::WeightedPodAffinityTerm weighted;
    weighted.weight = static_cast<std::int32_t>(Draw(1, 100));
    weighted.term.topology_key = Draw(0, 1) == 0 ? kZone : "kubernetes.io/hostname";
    weighted.term.label_selector = api::LabelSelector{{{"app", App()}}, {}};
    return weighted;
  }

  void AddNode(const std::string& name) {
    api::Node node =
        MakeNode(name, std::to_string(Draw(1, 32)), std::to_string(Draw(1, 128)) + "Gi");
    if (Draw(0, 5) > 0) node.metadata.labels[kZone] = Zone();
    for (std::int64_t i = Draw(0, 2); i > 0; --i) {
      node.taints.push_back({"taint" + std::to_string(i), "", "PreferNoSchedule"});
    }
    for (std::int64_t i = Draw(0, 2); i > 0; --i) {
      node.images.push_back({{Image()}, Mebibytes(Draw(1, 2000))});
    }
    model_.Nodes().Upsert(node, model_.Names());
  }

  std::mt19937 random_;
  model::ClusterModel model_;
  std::vector<model::NodeIndex> nodes_;
};

std::vector<std::int64_t> Totals(RandomCluster& cluster, const api::Pod& pod,
                                 const ScoreSettings& settings) {
  const model::PodInfoPtr info = model::MakePodInfo(pod, cluster.Model().Names());
  return framework::ScoreNodes(DefaultProfile(settings).scores, {pod, *info}, cluster.Model(),
                               cluster.Nodes());
}

/// How many nodes are above the best ones of `favourites`.
std::int64_t RankOfFavourites(const std::vector<std::int64_t>& totals,
                              const std::vector<std::int64_t>& favourites) {
  const std::int64_t top = *std::max_element(favourites.begin(), favourites.end());
  std::int64_t best = -1;
  for (std::size_t i = 0; i < totals.size(); ++i) {
    if (favourites[i] == top) best = std::max(best, totals[i]);
  }
  return std::count_if(totals.begin(), totals.end(),
                       [best](std::int64_t total) { return total > best; });
}

TEST(ScoreWeights, RaisingAWeightNeverLowersTheRankOfTheNodesThatThePluginPrefers) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  int moved = 0;
  for (std::uint32_t round = 0; round < 500; ++round) {
    RandomCluster cluster(seed + round);
    const api::Pod pod = cluster.AnyPod();
    const model::PodInfoPtr info = model::MakePodInfo(pod, cluster.Model().Names());
    const framework::Profile profile = DefaultProfile();
    const auto before = Totals(cluster, pod, ScoreSettings{});
    std::vector<std::int64_t> sum(before.size(), 0);
    for (const framework::PluginScores& row : framework::ScoreNodesByPlugin(
             profile.scores, {pod, *info}, cluster.Model(), cluster.Nodes())) {
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += row.weighted[i];
      ScoreSettings raised;
      raised.weights[std::string(row.plugin)] = cluster.Draw(4, framework::kScoreWeightMax);
      const auto after = Totals(cluster, pod, raised);
      const std::int64_t rank_before = RankOfFavourites(before, row.weighted);
      const std::int64_t rank_after = RankOfFavourites(after, row.weighted);
      EXPECT_LE(rank_after, rank_before) << row.plugin << " round " << round;
      moved += rank_after < rank_before ? 1 : 0;
    }
    EXPECT_EQ(sum, before) << "round " << round;
  }
  EXPECT_GT(moved, 50) << "the generator must give weights something to change";
}

TEST(ScoreWeights, APluginOfWeightZeroIsNotAsked) {
  RandomCluster cluster(1);
  const api::Pod pod = cluster.AnyPod();
  ScoreSettings none;
  for (const DefaultWeight& known : DefaultScoreWeights()) {
    none.weights[std::string(known.plugin)] = 0;
  }
  EXPECT_EQ(Totals(cluster, pod, none), std::vector<std::int64_t>(cluster.Nodes().size(), 0));
}

}  // namespace
}  // namespace muster::plugins
