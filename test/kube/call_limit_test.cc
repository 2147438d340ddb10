#include "scheduler/kube/call_limit.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace muster::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// Answers that come one after the other, each so long after its call.
class Server {
 public:
  explicit Server(const CallLimitOptions& options = {}) : limit_(options) {}

  std::size_t Answer(std::size_t count, nanoseconds latency, bool full = true) {
    for (std::size_t i = 0; i < count; ++i) {
      if (full) limit_.OnFull();
      now_ += milliseconds(1);
      limit_.OnAnswer(now_ - latency, now_);
    }
    return limit_.limit();
  }

  void Pass(nanoseconds time) { now_ += time; }
  CallLimit& limit() { return limit_; }
  CallLimit::SteadyTime now() const { return now_; }

 private:
  CallLimit limit_;
  CallLimit::SteadyTime now_{std::chrono::hours(1)};
};

TEST(CallLimit, BeginsInTheMiddleAndGrowsByOneAWindowUntilTheMaximum) {
  Server server;
  EXPECT_EQ(server.limit().limit(), 16u);
  EXPECT_EQ(server.Answer(15, milliseconds(5)), 16u);
  EXPECT_EQ(server.Answer(1, milliseconds(5)), 17u);
  EXPECT_EQ(server.Answer(17, milliseconds(5)), 18u);
  EXPECT_EQ(server.Answer(5000, milliseconds(5)), 32u);
}

TEST(CallLimit, DoesNotGrowWhileFewCallsAreWanted) {
  Server server;
  EXPECT_EQ(server.Answer(1000, milliseconds(5), /*full=*/false), 16u);
}

TEST(CallLimit, FallsByAQuarterWhenTheTypicalAnswerTakesTooManyTimesTheBest) {
  Server server;
  server.Answer(16, milliseconds(5));
  EXPECT_EQ(server.Answer(17, milliseconds(50)), 18u);  // ten times is allowed
  EXPECT_EQ(server.Answer(18, milliseconds(51)), 14u);
}

TEST(CallLimit, AFewSlowAnswersAreNoReason) {
  Server server;
  server.Answer(16, milliseconds(5));
  server.Answer(8, seconds(4));
  EXPECT_EQ(server.Answer(9, milliseconds(5)), 18u);
}

TEST(CallLimit, FastAnswersAreNeverTooSlow) {
  Server server;
  server.Answer(16, milliseconds(1));
  EXPECT_EQ(server.Answer(17, milliseconds(20)), 18u);
  EXPECT_EQ(server.Answer(18, milliseconds(21)), 14u);
}

TEST(CallLimit, CallsThatBeganBeforeADecreaseDoNotDecreaseAgain) {
  Server server;
  const CallLimit::SteadyTime before = server.now();
  server.Pass(milliseconds(10));
  server.limit().OnThrottled(before, server.now());
  EXPECT_EQ(server.limit().limit(), 8u);
  for (int i = 0; i < 100; ++i) {
    server.limit().OnThrottled(before, server.now());
    server.limit().OnAnswer(before, server.now());
  }
  EXPECT_EQ(server.limit().limit(), 8u);
  server.limit().OnThrottled(server.now(), server.now());
  EXPECT_EQ(server.limit().limit(), 4u);
}

TEST(CallLimit, StaysWithinItsBounds) {
  Server server;
  for (int i = 0; i < 10; ++i) {
    server.Pass(seconds(1));
    server.limit().OnThrottled(server.now(), server.now());
  }
  EXPECT_EQ(server.limit().limit(), 4u);
  server.Pass(seconds(1));
  EXPECT_EQ(server.Answer(100'000, milliseconds(5)), 32u);

  Server narrow({.min = 4, .max = 2});
  EXPECT_EQ(narrow.limit().limit(), 2u);
  narrow.limit().OnThrottled(narrow.now(), narrow.now());
  EXPECT_EQ(narrow.limit().limit(), 2u);
}

TEST(CallLimit, AServerThatIsSlowerForGoodIsTheNewMeasureAfterTenMinutes) {
  Server server;
  server.Answer(16, milliseconds(5));
  server.Answer(2000, milliseconds(100));
  EXPECT_EQ(server.limit().limit(), 4u);
  server.Pass(minutes(5));
  server.Answer(2000, milliseconds(100));
  EXPECT_EQ(server.limit().limit(), 4u);
  server.Pass(minutes(5));
  EXPECT_EQ(server.Answer(2000, milliseconds(100)), 32u);
}

/// A server with `workers` that take `service` each, and a queue before them: the limit settles
/// where all workers are busy and the queue is short.
TEST(CallLimit, SettlesBetweenIdleWorkersAndALongQueue) {
  constexpr std::size_t kWorkers = 2;
  constexpr milliseconds kService(4);
  Server server({.max = 1000});
  server.Answer(16, kService);  // a quiet moment
  std::size_t lowest = 1000;
  std::size_t highest = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::size_t in_flight = server.limit().limit();
    server.Answer(16, std::max<nanoseconds>(kService, kService * in_flight / kWorkers));
    if (i < 100) continue;
    lowest = std::min(lowest, server.limit().limit());
    highest = std::max(highest, server.limit().limit());
  }
  EXPECT_GE(lowest, 2 * kWorkers);
  EXPECT_LE(highest, 11 * kWorkers);
}

}  // namespace
}  // namespace muster::kube
