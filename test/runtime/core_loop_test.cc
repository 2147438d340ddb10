#include "scheduler/runtime/core_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace muster::runtime {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CoreLoopTest : public ::testing::Test {
 protected:
  CoreLoopParts Parts() {
    return {.step =
                [this](Time now, std::span<const core::Event> events) {
                  step_times_.push_back(now);
                  step_sizes_.push_back(events.size());
                  return std::exchange(next_result_, {});
                },
            .statistics =
                [this] {
                  core::CoreStatistics statistics;
                  statistics.nodes = step_sizes_.size();
                  return statistics;
                },
            .synced = [] { return true; },
            .submit =
                [this](const std::vector<core::Effect>& effects) { submitted_ += effects.size(); },
            .now = [this] { return now_; }};
  }

  Time now_{seconds(1000)};
  core::StepResult next_result_;
  std::vector<Time> step_times_;
  std::vector<std::size_t> step_sizes_;
  std::size_t submitted_ = 0;
  std::stop_source stop_;
  kube::EventQueue queue_{100};
  CoreLoop loop_{queue_, Parts()};
};

TEST_F(CoreLoopTest, EventsThatWaitAreStepsOfOneBatchAndEffectsAreSubmitted) {
  for (int i = 0; i < 3; ++i) queue_.PushAnswer(core::CallCompleted{1, {}});
  next_result_.effects.push_back(core::FetchPod{1, {"ns", "p"}});
  loop_.Turn(stop_.get_token());
  EXPECT_THAT(step_sizes_, ElementsAre(3u));
  EXPECT_EQ(submitted_, 1u);
  EXPECT_TRUE(loop_.Status().synced);
  EXPECT_EQ(loop_.Status().statistics.nodes, 1u);
}

TEST_F(CoreLoopTest, ManyStepsInAMomentAreCountedOnceAndTheLastIsNotForgotten) {
  for (int i = 0; i < 5; ++i) {
    queue_.PushAnswer(core::CallCompleted{1, {}});
    loop_.Turn(stop_.get_token());
    EXPECT_EQ(loop_.Status().statistics.nodes, 1u);
  }
  now_ += std::chrono::milliseconds(100);
  loop_.Turn(stop_.get_token());  // nothing has come: it does not wait for more
  EXPECT_EQ(step_sizes_.size(), 5u);
  EXPECT_EQ(loop_.Status().statistics.nodes, 5u);
}

TEST_F(CoreLoopTest, AStepIsTakenAtItsWakeUpTimeEvenWithoutEvents) {
  queue_.PushAnswer(core::CallCompleted{1, {}});
  next_result_.wake_at = now_ + seconds(5);
  loop_.Turn(stop_.get_token());
  now_ += seconds(5);
  loop_.Turn(stop_.get_token());
  EXPECT_THAT(step_sizes_, ElementsAre(1u, 0u));
  EXPECT_EQ(step_times_.back(), now_);
}

TEST_F(CoreLoopTest, ALoopThatDoesNotComeAroundForAMinuteIsStuck) {
  EXPECT_TRUE(loop_.Liveness(now_ + seconds(60)).ok);
  const http::ProbeAnswer answer = loop_.Liveness(now_ + seconds(61));
  EXPECT_FALSE(answer.ok);
  EXPECT_THAT(answer.text, HasSubstr("has not come around for 1m1s"));
  now_ += seconds(61);
  queue_.PushAnswer(core::CallCompleted{1, {}});
  loop_.Turn(stop_.get_token());
  EXPECT_TRUE(loop_.Liveness(now_).ok);
}

TEST_F(CoreLoopTest, AStopEndsTheLoopWithoutAStep) {
  queue_.PushAnswer(core::CallCompleted{1, {}});
  stop_.request_stop();
  loop_.Run(stop_.get_token());
  EXPECT_TRUE(step_sizes_.empty());
}

}  // namespace
}  // namespace muster::runtime
