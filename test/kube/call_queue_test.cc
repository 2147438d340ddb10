#include "scheduler/kube/call_queue.h"

#include <gtest/gtest.h>

namespace muster::kube {
namespace {

core::Effect Fetch(core::CallId call) { return core::FetchPod{call, {"ns", "p"}}; }
core::CallId CallOf(const CallQueue::Call& call) {
  return std::get<core::FetchPod>(call.effect).call;
}

TEST(CallQueue, OneObjectHasOneCallInFlightAndKeepsItsOrder) {
  CallQueue queue(10);
  queue.Add("a", Fetch(1));
  queue.Add("a", Fetch(2));
  queue.Add("b", Fetch(3));
  EXPECT_EQ(CallOf(*queue.Take()), 1u);
  EXPECT_EQ(CallOf(*queue.Take()), 3u);
  EXPECT_FALSE(queue.Take().has_value());
  queue.Done("a");
  EXPECT_EQ(CallOf(*queue.Take()), 2u);
  queue.Done("a");
  queue.Done("b");
  EXPECT_FALSE(queue.Take().has_value());
  EXPECT_EQ(queue.waiting(), 0u);
}

TEST(CallQueue, AnEffectAddedWhileItsObjectIsBusyWaitsForIt) {
  CallQueue queue(10);
  queue.Add("a", Fetch(1));
  queue.Take();
  queue.Add("a", Fetch(2));
  EXPECT_FALSE(queue.Take().has_value());
  queue.Done("a");
  EXPECT_EQ(CallOf(*queue.Take()), 2u);
}

TEST(CallQueue, AFullQueueTakesNothing) {
  CallQueue queue(2);
  EXPECT_TRUE(queue.Add("a", Fetch(1)));
  EXPECT_TRUE(queue.Add("b", Fetch(2)));
  EXPECT_FALSE(queue.Add("c", Fetch(3)));
  queue.Take();
  EXPECT_TRUE(queue.Add("c", Fetch(3)));
}

}  // namespace
}  // namespace muster::kube
