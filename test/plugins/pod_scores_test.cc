// Scores that depend on other pods. The expected numbers are worked out from kube-scheduler's
// formulas; the arithmetic stands beside them.

#include <gtest/gtest.h>

#include "test/plugins/scored_cluster.h"
#include "test/support/builders.h"

namespace muster::plugins {
namespace {

using muster::testing::MakeNode;
using muster::testing::MakePod;
using Scores = ScoredCluster::Scores;

constexpr char kHostname[] = "kubernetes.io/hostname";
constexpr char kZone[] = "topology.kubernetes.io/zone";

api::LabelSelector App(const std::string& app) { return {{{"app", app}}, {}}; }

/// It selects the pods of app "web".
api::Workload WorkloadOf(api::WorkloadKind kind, const std::string& namespace_name,
                         const std::string& name) {
  api::Workload workload;
  workload.kind = kind;
  workload.metadata.namespace_name = namespace_name;
  workload.metadata.name = name;
  workload.selector = App("web");
  return workload;
}

api::Pod PodOf(const std::string& name, const std::string& app) {
  api::Pod pod = MakePod(name, "100m", "100Mi");
  pod.metadata.labels["app"] = app;
  return pod;
}

/// a and b in zone x, c in zone y.
ScoredCluster ThreeNodes() {
  ScoredCluster cluster;
  for (const auto& [name, zone] :
       std::map<std::string, std::string>{{"a", "x"}, {"b", "x"}, {"c", "y"}}) {
    api::Node node = MakeNode(name, "4", "16Gi");
    node.metadata.labels[kZone] = zone;
    cluster.Add(node);
  }
  return cluster;
}

api::TopologySpreadConstraint SoftOver(const std::string& key) {
  api::TopologySpreadConstraint constraint;
  constraint.max_skew = 1;
  constraint.topology_key = key;
  constraint.when_unsatisfiable = "ScheduleAnyway";
  constraint.label_selector = App("web");
  return constraint;
}

TEST(PodTopologySpreadScore, TheDomainWithFewerOfThePodsIsBetter) {
  ScoredCluster cluster = ThreeNodes();
  cluster.Place(PodOf("1", "web"), "a");
  cluster.Place(PodOf("2", "web"), "a");
  cluster.Place(PodOf("3", "web"), "b");
  cluster.Place(PodOf("4", "other"), "c");
  api::Pod pod = PodOf("p", "web");
  pod.spec.topology_spread = {SoftOver(kZone)};
  // Two zones: weight ln(4) = 1.386. x: 3 x 1.386 = 4.16, that is 4; y: 0. 100 x (4 + 0 - s) / 4
  EXPECT_EQ(cluster.ScoresOf("PodTopologySpread", pod), (Scores{{"a", 0}, {"b", 0}, {"c", 100}}));
  pod.spec.topology_spread = {SoftOver(kHostname)};
  // Three hosts: ln(5) = 1.609. a 3.22, that is 3; b 2; c 0. 100 x (3 - s) / 3
  EXPECT_EQ(cluster.ScoresOf("PodTopologySpread", pod), (Scores{{"a", 0}, {"b", 33}, {"c", 100}}));
}

TEST(PodTopologySpreadScore, OnlyLivingPodsOfTheNamespaceCount) {
  ScoredCluster cluster = ThreeNodes();
  api::Pod elsewhere = PodOf("1", "web");
  elsewhere.metadata.namespace_name = "elsewhere";
  cluster.Place(elsewhere, "a");
  api::Pod leaving = PodOf("2", "web");
  leaving.metadata.deletion_timestamp = Time{};
  cluster.Place(leaving, "b");
  api::Pod pod = PodOf("p", "web");
  pod.spec.topology_spread = {SoftOver(kHostname)};
  EXPECT_EQ(cluster.ScoresOf("PodTopologySpread", pod),
            (Scores{{"a", 100}, {"b", 100}, {"c", 100}}));
}

TEST(PodTopologySpreadScore, ANodeOutsideOfTheTopologyIsTheWorst) {
  ScoredCluster cluster = ThreeNodes();
  cluster.Add(MakeNode("d", "4", "16Gi"));  // in no zone
  cluster.Place(PodOf("1", "web"), "a");
  cluster.Place(PodOf("2", "web"), "c");
  api::Pod pod = PodOf("p", "web");
  pod.spec.topology_spread = {SoftOver(kZone)};
  // 1 x ln(4), that is 1, in both zones: 100 x (1 + 1 - 1) / 1
  EXPECT_EQ(cluster.ScoresOf("PodTopologySpread", pod),
            (Scores{{"a", 100}, {"b", 100}, {"c", 100}, {"d", 0}}));
}

TEST(PodTopologySpreadScore, PodsOfAServiceAreSpreadWithoutAsking) {
  ScoredCluster cluster = ThreeNodes();
  cluster.Place(PodOf("1", "web"), "a");
  cluster.Place(PodOf("2", "web"), "a");
  cluster.Place(PodOf("3", "web"), "b");
  const api::Pod pod = PodOf("p", "web");
  EXPECT_EQ(cluster.ScoresOf("PodTopologySpread", pod), Scores{});
  cluster.Model().Workloads().Upsert(WorkloadOf(api::WorkloadKind::kService, "default", "web"));
  // Hosts, ln(5) = 1.609 and 2 for maxSkew 3: a 5.22, b 3.61, c 2. Zones, ln(4) and 4 for maxSkew
  // 5: x 8.16, y 4. Sums: a 13, b 12, c 6. 100 x (13 + 6 - s) / 13
  EXPECT_EQ(cluster.ScoresOf("PodTopologySpread", pod), (Scores{{"a", 46}, {"b", 53}, {"c", 100}}));
  cluster.Model().Workloads().Remove(api::WorkloadKind::kService, {"default", "web"});
  EXPECT_EQ(cluster.ScoresOf("PodTopologySpread", pod), Scores{});
}

TEST(PodTopologySpreadScore, PodsOfAReplicaSetAreSpreadByItsSelector) {
  ScoredCluster cluster = ThreeNodes();
  cluster.Place(PodOf("1", "web"), "c");
  api::Pod pod = PodOf("p", "web");
  pod.metadata.owner_references = {{"apps/v1", "ReplicaSet", "web-1", "uid", true}};
  cluster.Model().Workloads().Upsert(
      WorkloadOf(api::WorkloadKind::kReplicaSet, "elsewhere", "web-1"));
  EXPECT_EQ(cluster.ScoresOf("PodTopologySpread", pod), Scores{});
  cluster.Model().Workloads().Upsert(
      WorkloadOf(api::WorkloadKind::kReplicaSet, "default", "web-1"));
  // Hosts: a, b 2, c 3.61; zones: x 4, y 5.39. Sums 6, 6, 9. 100 x (9 + 6 - s) / 9
  EXPECT_EQ(cluster.ScoresOf("PodTopologySpread", pod),
            (Scores{{"a", 100}, {"b", 100}, {"c", 66}}));
}

TEST(PodTopologySpreadScore, AConstraintThatTheApiServerWouldRefuseHasNothingToSay) {
  ScoredCluster cluster = ThreeNodes();
  cluster.Place(PodOf("1", "web"), "a");
  api::Pod pod = PodOf("p", "web");
  pod.spec.topology_spread = {SoftOver(kZone)};
  pod.spec.topology_spread[0].max_skew = -5;
  EXPECT_EQ(cluster.ScoresOf("PodTopologySpread", pod), Scores{});
}

api::PodAffinityTerm Near(const std::string& app, const std::string& key) {
  api::PodAffinityTerm term;
  term.label_selector = App(app);
  term.topology_key = key;
  return term;
}

TEST(InterPodAffinityScore, LikedPodsDrawAndDislikedOnesRepel) {
  ScoredCluster cluster = ThreeNodes();
  cluster.Place(PodOf("1", "cache"), "a");
  cluster.Place(PodOf("2", "noisy"), "b");
  api::Pod pod = PodOf("p", "web");
  EXPECT_EQ(cluster.ScoresOf("InterPodAffinity", pod), Scores{});
  pod.spec.pod_affinity.preferred = {{50, Near("cache", kZone)}};
  pod.spec.pod_anti_affinity.preferred = {{20, Near("noisy", kHostname)}};
  // a 50, b 50 - 20 = 30, c 0
  EXPECT_EQ(cluster.ScoresOf("InterPodAffinity", pod), (Scores{{"a", 100}, {"b", 60}, {"c", 0}}));
}

TEST(InterPodAffinityScore, WhatPlacedPodsLikeCountsToo) {
  ScoredCluster cluster = ThreeNodes();
  api::Pod friendly = PodOf("1", "db");
  friendly.spec.pod_affinity.required = {Near("web", kZone)};  // counts 1
  cluster.Place(friendly, "a");
  api::Pod unfriendly = PodOf("2", "db");
  unfriendly.spec.pod_anti_affinity.preferred = {{3, Near("web", kHostname)}};
  cluster.Place(unfriendly, "c");
  // a 1, b 1, c -3: 100 x (s + 3) / 4
  EXPECT_EQ(cluster.ScoresOf("InterPodAffinity", PodOf("p", "web")),
            (Scores{{"a", 100}, {"b", 100}, {"c", 0}}));
  EXPECT_EQ(cluster.ScoresOf("InterPodAffinity", PodOf("p", "cron")), Scores{});
}

TEST(InterPodAffinityScore, TermsReachOtherNamespacesOnlyWhereTheySaySo) {
  ScoredCluster cluster = ThreeNodes();
  api::Pod cache = PodOf("1", "cache");
  cache.metadata.namespace_name = "shared";
  cluster.Place(cache, "c");
  api::Namespace shared;
  shared.metadata.name = "shared";
  shared.metadata.labels["team"] = "infra";
  cluster.Model().Namespaces().Upsert(shared);
  api::Pod pod = PodOf("p", "web");
  pod.spec.pod_affinity.preferred = {{50, Near("cache", kHostname)}};
  api::PodAffinityTerm& term = pod.spec.pod_affinity.preferred[0].term;
  const Scores drawn{{"a", 0}, {"b", 0}, {"c", 100}};
  EXPECT_EQ(cluster.ScoresOf("InterPodAffinity", pod), Scores{});
  term.namespaces = {"shared"};
  EXPECT_EQ(cluster.ScoresOf("InterPodAffinity", pod), drawn);
  term.namespaces = {};
  term.namespace_selector = {{{"team", "infra"}}, {}};
  EXPECT_EQ(cluster.ScoresOf("InterPodAffinity", pod), drawn);
  term.namespace_selector = {{{"team", "web"}}, {}};
  EXPECT_EQ(cluster.ScoresOf("InterPodAffinity", pod), Scores{});
  term.namespace_selector = api::LabelSelector{};
  EXPECT_EQ(cluster.ScoresOf("InterPodAffinity", pod), drawn);
}

TEST(InterPodAffinityScore, PlacesHeldForExecutorsCountEachForItself) {
  ScoredCluster cluster = ThreeNodes();
  api::Pod executor = PodOf("1", "spark");
  executor.spec.pod_anti_affinity.preferred = {{10, Near("web", kHostname)}};
  model::ClusterModel& model = cluster.Model();
  const model::PodInfoPtr info = model::MakePodInfo(executor, model.Names());
  model.HoldPlaces(model.Nodes().Find("a"), info, 4);
  model.HoldPlaces(model.Nodes().Find("b"), info, 1);
  // a -40, b -10, c 0: 100 x (s + 40) / 40
  EXPECT_EQ(cluster.ScoresOf("InterPodAffinity", PodOf("p", "web")),
            (Scores{{"a", 0}, {"b", 75}, {"c", 100}}));
  model.HoldPlaces(model.Nodes().Find("a"), info, -4);
  model.HoldPlaces(model.Nodes().Find("b"), info, -1);
  EXPECT_EQ(model.CountWithAffinity(), 0);
}

}  // namespace
}  // namespace muster::plugins
