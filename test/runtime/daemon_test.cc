#include "scheduler/runtime/daemon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "test/kube/fake_api_server.h"

namespace muster::runtime {
namespace {

using kube::FakeApiServer;
using ::testing::HasSubstr;

constexpr char kNode[] =
    R"({"type":"ADDED","object":{"metadata":{"name":"n1","uid":"un","resourceVersion":"1"},
        "spec":{},"status":{"allocatable":{"cpu":"4","memory":"8Gi","pods":"110"}}}})";
constexpr char kPod[] =
    R"({"type":"ADDED","object":{"metadata":{"name":"p1","namespace":"ns","uid":"up",
        "resourceVersion":"2"},"spec":{"schedulerName":"muster","containers":[{"name":"c",
        "resources":{"requests":{"cpu":"1","memory":"1Gi"}}}]},"status":{"phase":"Pending"}}})";
constexpr char kEnd[] =
    R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"5",
        "annotations":{"k8s.io/initial-events-end":"true"}}}})";

Configuration OnAnyPort() {
  Configuration configuration;
  configuration.listen.port = 0;
  configuration.leader_election.leader_elect = false;
  return configuration;
}

std::string Get(const Daemon& daemon, const char* path) {
  auto answer = httplib::Client("127.0.0.1", daemon.port()).Get(path);
  return answer ? std::to_string(answer->status) + " " + answer->body : "no answer";
}

TEST(Daemon, BindsAPodThatFitsAndIsReady) {
  std::mutex mutex;
  std::condition_variable bound;
  std::optional<std::string> bind_body;
  FakeApiServer server([&](const FakeApiServer::Request& request) {
    if (request.method == "GET" && request.target.starts_with("/api/v1/nodes")) {
      return FakeApiServer::Answer{200, "", {}, {kNode, kEnd}, true};
    }
    if (request.method == "GET" && request.target.starts_with("/api/v1/pods")) {
      return FakeApiServer::Answer{200, "", {}, {kPod, kEnd}, true};
    }
    if (request.method == "GET") {
      return FakeApiServer::Answer{200, "", {}, {kEnd}, true};  // none of this kind
    }
    if (request.target.find("/pods/p1/binding") != std::string::npos) {
      std::lock_guard lock(mutex);
      bind_body = request.body;
      bound.notify_all();
    }
    return FakeApiServer::Answer{201, "{}", {}, {}, false};
  });
  auto daemon = Daemon::Start(OnAnyPort(), server.Access(), {});
  ASSERT_TRUE(daemon.ok()) << daemon.status();
  std::unique_lock lock(mutex);
  bound.wait(lock, [&] { return bind_body.has_value(); });
  EXPECT_THAT(*bind_body, HasSubstr("\"uid\":\"up\""));
  EXPECT_THAT(*bind_body, HasSubstr("\"name\":\"n1\""));
  lock.unlock();
  while (Get(**daemon, "/readyz") != "200 ok\n") std::this_thread::yield();
  EXPECT_EQ(Get(**daemon, "/livez"), "200 ok\n");
  EXPECT_THAT(Get(**daemon, "/metrics"), HasSubstr("muster_nodes 1\n"));
}

TEST(Daemon, AStandbyIsReadyAndBindsNothing) {
  FakeApiServer server([&](const FakeApiServer::Request& request) {
    if (request.target.find("/leases/") != std::string::npos) {
      return FakeApiServer::Answer{
          200,
          R"({"metadata":{"resourceVersion":"1"},"spec":{"holderIdentity":"other",
              "leaseDurationSeconds":2000000000,"renewTime":"r"}})",
          {},
          {},
          false};
    }
    const bool pods = request.target.starts_with("/api/v1/pods");
    if (request.target.starts_with("/api/v1/nodes")) {
      return FakeApiServer::Answer{200, "", {}, {kNode, kEnd}, true};
    }
    if (pods) return FakeApiServer::Answer{200, "", {}, {kPod, kEnd}, true};
    return FakeApiServer::Answer{200, "", {}, {kEnd}, true};
  });
  Configuration configuration = OnAnyPort();
  configuration.leader_election.leader_elect = true;
  configuration.leader_election.resource_namespace = "ns";
  auto daemon = Daemon::Start(configuration, server.Access(), {});
  ASSERT_TRUE(daemon.ok()) << daemon.status();
  const std::string ready = "200 ok: standby; the lease is held by other\n";
  while (Get(**daemon, "/readyz") != ready) std::this_thread::yield();
  // The node is in the model, so what came before it was processed; the pod could have been bound.
  while (Get(**daemon, "/metrics").find("muster_nodes 1\n") == std::string::npos) {
    std::this_thread::yield();
  }
  EXPECT_EQ(Get(**daemon, "/livez"), "200 ok\n");
  EXPECT_THAT(Get(**daemon, "/metrics"), HasSubstr("muster_leader 0\n"));
  daemon->reset();
  for (const FakeApiServer::Request& request : server.Requests()) EXPECT_EQ(request.method, "GET");
}

TEST(Daemon, AServerThatRefusesTheTokenLeavesItAliveAndNotReady) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{401, "{}", {}, {}, false};
  });
  auto daemon = Daemon::Start(OnAnyPort(), server.Access(), {});
  ASSERT_TRUE(daemon.ok()) << daemon.status();
  std::string expected = "503 ";
  for (const kube::WatchedResource& resource : kube::AllWatchedResources()) {
    expected += resource.name + ": not synced: 401 Unauthorized: the token was refused\n";
  }
  while (Get(**daemon, "/readyz") != expected) std::this_thread::yield();
  EXPECT_EQ(Get(**daemon, "/healthz"), "200 ok\n");
}

TEST(Daemon, AnAddressThatIsTakenStopsTheStart) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{401, "{}", {}, {}, false};
  });
  auto first = Daemon::Start(OnAnyPort(), server.Access(), {});
  ASSERT_TRUE(first.ok());
  Configuration same = OnAnyPort();
  same.listen.port = (*first)->port();
  EXPECT_FALSE(Daemon::Start(same, server.Access(), {}).ok());
}

}  // namespace
}  // namespace muster::runtime
