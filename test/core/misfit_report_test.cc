// What a pod that does not fit is told, and how often.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plugins/builtin_plugins.h"
#include "scheduler/core/scheduler_core.h"
#include "test/support/builders.h"

namespace muster::core {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::MakeNode;
using testing::MakePod;

/// A pod of 16 CPU and nodes of 4, which never take it; each node that comes has it tried again.
class MisfitReport : public ::testing::Test {
 protected:
  /// The messages written in the step in which node `name` comes.
  std::vector<std::string> Come(const std::string& name) {
    return Step({NodeObserved{MakeNode(name, "4", "16Gi")}});
  }
  std::vector<std::string> Step(const std::vector<Event>& events) {
    std::vector<std::string> messages;
    const StepResult result = core_.Step(now_, events);
    wake_at_ = result.wake_at;
    for (const Effect& effect : result.effects) {
      const auto* patch = std::get_if<PatchPodCondition>(&effect);
      if (patch == nullptr) continue;
      messages.push_back(patch->condition.message);
      core_.Step(now_, std::vector<Event>{CallCompleted{patch->call, {}}});
    }
    return messages;
  }
  void Start() {
    std::vector<Event> events{NodeObserved{MakeNode("a", "4", "16Gi")},
                              PodObserved{MakePod("large", "16", "1Gi")}};
    for (const ResourceKind kind : AllResourceKinds()) events.emplace_back(ResourceSynced{kind});
    EXPECT_EQ(Step(events), std::vector<std::string>{Refused(1)});
  }
  static std::string Refused(int nodes) {
    const std::string count = std::to_string(nodes);
    return "0/" + count + " nodes are available: " + count + " Insufficient cpu. preemption: 0/" +
           count + " nodes are available: " + count + " Preemption is not helpful for scheduling.";
  }

  Time now_{};
  std::optional<Time> wake_at_;
  SchedulerCore core_{CoreOptions{}, plugins::DefaultProfile()};
};

TEST_F(MisfitReport, TheSameReasonWithOtherCountsIsToldTenSecondsLater) {
  Start();
  now_ += seconds(1);
  EXPECT_TRUE(Come("b").empty());
  now_ += seconds(1);
  EXPECT_TRUE(Come("c").empty());
  ASSERT_TRUE(wake_at_);
  EXPECT_EQ(*wake_at_, Time{} + seconds(10));
  now_ = *wake_at_;
  EXPECT_EQ(Step({}), std::vector<std::string>{Refused(3)}) << "counted anew when it is told";
}

TEST_F(MisfitReport, WhoHasWaitedForAnHourIsToldEveryFiveMinutes) {
  Start();
  now_ += minutes(60);
  EXPECT_EQ(Come("b"), std::vector<std::string>{Refused(2)});
  now_ += seconds(10);
  EXPECT_TRUE(Come("c").empty());
  ASSERT_TRUE(wake_at_);
  EXPECT_EQ(*wake_at_, Time{} + minutes(65));
}

TEST_F(MisfitReport, NothingIsToldWhereNothingHasChanged) {
  Start();
  EXPECT_FALSE(wake_at_);
  now_ += minutes(10);
  EXPECT_TRUE(Step({}).empty());
}

}  // namespace
}  // namespace muster::core
