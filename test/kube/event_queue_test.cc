#include "scheduler/kube/event_queue.h"

#include <gtest/gtest.h>

#include <thread>

namespace muster::kube {
namespace {

using std::chrono::hours;
using std::chrono::nanoseconds;

core::Event Answer(core::CallId call) { return core::CallCompleted{call, {}}; }
core::CallId CallOf(const core::Event& event) { return std::get<core::CallCompleted>(event).call; }

TEST(EventQueue, ABatchKeepsTheOrderAndItsLimit) {
  EventQueue queue(10);
  const std::stop_token never;
  for (core::CallId call = 1; call <= 3; ++call) queue.Push(Answer(call), never);
  auto batch = queue.PopBatch(2, nanoseconds(0), never);
  ASSERT_EQ(batch.size(), 2u);
  EXPECT_EQ(CallOf(batch[0]), 1u);
  EXPECT_EQ(CallOf(batch[1]), 2u);
  EXPECT_EQ(queue.PopBatch(2, nanoseconds(0), never).size(), 1u);
  EXPECT_TRUE(queue.PopBatch(2, nanoseconds(0), never).empty());
}

TEST(EventQueue, APusherWaitsForRoomAndIsCounted) {
  EventQueue queue(1);
  const std::stop_token never;
  queue.Push(Answer(1), never);
  std::jthread pusher([&] { queue.Push(Answer(2), never); });
  core::CallId last = 0;
  while (last != 2) {
    for (const core::Event& event : queue.PopBatch(1, hours(1), never)) last = CallOf(event);
  }
  EXPECT_LE(queue.Statistics().depth_max, 1u);
}

TEST(EventQueue, AStopEndsAWaitingPusherAndAWaitingPopper) {
  EventQueue queue(1);
  std::stop_source stop;
  queue.Push(Answer(1), stop.get_token());
  bool pushed = true;
  std::jthread pusher([&] { pushed = queue.Push(Answer(2), stop.get_token()); });
  stop.request_stop();
  pusher.join();
  EXPECT_FALSE(pushed);
  queue.PopBatch(1, nanoseconds(0), stop.get_token());
  EXPECT_TRUE(queue.PopBatch(1, hours(1), stop.get_token()).empty());
}

TEST(EventQueue, AnAnswerNeverWaits) {
  EventQueue queue(1);
  const std::stop_token never;
  queue.Push(Answer(1), never);
  queue.PushAnswer(Answer(2));
  EXPECT_EQ(queue.Statistics().depth, 2u);
}

}  // namespace
}  // namespace muster::kube
