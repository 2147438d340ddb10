#include "scheduler/kube/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "test/kube/fake_api_server.h"
#include "test/kube/raw_server.h"
#include "test/kube/temporary_folder.h"

namespace muster::kube {
namespace {

using core::CallResult;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

core::Effect Bind(core::CallId call, const std::string& pod) {
  core::BindPod bind;
  bind.call = call;
  bind.pod = {"ns", pod};
  bind.uid = "u";
  bind.node = "n" + std::to_string(call);
  return bind;
}

DispatcherOptions Options() {
  DispatcherOptions options;
  options.reporter = {"muster", "muster-test"};
  return options;
}

/// A dispatcher and the queue that its answers come through.
class Rig {
 public:
  explicit Rig(ClusterAccess access, DispatcherOptions options = Options())
      : access_(std::move(access)),
        tokens_(access_),
        dispatcher_(access_, tokens_, queue_, std::move(options)) {}

  Dispatcher& dispatcher() { return dispatcher_; }

  std::vector<core::Event> Await(std::size_t count) {
    std::vector<core::Event> events;
    while (events.size() < count) {
      for (core::Event& event : queue_.PopBatch(100, std::chrono::hours(1), {})) {
        events.push_back(std::move(event));
      }
    }
    return events;
  }

  core::CallOutcome AwaitCompletion() {
    return std::get<core::CallCompleted>(Await(1).front()).outcome;
  }

 private:
  EventQueue queue_{1};
  ClusterAccess access_;
  TokenSource tokens_;
  Dispatcher dispatcher_;
};

TEST(Dispatcher, CallsOnOneObjectKeepTheirOrder) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{201, "{}", {}, {}, false};
  });
  Rig rig(server.Access());
  constexpr core::CallId kCalls = 100;
  std::vector<core::Effect> effects;
  for (core::CallId call = 1; call <= kCalls; ++call) {
    effects.push_back(Bind(call, "p" + std::to_string(call % 3)));
  }
  rig.dispatcher().Submit(std::move(effects));
  EXPECT_EQ(rig.Await(kCalls).size(), kCalls);
  std::map<std::string, int> last_node;
  for (const FakeApiServer::Request& request : server.Requests()) {
    const std::size_t at = request.body.find("\"name\":\"n");
    ASSERT_NE(at, std::string::npos);
    const int node = std::stoi(request.body.substr(at + 9));
    EXPECT_LT(last_node[request.target], node);
    last_node[request.target] = node;
  }
  EXPECT_EQ(last_node.size(), 3u);
}

TEST(Dispatcher, AStandInIsGoneBeforeItsExecutorIsBound) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{200, "{}", {}, {}, false};
  });
  Rig rig(server.Access());
  std::vector<core::Effect> effects;
  for (core::CallId call = 1; call <= 20; ++call) {
    const std::string executor = "exec-" + std::to_string(call);
    core::DeletePod deletion;
    deletion.call = 100 + call;
    deletion.pod = {"ns", "standin-" + std::to_string(call)};
    deletion.uid = "s";
    deletion.before = api::NamespacedName{"ns", executor};
    effects.emplace_back(deletion);
    effects.push_back(Bind(call, executor));
  }
  rig.dispatcher().Submit(std::move(effects));
  std::map<core::CallId, std::size_t> answered;
  for (const core::Event& event : rig.Await(40)) {
    answered.emplace(std::get<core::CallCompleted>(event).call, answered.size());
  }
  for (core::CallId call = 1; call <= 20; ++call) {
    EXPECT_LT(answered.at(100 + call), answered.at(call));
  }
}

TEST(Dispatcher, CreatesAndAnnotationsAreAnswered) {
  FakeApiServer server([](const FakeApiServer::Request& request) {
    const bool creates = request.body.find("stand-in") != std::string::npos;
    return FakeApiServer::Answer{creates ? 403 : 200, "{}", {}, {}, false};
  });
  Rig rig(server.Access());
  core::CreateStandIn creation;
  creation.call = 1;
  creation.pod.metadata.name = "a-stand-in";
  creation.pod.metadata.namespace_name = "ns";
  rig.dispatcher().Submit({creation});
  EXPECT_EQ(rig.AwaitCompletion().result, CallResult::kForbidden);
  rig.dispatcher().Submit({core::AnnotatePod{2, {"ns", "p"}, "u", {{"k", "v"}}}});
  EXPECT_EQ(rig.AwaitCompletion().result, CallResult::kOk);
}

TEST(Dispatcher, AnswersSayWhatHappened) {
  FakeApiServer server([](const FakeApiServer::Request& request) {
    static const std::map<std::string, int> status_of = {
        {"ok", 201}, {"gone", 404}, {"taken", 409}, {"broken", 500}, {"busy", 429}};
    for (const auto& [pod, status] : status_of) {
      if (request.target.find("/" + pod + "/") != std::string::npos) {
        return FakeApiServer::Answer{status, "{}", {}, {}, false};
      }
    }
    return FakeApiServer::Answer{418, "", {}, {}, false};
  });
  Rig rig(server.Access());
  const std::vector<std::pair<std::string, CallResult>> cases = {
      {"ok", CallResult::kOk},
      {"gone", CallResult::kNotFound},
      {"taken", CallResult::kConflict},
      {"broken", CallResult::kUnknown},
      {"busy", CallResult::kUnavailable}};
  for (const auto& [pod, expected] : cases) {
    rig.dispatcher().Submit({Bind(1, pod)});
    EXPECT_EQ(rig.AwaitCompletion().result, expected) << pod;
  }
  EXPECT_EQ(server.Requests().size(), cases.size());  // nothing was repeated
}

TEST(Dispatcher, APodIsDeletedOnlyWithTheUidThatItHadWhenItWasChosen) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{200, "{}", {}, {}, false};
  });
  Rig rig(server.Access());
  rig.dispatcher().Submit({core::DeletePod{1, {"ns", "victim"}, "u-1", "preemptor"}});
  EXPECT_EQ(rig.AwaitCompletion().result, CallResult::kOk);
  const FakeApiServer::Request request = server.Requests().at(0);
  EXPECT_EQ(request.method, "DELETE");
  EXPECT_EQ(request.target, "/api/v1/namespaces/ns/pods/victim?timeout=3s");
  EXPECT_EQ(json::parse(request.body), json::parse(R"({"apiVersion":"v1","kind":"DeleteOptions",
                                                      "preconditions":{"uid":"u-1"}})"));
}

TEST(Dispatcher, AVolumeIsKeptForAClaimOnlyInTheVersionThatWasRead) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{200, "{}", {}, {}, false};
  });
  Rig rig(server.Access());
  core::KeepVolume keep{1, "pv-1", "u-1", "42", {"ns", "data", "u-2"}, /*was_kept=*/false};
  rig.dispatcher().Submit({keep});
  EXPECT_EQ(rig.AwaitCompletion().result, CallResult::kOk);
  keep.was_kept = true;
  rig.dispatcher().Submit({keep});
  EXPECT_EQ(rig.AwaitCompletion().result, CallResult::kOk);

  const std::vector<FakeApiServer::Request> requests = server.Requests();
  json expected = json::parse(R"({"metadata":{"uid":"u-1","resourceVersion":"42",
      "annotations":{"pv.kubernetes.io/bound-by-controller":"yes"}},
      "spec":{"claimRef":{"apiVersion":"v1","kind":"PersistentVolumeClaim","namespace":"ns",
                          "name":"data","uid":"u-2"}}})");
  ASSERT_EQ(requests.size(), 2U);
  for (const FakeApiServer::Request& request : requests) {
    EXPECT_EQ(request.method, "PATCH");
    EXPECT_EQ(request.target, "/api/v1/persistentvolumes/pv-1?timeout=3s");
    EXPECT_EQ(json::parse(request.body), expected);
    expected["metadata"].erase("annotations");  // a person kept it: it is not marked as ours
  }
}

TEST(Dispatcher, WritesToOneVolumeKeepTheirOrderAndAConflictIsSaid) {
  std::atomic<int> answered = 0;
  FakeApiServer server([&](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{++answered % 2 == 1 ? 409 : 200, "{}", {}, {}, false};
  });
  Rig rig(server.Access());
  const core::KeepVolume first{1, "pv-1", "u", "1", {"ns", "a", "u-a"}, false};
  const core::KeepVolume second{2, "pv-1", "u", "2", {"ns", "b", "u-b"}, false};
  rig.dispatcher().Submit({first, second});
  const std::vector<core::Event> events = rig.Await(2);
  EXPECT_EQ(std::get<core::CallCompleted>(events[0]).call, 1U);
  EXPECT_EQ(std::get<core::CallCompleted>(events[0]).outcome.result, CallResult::kConflict);
  EXPECT_EQ(std::get<core::CallCompleted>(events[1]).call, 2U);
  EXPECT_EQ(std::get<core::CallCompleted>(events[1]).outcome.result, CallResult::kOk);
}

TEST(Dispatcher, ACutConnectionLeavesABindUnknownAndRefusalDoesNot) {
  RawServer server([](int) { return RawServer::Answer{"", true}; });
  Rig rig(server.Access());
  rig.dispatcher().Submit({Bind(1, "p")});
  EXPECT_EQ(rig.AwaitCompletion().result, CallResult::kUnknown);
  EXPECT_EQ(server.request_count(), 1);

  Rig nobody(AccessToNobody());
  nobody.dispatcher().Submit({Bind(1, "p")});
  EXPECT_EQ(nobody.AwaitCompletion().result, CallResult::kUnavailable);
  EXPECT_THAT(nobody.dispatcher().Statistics().problem, HasSubstr("not sent"));
}

TEST(Dispatcher, ARefusedTokenIsReadAgainAndTheCallRepeatedOnce) {
  TemporaryFolder folder;
  const std::string file = folder.Write("token", "old");
  FakeApiServer server([&](const FakeApiServer::Request& request) {
    folder.Write("token", "new");
    const bool good = request.authorization == "Bearer new";
    return FakeApiServer::Answer{good ? 201 : 401, "{}", {}, {}, false};
  });
  ClusterAccess access = server.Access();
  access.token_file = file;
  Rig rig(access);
  rig.dispatcher().Submit({Bind(1, "p")});
  EXPECT_EQ(rig.AwaitCompletion().result, CallResult::kOk);
  EXPECT_EQ(server.Requests().size(), 2u);
  EXPECT_EQ(rig.dispatcher().Statistics().tokens_refreshed, 1u);
}

TEST(Dispatcher, ATokenThatStaysRefusedIsReportedAfterTheSecondTry) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{401, "{}", {}, {}, false};
  });
  Rig rig(server.Access());
  rig.dispatcher().Submit({Bind(1, "p")});
  EXPECT_EQ(rig.AwaitCompletion().result, CallResult::kUnavailable);
  EXPECT_EQ(server.Requests().size(), 2u);
  EXPECT_THAT(rig.dispatcher().Statistics().problem, HasSubstr("401"));
}

TEST(Dispatcher, ReadsBringTheirObjects) {
  FakeApiServer server([](const FakeApiServer::Request& request) {
    const bool pod = request.target.find("/pods/") != std::string::npos;
    return FakeApiServer::Answer{
        200,
        pod ? R"({"metadata":{"name":"p","namespace":"ns","uid":"u"},"spec":{"nodeName":"n1"}})"
            : R"({"metadata":{"name":"c","namespace":"ns"},"data":{"k":"v"}})",
        {},
        {},
        false};
  });
  Rig rig(server.Access());
  rig.dispatcher().Submit({core::FetchPod{1, {"ns", "p"}}});
  EXPECT_EQ(std::get<core::PodFetched>(rig.Await(1).front()).pod->spec.node_name, "n1");
  rig.dispatcher().Submit({core::FetchConfigMap{2, {"ns", "c"}}});
  const auto events = rig.Await(1);
  const auto& fetched = std::get<core::ConfigMapFetched>(events.front());
  EXPECT_EQ(fetched.call, 2u);
  EXPECT_EQ(fetched.config_map->data.at("k"), "v");
}

TEST(Dispatcher, MoreCallsThanMayWaitAreRefusedAtOnce) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{201, "{}", {}, {}, false};
  });
  DispatcherOptions options = Options();
  options.calls_waiting_max = 0;
  Rig rig(server.Access(), options);
  rig.dispatcher().Submit({Bind(1, "p")});
  EXPECT_EQ(rig.AwaitCompletion().result, CallResult::kUnavailable);
  EXPECT_TRUE(server.Requests().empty());
}

TEST(Dispatcher, ANameThatIsNoPathIsInvalidAndDoesNotBlockTheNext) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{201, "{}", {}, {}, false};
  });
  Rig rig(server.Access());
  rig.dispatcher().Submit({Bind(1, ".."), Bind(2, "..")});
  for (const core::Event& event : rig.Await(2)) {
    EXPECT_EQ(std::get<core::CallCompleted>(event).outcome.result, CallResult::kInvalid);
  }
}

TEST(Dispatcher, NothingLeavesWhileTheFenceIsClosed) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{201, "{}", {}, {}, false};
  });
  std::atomic<bool> open = false;
  std::atomic<int> asked = 0;
  DispatcherOptions options = Options();
  options.may_write = [&] {
    ++asked;
    return open.load();
  };
  Rig rig(server.Access(), options);
  core::RecordEvent event;
  event.pod = {"ns", "p"};
  rig.dispatcher().Submit({Bind(1, "p"), event, core::FetchPod{2, {"ns", "p"}}});
  while (asked < 3) std::this_thread::yield();
  EXPECT_EQ(rig.dispatcher().Statistics().calls_waiting, 2u);
  EXPECT_TRUE(server.Requests().empty());
  open = true;
  EXPECT_EQ(rig.AwaitCompletion().result, CallResult::kOk);
  open = false;
  EXPECT_TRUE(rig.dispatcher().Stop());
}

TEST(Dispatcher, AFenceThatClosesBeforeTheBodyLeavesHoldsTheCallBack) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{201, "{}", {}, {}, false};
  });
  std::atomic<int> asked = 0;
  DispatcherOptions options = Options();
  // Every second time: whenever a call starts, the next question is that before its body.
  options.may_write = [&] { return ++asked % 2 == 1; };
  Rig rig(server.Access(), options);
  rig.dispatcher().Submit({Bind(1, "p")});
  const core::CallOutcome outcome = rig.AwaitCompletion();
  EXPECT_EQ(outcome.result, CallResult::kUnavailable);
  EXPECT_THAT(outcome.message, HasSubstr("held back"));
  EXPECT_TRUE(rig.dispatcher().Stop());
  EXPECT_TRUE(server.Requests().empty());
}

TEST(Dispatcher, AStopSaysWhetherAWriteMayStillTakeEffect) {
  FakeApiServer good([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{201, "{}", {}, {}, false};
  });
  Rig settled(good.Access());
  settled.dispatcher().Submit({Bind(1, "p")});
  settled.AwaitCompletion();
  EXPECT_TRUE(settled.dispatcher().Stop());

  RawServer cutting([](int) { return RawServer::Answer{"", true}; });
  Rig unsettled(cutting.Access());
  unsettled.dispatcher().Submit({Bind(1, "p")});
  EXPECT_EQ(unsettled.AwaitCompletion().result, CallResult::kUnknown);
  EXPECT_FALSE(unsettled.dispatcher().Stop());
}

TEST(Dispatcher, EventsAreSentBesideTheCallsAndWaitingOnesDoNotHoldUpTheEnd) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{201, "{}", {}, {}, false};
  });
  {
    Rig rig(server.Access());
    core::RecordEvent event;
    event.pod = {"ns", "p"};
    event.reason = "Scheduled";
    event.action = "Binding";
    rig.dispatcher().Submit({event, Bind(1, "p")});
    EXPECT_EQ(rig.AwaitCompletion().result, CallResult::kOk);
    while (rig.dispatcher().Statistics().finished[5][0] == 0) std::this_thread::yield();
  }
  EXPECT_EQ(server.Requests().size(), 2u);
}

TEST(Dispatcher, EventsLetBindsGoFirst) {
  constexpr core::CallId kPods = 200;
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{201, "{}", {}, {}, false};
  });
  DispatcherOptions options = Options();
  options.calls_in_flight_max = 2;
  Rig rig(server.Access(), std::move(options));
  std::vector<core::Effect> effects;
  for (core::CallId call = 1; call <= kPods; ++call) {
    core::RecordEvent event;
    event.pod = {"ns", "p" + std::to_string(call)};
    event.reason = "Scheduled";
    effects.emplace_back(event);
    effects.push_back(Bind(call, "p" + std::to_string(call)));
  }
  rig.dispatcher().Submit(std::move(effects));
  EXPECT_EQ(rig.Await(kPods).size(), kPods);
  while (rig.dispatcher().Statistics().finished[5][0] < kPods) std::this_thread::yield();

  std::size_t events_before_last_bind = 0;
  std::size_t binds = 0;
  for (const FakeApiServer::Request& request : server.Requests()) {
    const bool is_bind = request.target.find("/binding") != std::string::npos;
    if (is_bind) ++binds;
    if (!is_bind && binds < kPods) ++events_before_last_bind;
  }
  // Side by side they would be twice as many as the binds; four a second are few.
  EXPECT_LT(events_before_last_bind, kPods / 2);
}

}  // namespace
}  // namespace muster::kube
