#include "scheduler/kube/leader_elector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "test/kube/fake_api_server.h"

namespace muster::kube {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr char kPath[] = "/apis/coordination.k8s.io/v1/namespaces/ns/leases/muster";

/// An API server that keeps one Lease, with the rules of resourceVersion.
class LeaseServer {
 public:
  LeaseServer()
      : server_([this](const FakeApiServer::Request& request) { return Serve(request); }) {}

  ClusterAccess Access() const { return server_.Access(); }
  void RefuseAll(int status) { refused_ = status; }

  std::string Holder() {
    std::lock_guard lock(mutex_);
    return lease_.is_null() ? "none" : lease_["spec"]["holderIdentity"].get<std::string>();
  }
  int Version() {
    std::lock_guard lock(mutex_);
    return version_;
  }

 private:
  using Answer = FakeApiServer::Answer;

  Answer Serve(const FakeApiServer::Request& request) {
    if (refused_ != 0) return {refused_, R"({"message":"no"})", {}, {}, false};
    std::lock_guard lock(mutex_);
    if (request.method == "GET") {
      return lease_.is_null() ? Answer{404, "{}", {}, {}, false} : Shown(200);
    }
    json body = json::parse(request.body);
    if (request.method == "POST") {
      if (!lease_.is_null()) return {409, R"({"reason":"AlreadyExists"})", {}, {}, false};
      return Store(std::move(body), 201);
    }
    EXPECT_EQ(request.target, kPath);
    const bool same = body["metadata"]["resourceVersion"] == lease_["metadata"]["resourceVersion"];
    return same ? Store(std::move(body), 200)
                : Answer{409, R"({"reason":"Conflict"})", {}, {}, false};
  }

  Answer Store(json body, int status) {
    lease_ = std::move(body);
    lease_["metadata"]["resourceVersion"] = std::to_string(++version_);
    return Shown(status);
  }
  Answer Shown(int status) const { return {status, lease_.dump(), {}, {}, false}; }

  std::mutex mutex_;
  json lease_;       // guarded by mutex_
  int version_ = 0;  // guarded by mutex_
  std::atomic<int> refused_ = 0;
  FakeApiServer server_;
};

/// One replica. Its clock goes only when the test says so; its retries take real milliseconds.
class Replica {
 public:
  Replica(const LeaseServer& server, const std::string& identity)
      : access_(server.Access()),
        tokens_(access_),
        elector_(access_, tokens_, fence_, [this] { return Now(); },
                 {.times = {.lease_duration = seconds(15),
                            .renew_deadline = seconds(10),
                            .retry_period = milliseconds(1)},
                  .lease = {"ns", "muster"},
                  .identity = identity}) {
    elector_.Start({.on_leading = [this] { leading_ = true; },
                    .on_lost =
                        [this](const std::string& why) {
                          fence_was_open_ = fence_.IsOpen();
                          why_ = why;
                          lost_ = true;
                        }});
  }

  /// Lets the elector see the new time, so that no loop runs away from it.
  void Advance(Duration duration) {
    now_ = now_.load() + duration;
    const int before = reads_;
    while (reads_ < before + 2 && !lost_) std::this_thread::yield();
  }
  void AwaitLeading() const {
    while (!leading_) std::this_thread::yield();
  }
  /// Why it was lost.
  std::string AwaitLost() const {
    while (!lost_) std::this_thread::yield();
    EXPECT_FALSE(fence_was_open_);
    return why_;
  }
  bool leading() const { return leading_; }
  const WriteFence& fence() const { return fence_; }
  LeaderElector& elector() { return elector_; }

 private:
  Time Now() {
    ++reads_;
    return now_;
  }

  std::atomic<int> reads_ = 0;
  std::atomic<Time> now_{Time(seconds(1'000'000))};
  ClusterAccess access_;
  TokenSource tokens_;
  WriteFence fence_{[this] { return now_.load(); }};
  std::atomic<bool> leading_ = false;
  std::atomic<bool> lost_ = false;
  bool fence_was_open_ = true;
  std::string why_;
  LeaderElector elector_;
};

TEST(LeaderElector, TheFirstLeadsRenewsAndGivesBackWhenItMay) {
  LeaseServer server;
  Replica replica(server, "a");
  replica.AwaitLeading();
  EXPECT_TRUE(replica.fence().IsOpen());
  EXPECT_EQ(server.Holder(), "a");
  while (server.Version() < 3) replica.Advance(milliseconds(1));
  replica.elector().Stop(true);
  EXPECT_FALSE(replica.fence().IsOpen());
  EXPECT_EQ(server.Holder(), "");
  EXPECT_EQ(replica.elector().Statistics().role, LeaseRole::kReleased);
}

TEST(LeaderElector, ALeaseThatMayNotBeGivenBackIsKeptUntilItRunsOut) {
  LeaseServer server;
  Replica replica(server, "a");
  replica.AwaitLeading();
  replica.elector().Stop(false);
  EXPECT_FALSE(replica.fence().IsOpen());
  EXPECT_EQ(server.Holder(), "a");
}

TEST(LeaderElector, OneThatStandsByTakesOverWhatIsGivenBack) {
  LeaseServer server;
  Replica first(server, "a");
  first.AwaitLeading();
  Replica second(server, "b");
  while (second.elector().Statistics().holder != "a") std::this_thread::yield();
  EXPECT_FALSE(second.leading());
  EXPECT_FALSE(second.fence().IsOpen());
  EXPECT_TRUE(second.elector().Statistics().in_contact);
  first.elector().Stop(true);
  while (!second.leading()) second.Advance(milliseconds(1));
  EXPECT_EQ(server.Holder(), "b");
  while (second.elector().Statistics().transitions != 1) std::this_thread::yield();
}

TEST(LeaderElector, ALeaderWhoseRenewalsAreRefusedHasLostItWithTheFenceClosedBefore) {
  LeaseServer server;
  Replica replica(server, "a");
  replica.AwaitLeading();
  server.RefuseAll(503);
  while (replica.elector().Statistics().failed_tries == 0) replica.Advance(milliseconds(1));
  EXPECT_TRUE(replica.fence().IsOpen());
  replica.Advance(seconds(10));
  EXPECT_FALSE(replica.fence().IsOpen());  // by the time alone, whatever the elector does
  EXPECT_THAT(replica.AwaitLost(), HasSubstr("lease ns/muster: not renewed for 10s: 503"));
}

TEST(LeaderElector, AStandbyThatMayNotReadTheLeaseSaysSo) {
  LeaseServer server;
  server.RefuseAll(403);
  Replica replica(server, "a");
  while (replica.elector().Statistics().failed_tries == 0) std::this_thread::yield();
  const LeaderStatistics statistics = replica.elector().Statistics();
  EXPECT_EQ(statistics.role, LeaseRole::kStandby);
  EXPECT_FALSE(statistics.in_contact);
  EXPECT_THAT(statistics.problem, HasSubstr("403"));
}

TEST(WriteFence, IsClosedAtFirstAndOpenUntilItsTime) {
  Time now{seconds(100)};
  WriteFence fence([&] { return now; });
  EXPECT_FALSE(fence.IsOpen());
  fence.OpenUntil(now + seconds(1));
  EXPECT_TRUE(fence.IsOpen());
  now += seconds(1);
  EXPECT_FALSE(fence.IsOpen());
  fence.OpenForGood();
  now += std::chrono::hours(24 * 365);
  EXPECT_TRUE(fence.IsOpen());
  fence.Close();
  EXPECT_FALSE(fence.IsOpen());
}

}  // namespace
}  // namespace muster::kube
