#include "plugins/inter_pod_affinity/inter_pod_affinity.h"

#include <gtest/gtest.h>

#include "test/plugins/filter_world.h"

namespace muster::plugins {
namespace {

using muster::testing::FilterWorld;
using muster::testing::LabelledPod;
using muster::testing::Near;

using Capacities = std::map<std::string, std::int64_t>;

constexpr const char* kAffinity = "node(s) didn't match pod affinity rules (final)";
constexpr const char* kAntiAffinity = "node(s) didn't match pod anti-affinity rules";
constexpr const char* kExisting = "node(s) didn't satisfy existing pods anti-affinity rules";
constexpr const char* kHostname = "kubernetes.io/hostname";
const api::StringMap kApp{{"app", "x"}};

/// Zones a (two nodes) and b, and a node in none.
class InterPodAffinityTest : public ::testing::Test {
 protected:
  InterPodAffinityTest() {
    world_.AddNode("a1", {{"zone", "a"}});
    world_.AddNode("a2", {{"zone", "a"}});
    world_.AddNode("b1", {{"zone", "b"}});
    world_.AddNode("bare", {});
  }
  static api::Pod Seeking(const api::StringMap& labels, const api::PodAffinityTerm& term) {
    api::Pod pod = LabelledPod(labels);
    pod.spec.pod_affinity.required.push_back(term);
    return pod;
  }
  static api::Pod Avoiding(const api::StringMap& labels, const api::PodAffinityTerm& term) {
    api::Pod pod = LabelledPod(labels);
    pod.spec.pod_anti_affinity.required.push_back(term);
    return pod;
  }
  Capacities Of(const api::Pod& pod) { return world_.Capacities(pod); }

  FilterWorld world_{MakeInterPodAffinity()};
};

TEST_F(InterPodAffinityTest, WithoutRulesThereIsNothingToSay) {
  world_.Run(LabelledPod(kApp), "a1");
  EXPECT_TRUE(world_.HasNothingToSay(LabelledPod(kApp)));
  world_.Run(Avoiding({}, Near({{"app", "other"}}, "zone")), "a1");
  EXPECT_TRUE(world_.HasNothingToSay(LabelledPod(kApp)));
  EXPECT_FALSE(world_.HasNothingToSay(LabelledPod({{"app", "other"}})));
}

TEST_F(InterPodAffinityTest, AffinityWantsTheDomainOfAPodThatMatches) {
  const api::Pod pod = Seeking({}, Near(kApp, "zone"));
  EXPECT_EQ(Of(pod), (Capacities{{"a1", 0}, {"a2", 0}, {"b1", 0}, {"bare", 0}}));
  world_.Run(LabelledPod(kApp), "a1");
  EXPECT_EQ(Of(pod), (Capacities{{"a1", 100}, {"a2", 100}, {"b1", 0}, {"bare", 0}}));
  EXPECT_EQ(world_.Reasons(pod).at("b1"), kAffinity);
}

TEST_F(InterPodAffinityTest, OnePodMustMatchAllTermsOfAffinity) {
  api::Pod pod = Seeking({}, Near(kApp, "zone"));
  pod.spec.pod_affinity.required.push_back(Near({{"tier", "db"}}, kHostname));
  world_.Run(LabelledPod(kApp), "a1");
  world_.Run(LabelledPod({{"tier", "db"}}), "a1");
  EXPECT_EQ(Of(pod).at("a1"), 0);
  world_.Run(LabelledPod({{"app", "x"}, {"tier", "db"}}), "a1");
  EXPECT_EQ(Of(pod).at("a1"), 100);
  EXPECT_EQ(Of(pod).at("a2"), 0);  // the zone, but not the host
}

TEST_F(InterPodAffinityTest, TheFirstPodOfAGroupMayGoToAnyNodeInADomain) {
  const api::Pod pod = Seeking(kApp, Near(kApp, "zone"));
  EXPECT_EQ(Of(pod), (Capacities{{"a1", 100}, {"a2", 100}, {"b1", 100}, {"bare", 0}}));
  world_.Run(LabelledPod(kApp), "bare");  // in no zone: it does not count
  EXPECT_EQ(Of(pod).at("b1"), 100);
  world_.Run(LabelledPod(kApp), "a1");
  EXPECT_EQ(Of(pod), (Capacities{{"a1", 100}, {"a2", 100}, {"b1", 0}, {"bare", 0}}));
}

TEST_F(InterPodAffinityTest, AntiAffinityRefusesTheDomainAndANodeWithoutTheKeyIsFree) {
  world_.Run(LabelledPod(kApp), "a1");
  world_.Run(LabelledPod(kApp), "bare");
  const api::Pod pod = Avoiding({}, Near(kApp, "zone"));
  EXPECT_EQ(Of(pod), (Capacities{{"a1", 0}, {"a2", 0}, {"b1", 100}, {"bare", 100}}));
  EXPECT_EQ(world_.Reasons(pod).at("a2"), kAntiAffinity);
}

TEST_F(InterPodAffinityTest, PodsThatAvoidEachOtherGoOneToADomain) {
  EXPECT_EQ(Of(Avoiding(kApp, Near(kApp, kHostname))),
            (Capacities{{"a1", 1}, {"a2", 1}, {"b1", 1}, {"bare", 1}}));
  EXPECT_EQ(Of(Avoiding(kApp, Near(kApp, "zone"))),
            (Capacities{{"a1", 1}, {"a2", 1}, {"b1", 1}, {"bare", 100}}));
}

TEST_F(InterPodAffinityTest, AntiAffinityOfPodsThatRunWorksTheOtherWayRound) {
  world_.Run(Avoiding({}, Near(kApp, "zone")), "a1");
  EXPECT_EQ(Of(LabelledPod(kApp)), (Capacities{{"a1", 0}, {"a2", 0}, {"b1", 100}, {"bare", 100}}));
  EXPECT_EQ(world_.Reasons(LabelledPod(kApp)).at("a2"), kExisting);
}

TEST_F(InterPodAffinityTest, TheReasonIsAffinityThenOwnThenOthersAntiAffinity) {
  api::Pod pod = Seeking(kApp, Near({{"app", "absent"}}, "zone"));
  pod.spec.pod_anti_affinity.required.push_back(Near(kApp, "zone"));
  world_.Run(Avoiding(kApp, Near(kApp, "zone")), "a1");
  EXPECT_EQ(world_.Reasons(pod).at("a1"), kAffinity);
  pod.spec.pod_affinity = {};
  EXPECT_EQ(world_.Reasons(pod).at("a1"), kAntiAffinity);
  pod.spec.pod_anti_affinity = {};
  EXPECT_EQ(world_.Reasons(pod).at("a1"), kExisting);
}

TEST_F(InterPodAffinityTest, ATermMeansItsPodsNamespaceUnlessItNamesOthers) {
  api::Pod elsewhere = LabelledPod(kApp);
  elsewhere.metadata.namespace_name = "elsewhere";
  world_.Run(elsewhere, "a1");
  api::PodAffinityTerm term = Near(kApp, "zone");
  EXPECT_EQ(Of(Avoiding({}, term)).at("a1"), 100);
  term.namespaces = {"other", "elsewhere"};
  EXPECT_EQ(Of(Avoiding({}, term)).at("a1"), 0);
  term.namespaces = {"other"};
  EXPECT_EQ(Of(Avoiding({}, term)).at("a1"), 100);
}

TEST_F(InterPodAffinityTest, ANamespaceSelectorChoosesNamespacesByTheirLabels) {
  world_.AddNamespace("elsewhere", {{"team", "red"}});
  api::Pod elsewhere = LabelledPod(kApp);
  elsewhere.metadata.namespace_name = "elsewhere";
  world_.Run(elsewhere, "a1");
  world_.Run(LabelledPod(kApp), "b1");
  api::PodAffinityTerm term = Near(kApp, "zone");
  term.namespace_selector = api::LabelSelector{{{"team", "red"}}, {}};
  // The pod's own namespace is not meant any more.
  EXPECT_EQ(Of(Avoiding({}, term)), (Capacities{{"a1", 0}, {"a2", 0}, {"b1", 100}, {"bare", 100}}));
  term.namespace_selector = api::LabelSelector{{{"team", "blue"}}, {}};
  EXPECT_EQ(Of(Avoiding({}, term)).at("a1"), 100);
  term.namespace_selector = api::LabelSelector{};  // every namespace
  EXPECT_EQ(Of(Avoiding({}, term)), (Capacities{{"a1", 0}, {"a2", 0}, {"b1", 0}, {"bare", 100}}));
}

TEST_F(InterPodAffinityTest, ASelectorThatNoLabelsSatisfyMeansPodsOfEveryNamespace) {
  // As kube-scheduler 1.36 has it: the selector is asked with no labels beside the chosen names.
  world_.AddNamespace("elsewhere", {{"team", "red"}});
  api::Pod elsewhere = LabelledPod(kApp);
  elsewhere.metadata.namespace_name = "elsewhere";
  world_.Run(elsewhere, "a1");
  api::PodAffinityTerm term = Near(kApp, "zone");
  term.namespace_selector = api::LabelSelector{{}, {{"team", "DoesNotExist", {}}}};
  EXPECT_EQ(Of(Avoiding({}, term)).at("a1"), 0);
}

TEST_F(InterPodAffinityTest, TermsOfPodsThatRunAreAskedAboutTheIncomingPodsNamespace) {
  world_.AddNamespace("default", {{"team", "red"}});
  api::PodAffinityTerm term = Near(kApp, "zone");
  term.namespace_selector = api::LabelSelector{{{"team", "red"}}, {}};
  api::Pod running = Avoiding({}, term);
  running.metadata.namespace_name = "elsewhere";
  world_.Run(running, "a1");
  EXPECT_EQ(Of(LabelledPod(kApp)).at("a1"), 0);
  api::Pod other = LabelledPod(kApp);
  other.metadata.namespace_name = "elsewhere";
  EXPECT_EQ(Of(other).at("a1"), 100);
}

TEST_F(InterPodAffinityTest, TermsThatCannotBeReadRefuseThePodAndMeanNobodyElsewhere) {
  api::PodAffinityTerm broken = Near(kApp, "zone");
  broken.label_selector->match_expressions.push_back({"app", "Near", {}});
  const api::Pod pod = Avoiding(kApp, broken);
  const model::PodInfoPtr info = world_.Info(pod);
  const auto refusal = world_.Prepare(pod, info)->RefusesEverywhere();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(
      refusal->reason,
      "parsing pod: requiredAntiAffinityTerms: \"Near\" is not a valid label selector operator");
  EXPECT_FALSE(refusal->resolvable);
  world_.Run(pod, "a1");
  EXPECT_TRUE(world_.HasNothingToSay(LabelledPod(kApp)));
}

TEST_F(InterPodAffinityTest, AntiAffinityByHostnameCouplesNoNodesAndByZoneItDoes) {
  for (const auto& [key, couples] : {std::pair{kHostname, false}, std::pair{"zone", true}}) {
    const api::Pod pod = Avoiding(kApp, Near(kApp, key));
    const model::PodInfoPtr info = world_.Info(pod);
    const auto filter = world_.Prepare(pod, info);
    EXPECT_EQ(filter->CouplesNodes(), couples) << key;
    EXPECT_TRUE(filter->FollowsPlacement()) << key;
    filter->OnPlaced(world_.Model(), world_.Node("a1"), *info, 1);
    EXPECT_EQ(world_.CapacityOf(*filter, "a1"), 0) << key;
    EXPECT_EQ(world_.CapacityOf(*filter, "a2"), couples ? 0 : 1) << key;
    filter->OnPlaced(world_.Model(), world_.Node("a1"), *info, -1);
    EXPECT_EQ(world_.CapacityOf(*filter, "a2"), 1) << key;
  }
}

TEST_F(InterPodAffinityTest, RulesAboutStrangersNeedNoFollowing) {
  const api::Pod pod = Avoiding({}, Near(kApp, "zone"));
  const model::PodInfoPtr info = world_.Info(pod);
  const auto filter = world_.Prepare(pod, info);
  EXPECT_FALSE(filter->CouplesNodes());
  EXPECT_FALSE(filter->FollowsPlacement());
}

TEST_F(InterPodAffinityTest, ACompanionsAntiAffinityIsFollowed) {
  const std::vector<model::PodInfoPtr> companions{
      world_.Info(Avoiding({{"role", "driver"}}, Near(kApp, "zone")))};
  const api::Pod pod = LabelledPod(kApp);
  const model::PodInfoPtr info = world_.Info(pod);
  const auto filter = world_.Prepare(pod, info, companions);
  ASSERT_NE(filter, nullptr);
  filter->OnPlaced(world_.Model(), world_.Node("a1"), *companions.front(), 1);
  EXPECT_EQ(world_.CapacityOf(*filter, "a2"), 0);
  EXPECT_EQ(world_.CapacityOf(*filter, "b1"), 100);
}

}  // namespace
}  // namespace muster::plugins
