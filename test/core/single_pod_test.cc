// A pod on its own, from the watch to the bind.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "plugins/builtin_plugins.h"
#include "scheduler/core/scheduler_core.h"
#include "test/support/builders.h"

namespace muster::core {
namespace {

using muster::testing::MakeNode;
using muster::testing::MakePod;

/// The nodes to which the effects bind pods, in order.
std::vector<std::string> Binds(const StepResult& result) {
  std::vector<std::string> nodes;
  for (const Effect& effect : result.effects) {
    if (const auto* bind = std::get_if<BindPod>(&effect)) nodes.push_back(bind->node);
  }
  return nodes;
}

TEST(SinglePods, EachGoesToTheNodeThatScoresHighestAfterThoseBefore) {
  SchedulerCore core(CoreOptions{}, plugins::DefaultProfile());
  std::vector<Event> events{NodeObserved{MakeNode("a", "4", "16Gi")},
                            NodeObserved{MakeNode("b", "8", "32Gi")}};
  for (const ResourceKind kind : AllResourceKinds()) events.emplace_back(ResourceSynced{kind});
  const Time now{};
  core.Step(now, events);
  ASSERT_TRUE(core.Synced());
  std::vector<std::string> nodes;
  for (const std::string name : {"p1", "p2", "p3"}) {
    const std::vector<Event> one{PodObserved{MakePod(name, "2", "8Gi")}};
    const std::vector<std::string> bound = Binds(core.Step(now, one));
    nodes.insert(nodes.end(), bound.begin(), bound.end());
  }
  // LeastAllocated: 75 on b against 50 on a; then 50 on both, by name; then 50 on b against 0.
  EXPECT_EQ(nodes, (std::vector<std::string>{"b", "a", "b"}));
}

/// Two nodes in zone x, one in zone y; all synced, as are the workloads of `first`.
std::vector<Event> ThreeNodesInTwoZones(std::vector<Event> first) {
  for (const auto& [name, zone] :
       std::map<std::string, std::string>{{"a", "x"}, {"b", "x"}, {"c", "y"}}) {
    api::Node node = MakeNode(name, "64", "256Gi");
    node.metadata.labels["topology.kubernetes.io/zone"] = zone;
    first.emplace_back(NodeObserved{node});
  }
  for (const ResourceKind kind : AllResourceKinds()) first.emplace_back(ResourceSynced{kind});
  return first;
}

/// The zone's nodes get one pod each, so that only what selects the pods speaks for c.
std::vector<std::string> NodesOfTwoPods(SchedulerCore& core, const std::string& prefix) {
  std::vector<std::string> nodes;
  for (const int i : {1, 2}) {
    api::Pod pod = MakePod(prefix + std::to_string(i), "1", "1Gi");
    pod.metadata.labels["app"] = "web";
    pod.metadata.owner_references = {{"apps/v1", "ReplicaSet", "web-1", "uid", true}};
    const std::vector<Event> one{PodObserved{pod}};
    const std::vector<std::string> bound = Binds(core.Step(Time{}, one));
    nodes.insert(nodes.end(), bound.begin(), bound.end());
  }
  return nodes;
}

TEST(SinglePods, ThoseOfAReplicaSetAreSpreadOverZonesWhileItExists) {
  api::Workload replica_set;
  replica_set.kind = api::WorkloadKind::kReplicaSet;
  replica_set.metadata = MakePod("web-1", "1", "1Gi").metadata;
  replica_set.selector = api::LabelSelector{{{"app", "web"}}, {}};
  SchedulerCore core(CoreOptions{}, plugins::DefaultProfile());
  core.Step(Time{}, ThreeNodesInTwoZones({ObjectObserved{replica_set}}));
  EXPECT_EQ(NodesOfTwoPods(core, "p"), (std::vector<std::string>{"a", "c"}));

  SchedulerCore without(CoreOptions{}, plugins::DefaultProfile());
  without.Step(Time{}, ThreeNodesInTwoZones({ObjectObserved{replica_set}}));
  const std::vector<Event> gone{
      ObjectGone{ResourceKind::kReplicaSet, api::NameOf(replica_set.metadata)}};
  without.Step(Time{}, gone);
  EXPECT_EQ(NodesOfTwoPods(without, "p"), (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace muster::core
