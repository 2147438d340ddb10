// Scores that depend on nodes and room. The expected numbers are worked out from kube-scheduler's
// formulas; the arithmetic stands beside them.

#include <gtest/gtest.h>

#include "test/plugins/scored_cluster.h"
#include "test/support/builders.h"

namespace muster::plugins {
namespace {

using muster::testing::MakeNode;
using muster::testing::MakePod;
using Scores = ScoredCluster::Scores;

api::Pod PodWithoutRequests(const std::string& name) {
  api::Pod pod = MakePod(name, "1", "1Gi");
  pod.spec.containers[0].resources.requests.clear();
  return pod;
}

TEST(TaintTolerationScore, FewerUntoleratedPreferNoScheduleTaintsAreBetter) {
  ScoredCluster cluster;
  const api::Taint one{"one", "", "PreferNoSchedule"};
  const api::Taint two{"two", "x", "PreferNoSchedule"};
  for (const auto& [name, taints] : std::map<std::string, std::vector<api::Taint>>{
           {"a", {}}, {"b", {one}}, {"c", {one, two}}, {"d", {{"hard", "", "NoSchedule"}}}}) {
    api::Node node = MakeNode(name, "4", "16Gi");
    node.taints = taints;
    cluster.Add(node);
  }
  api::Pod pod = MakePod("p", "1", "1Gi");
  // 100 - 100 x count / 2
  EXPECT_EQ(cluster.ScoresOf("TaintToleration", pod),
            (Scores{{"a", 100}, {"b", 50}, {"c", 0}, {"d", 100}}));
  pod.spec.tolerations = {{"two", "Exists", "", ""}};
  EXPECT_EQ(cluster.ScoresOf("TaintToleration", pod),
            (Scores{{"a", 100}, {"b", 0}, {"c", 0}, {"d", 100}}));
  pod.spec.tolerations = {{"", "Exists", "", "NoSchedule"}};  // of another effect
  EXPECT_EQ(cluster.ScoresOf("TaintToleration", pod).at("b"), 50);
  pod.spec.tolerations = {{"", "Exists", "", ""}};
  EXPECT_EQ(cluster.ScoresOf("TaintToleration", pod),
            (Scores{{"a", 100}, {"b", 100}, {"c", 100}, {"d", 100}}));
}

TEST(NodeAffinityScore, TheWeightsOfTheTermsThatMatchAreAddedUp) {
  ScoredCluster cluster;
  api::Node a = MakeNode("a", "4", "16Gi");
  a.metadata.labels["zone"] = "x";
  a.metadata.labels["disk"] = "ssd";
  api::Node b = MakeNode("b", "4", "16Gi");
  b.metadata.labels["disk"] = "ssd";
  cluster.Add(a);
  cluster.Add(b);
  cluster.Add(MakeNode("c", "4", "16Gi"));
  api::Pod pod = MakePod("p", "1", "1Gi");
  EXPECT_EQ(cluster.ScoresOf("NodeAffinity", pod), Scores{});
  pod.spec.node_affinity.preferred = {{10, {{{"zone", "In", {"x", "y"}}}, {}}},
                                      {30, {{{"disk", "Exists", {}}}, {}}},
                                      {50, {{}, {}}}};  // an empty term matches nothing
  // a 10 + 30 = 40, b 30, c 0; of the highest, 40
  EXPECT_EQ(cluster.ScoresOf("NodeAffinity", pod), (Scores{{"a", 100}, {"b", 75}, {"c", 0}}));
  pod.spec.node_affinity.preferred = {{7, {{}, {{"metadata.name", "In", {"c"}}}}}};
  EXPECT_EQ(cluster.ScoresOf("NodeAffinity", pod), (Scores{{"a", 0}, {"b", 0}, {"c", 100}}));
}

TEST(NodeResourcesFitScore, TheEmptierNodeIsBetterAndTheFullerOneWhereThatIsAsked) {
  ScoredCluster cluster;
  cluster.Add(MakeNode("a", "4", "16Gi"));
  cluster.Add(MakeNode("b", "2", "16Gi"));
  const api::Pod pod = MakePod("p", "1", "4Gi");
  // a: cpu 3000 x 100 / 4000 = 75, memory 12 x 100 / 16 = 75; b: cpu 50, memory 75, 125 / 2 = 62
  EXPECT_EQ(cluster.ScoresOf("NodeResourcesFit", pod), (Scores{{"a", 75}, {"b", 62}}));
  ScoreSettings most;
  most.strategy = ScoringStrategy::kMostAllocated;
  // a: 25 and 25; b: 50 and 25, 75 / 2 = 37
  EXPECT_EQ(cluster.ScoresOf("NodeResourcesFit", pod, most), (Scores{{"a", 25}, {"b", 37}}));
}

TEST(NodeResourcesFitScore, ContainersWithoutRequestsCountAsSomething) {
  ScoredCluster cluster;
  cluster.Add(MakeNode("a", "4", "16Gi"));
  // 3900 x 100 / 4000 = 97; (16384 - 200) x 100 / 16384 = 98; 195 / 2 = 97
  EXPECT_EQ(cluster.ScoresOf("NodeResourcesFit", PodWithoutRequests("p")), (Scores{{"a", 97}}));
  for (int i = 0; i < 9; ++i) cluster.Place(PodWithoutRequests("q" + std::to_string(i)), "a");
  // Ten pods: 3000 x 100 / 4000 = 75; (16384 - 2000) x 100 / 16384 = 87; 162 / 2 = 81
  EXPECT_EQ(cluster.ScoresOf("NodeResourcesFit", PodWithoutRequests("p")), (Scores{{"a", 81}}));
}

TEST(NodeResourcesFitScore, AResourceThatTheNodeDoesNotOfferDoesNotCount) {
  ScoredCluster cluster;
  api::Node node = MakeNode("a", "4", "16Gi");
  node.allocatable.erase("memory");
  cluster.Add(node);
  api::Node nothing = MakeNode("b", "4", "16Gi");
  nothing.allocatable.clear();
  cluster.Add(nothing);
  EXPECT_EQ(cluster.ScoresOf("NodeResourcesFit", MakePod("p", "1", "4Gi")),
            (Scores{{"a", 75}, {"b", 0}}));
  // One resource alone is never out of balance: 50 + 50 / 2 = 75
  EXPECT_EQ(cluster.ScoresOf("NodeResourcesBalancedAllocation", MakePod("p", "1", "4Gi")),
            (Scores{{"a", 75}, {"b", 75}}));
}

TEST(NodeResourcesBalancedAllocation, APodThatBringsTheSharesTogetherIsWelcome) {
  ScoredCluster cluster;
  cluster.Add(MakeNode("a", "4", "16Gi"));
  cluster.Add(MakeNode("b", "4", "8Gi"));
  cluster.Add(MakeNode("c", "4", "16Gi"));
  cluster.Place(MakePod("q", "1", "8Gi"), "c");
  // a: |1/2 - 1/4| / 2 = 0.125, 87 after 100 before: 50 + (50 - 13) / 2 = 68. b: both 1/2: 75.
  // c: before |1/4 - 1/2| / 2: 87; after |3/4 - 3/4|: 100: 50 + (50 + 13) / 2 = 81.
  EXPECT_EQ(cluster.ScoresOf("NodeResourcesBalancedAllocation", MakePod("p", "2", "4Gi")),
            (Scores{{"a", 68}, {"b", 75}, {"c", 81}}));
  EXPECT_EQ(cluster.ScoresOf("NodeResourcesBalancedAllocation", PodWithoutRequests("p")), Scores{});
}

TEST(ImageLocality, NodesThatHaveTheImageAreBetterTheMoreOfThemThereAre) {
  ScoredCluster cluster;
  for (const std::string name : {"a", "b", "c", "d"}) {
    api::Node node = MakeNode(name, "4", "16Gi");
    if (name == "a") node.images.push_back({{"app:latest", "app@sha256:1"}, Mebibytes(500)});
    if (name <= "b") node.images.push_back({{"repo:5000/base:2"}, Mebibytes(500)});
    cluster.Add(node);
  }
  api::Pod pod = MakePod("p", "1", "1Gi");
  pod.spec.containers[0].image = "app";
  // One of four nodes: 500 / 4 = 125 MiB; (125 - 23) x 100 / (1000 - 23) = 10
  EXPECT_EQ(cluster.ScoresOf("ImageLocality", pod),
            (Scores{{"a", 10}, {"b", 0}, {"c", 0}, {"d", 0}}));
  pod.spec.init_containers.resize(1);
  pod.spec.init_containers[0].image = "repo:5000/base:2";
  // Two of four: 250 MiB. a: (375 - 23) x 100 / (2000 - 23) = 17; b: 227 x 100 / 1977 = 11
  EXPECT_EQ(cluster.ScoresOf("ImageLocality", pod),
            (Scores{{"a", 17}, {"b", 11}, {"c", 0}, {"d", 0}}));
  // The image is gone from b: 125 MiB on a. a: (250 - 23) x 100 / 1977 = 11
  cluster.Add(MakeNode("b", "4", "16Gi"));
  EXPECT_EQ(cluster.ScoresOf("ImageLocality", pod),
            (Scores{{"a", 11}, {"b", 0}, {"c", 0}, {"d", 0}}));
}

TEST(ImageLocality, TheImageOfAVolumeCountsAsThatOfAContainer) {
  ScoredCluster cluster;
  cluster.Add(MakeNode("a", "4", "16Gi"));
  api::Node having = MakeNode("b", "4", "16Gi");
  having.images.push_back({{"model:latest"}, Mebibytes(1000)});
  cluster.Add(having);
  api::Pod pod = MakePod("p", "1", "1Gi");
  api::Volume volume;
  volume.type = api::VolumeType::kImage;
  volume.source = "model";
  pod.spec.volumes.push_back(volume);
  // One of two nodes: 500 MiB; one container. (500 - 23) x 100 / 977 = 48
  EXPECT_EQ(cluster.ScoresOf("ImageLocality", pod), (Scores{{"a", 0}, {"b", 48}}));
}

}  // namespace
}  // namespace muster::plugins
