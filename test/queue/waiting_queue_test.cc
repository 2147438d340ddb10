#include "scheduler/queue/waiting_queue.h"

#include <gtest/gtest.h>

namespace muster::queue {
namespace {

using namespace std::chrono_literals;

Rank At(const std::string& name, int priority, Duration created) {
  return {priority, Time(created), {"default", name}, "uid-" + name};
}

TEST(WaitingQueue, HigherPriorityComesFirstThenTheOlderThenTheName) {
  WaitingQueue queue;
  queue.Add(At("young", 0, 9s));
  queue.Add(At("b", 0, 5s));
  queue.Add(At("a", 0, 5s));
  queue.Add(At("important", 7, 9s));
  EXPECT_EQ(queue.PopActive(), "uid-important");
  EXPECT_EQ(queue.PopActive(), "uid-a");
  EXPECT_EQ(queue.PopActive(), "uid-b");
  EXPECT_EQ(queue.PopActive(), "uid-young");
  EXPECT_EQ(queue.PopActive(), std::nullopt);
}

TEST(WaitingQueue, AParkedGangComesBackWithItsOldRankWhenTheClusterHasChanged) {
  WaitingQueue queue;
  queue.Add(At("old", 0, 1s));
  ASSERT_EQ(queue.PopActive(), "uid-old");
  queue.Park("uid-old");
  queue.Add(At("young", 0, 2s));
  EXPECT_TRUE(queue.HasActive());
  queue.ActivateParked();
  EXPECT_EQ(queue.PopActive(), "uid-old");
}

TEST(WaitingQueue, AGangThatBacksOffWaitsForItsMomentWhateverTheClusterDoes) {
  WaitingQueue queue;
  queue.Add(At("a", 0, 1s));
  queue.BackOff("uid-a", Time(10s));
  queue.ActivateParked();
  queue.ActivateDue(Time(9s));
  EXPECT_FALSE(queue.HasActive());
  EXPECT_EQ(queue.NextDue(), Time(10s));
  queue.ActivateDue(Time(10s));
  EXPECT_EQ(queue.PopActive(), "uid-a");
  EXPECT_EQ(queue.NextDue(), std::nullopt);
}

TEST(WaitingQueue, ARemovedGangIsInNoPlace) {
  WaitingQueue queue;
  queue.Add(At("a", 0, 1s));
  queue.Add(At("b", 0, 1s));
  queue.BackOff("uid-a", Time(10s));
  queue.Park("uid-b");
  queue.Remove("uid-a");
  queue.Remove("uid-b");
  queue.ActivateDue(Time(20s));
  queue.ActivateParked();
  EXPECT_FALSE(queue.HasActive());
  EXPECT_EQ(queue.Size(), 0U);
}

}  // namespace
}  // namespace muster::queue
