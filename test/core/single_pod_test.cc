// A pod on its own, from the watch to the bind.

#include <gtest/gtest.h>

#include <algorithm>
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

}  // namespace
}  // namespace muster::core
