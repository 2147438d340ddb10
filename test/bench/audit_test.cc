// The audits find the mistakes that they are there for, so that their silence means something.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <utility>

#include "bench/simulation/pod_by_pod_scheduler.h"
#include "bench/simulation/simulated_world.h"

namespace muster::bench {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Does to each pending pod, once everything is synced, what the test says.
class ScriptedScheduler : public Scheduler {
 public:
  using Script = std::function<std::vector<core::BindPod>(const api::Pod&)>;
  explicit ScriptedScheduler(Script script) : script_(std::move(script)) {}

  core::StepResult Step(Time, std::span<const core::Event> events) override {
    core::StepResult result;
    for (const core::Event& event : events) {
      const auto* observed = std::get_if<core::PodObserved>(&event);
      if (observed == nullptr || !seen_.insert(observed->pod.metadata.uid).second) continue;
      for (core::BindPod bind : script_(observed->pod)) {
        bind.call = ++calls_;
        bind.pod = api::NameOf(observed->pod.metadata);
        bind.uid = observed->pod.metadata.uid;
        result.effects.emplace_back(std::move(bind));
      }
    }
    return result;
  }

 private:
  Script script_;
  std::set<std::string> seen_;
  core::CallId calls_ = 0;
};

std::vector<std::string> ViolationsOf(const ScriptedScheduler::Script& script) {
  WorldOptions options;
  options.scheduler = [&] { return std::make_unique<ScriptedScheduler>(script); };
  SimulatedWorld world(options);
  world.AddNode("node-a", 4, 16);
  world.AddNode("node-b", 4, 16);
  world.StartScheduler();
  world.RunFor(seconds(1));
  world.spark().Submit(StaticApplication("etl", 3, 1, "1g"));
  world.RunFor(minutes(1));
  return world.violations();
}

core::BindPod To(const std::string& node, const std::string& slots) {
  core::BindPod bind;
  bind.node = node;
  if (!slots.empty()) {
    bind.annotations["muster.dev/plan"] = R"({"version":1,"podSets":[{"profile":0,"count":3,)"
                                          R"("requests":{"cpu":"1","memory":"1408Mi"},"slots":)" +
                                          slots + "}]}";
  }
  return bind;
}

TEST(Audit, IsSilentAboutAPlanThatFitsAndIsKept) {
  int executors = 0;
  EXPECT_THAT(ViolationsOf([&](const api::Pod& pod) -> std::vector<core::BindPod> {
                if (spark::IsDriver(pod)) return {To("node-a", R"({"node-a":2,"node-b":1})")};
                return {To(++executors <= 2 ? "node-a" : "node-b", "")};
              }),
              IsEmpty());
}

TEST(Audit, FindsADriverBoundWithoutAPlan) {
  EXPECT_THAT(ViolationsOf(
                  [](const api::Pod&) -> std::vector<core::BindPod> { return {To("node-a", "")}; }),
              Contains(HasSubstr("without a plan")));
}

TEST(Audit, FindsAPlanForAPartOfTheGang) {
  EXPECT_THAT(ViolationsOf([](const api::Pod& pod) -> std::vector<core::BindPod> {
                if (!spark::IsDriver(pod)) return {};
                return {To("node-a", R"({"node-b":2})")};
              }),
              Contains(HasSubstr("has 2 slots for 3 executors")));
}

TEST(Audit, FindsAPlanThatDoesNotFit) {
  EXPECT_THAT(ViolationsOf([](const api::Pod& pod) -> std::vector<core::BindPod> {
                if (!spark::IsDriver(pod)) return {};
                return {To("node-a", R"({"node-a":4})")};
              }),
              Contains(HasSubstr("node-a has too little cpu")));
}

TEST(Audit, FindsAnExecutorOutsideItsSlot) {
  EXPECT_THAT(ViolationsOf([](const api::Pod& pod) -> std::vector<core::BindPod> {
                if (spark::IsDriver(pod)) return {To("node-a", R"({"node-a":3})")};
                return {To("node-b", "")};
              }),
              Contains(HasSubstr("while its slot on node-a is empty")));
}

TEST(Audit, FindsASecondBindWhileTheFirstMayHaveHappened) {
  EXPECT_THAT(ViolationsOf([](const api::Pod& pod) -> std::vector<core::BindPod> {
                if (!spark::IsDriver(pod)) return {};
                const std::string slots = R"({"node-b":3})";
                return {To("node-a", slots), To("node-b", slots)};
              }),
              Contains(HasSubstr("is or may be on node-a already")));
}

TEST(Audit, FindsANodeThatDoesNotExist) {
  EXPECT_THAT(ViolationsOf([](const api::Pod&) -> std::vector<core::BindPod> {
                return {To("node-x", R"({"node-b":3})")};
              }),
              Contains(HasSubstr("no such node")));
}

TEST(PodByPodScheduler, LetsTwoApplicationsThatCannotRunTogetherHoldEachOtherUp) {
  WorldOptions options;
  options.audited = false;
  options.scheduler = [] { return std::make_unique<PodByPodScheduler>("muster"); };
  SimulatedWorld world(options);
  for (const char* node : {"node-a", "node-b", "node-c", "node-d"}) world.AddNode(node, 8, 32);
  world.StartScheduler();
  // 2 x (1 + 10 x 2) = 42 of 32 CPU; with both drivers bound there is room for 14 executors.
  const auto& first = world.spark().Submit(StaticApplication("first", 10, 2, "4g"));
  const auto& second = world.spark().Submit(StaticApplication("second", 10, 2, "4g"));
  world.RunFor(minutes(30));

  EXPECT_EQ(first.state, ApplicationRecord::State::kDriving);
  EXPECT_EQ(second.state, ApplicationRecord::State::kDriving);
  EXPECT_THAT(world.overcommits(), IsEmpty());
}

}  // namespace
}  // namespace muster::bench
