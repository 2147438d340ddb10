#include "scheduler/kube/reflector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "test/kube/fake_api_server.h"
#include "test/kube/raw_server.h"
#include "test/kube/temporary_folder.h"
#include "test/kube/wire_form.h"

namespace muster::kube {
namespace {

using Answer = FakeApiServer::Answer;
using Request = FakeApiServer::Request;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Pod(const std::string& name, const std::string& uid, int version) {
  return R"({"metadata":{"name":")" + name + R"(","namespace":"ns","uid":")" + uid +
         R"(","resourceVersion":")" + std::to_string(version) + R"("},"spec":{}})";
}

std::string Change(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

std::string Bookmark(int version, bool end) {
  return R"({"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":")" +
         std::to_string(version) + "\"" +
         (end ? R"(,"annotations":{"k8s.io/initial-events-end":"true"})" : "") + "}}}\n";
}

bool IsWatchList(const Request& request) {
  return request.target.find("sendInitialEvents=true") != std::string::npos;
}
bool IsWatch(const Request& request) {
  return request.target.find("watch=true") != std::string::npos && !IsWatchList(request);
}

/// What the core would see, in words.
std::string Describe(const core::Event& event) {
  if (const auto* seen = std::get_if<core::PodObserved>(&event)) {
    return "+" + seen->pod.metadata.name + "/" + seen->pod.metadata.uid;
  }
  if (const auto* gone = std::get_if<core::PodGone>(&event)) {
    return "-" + gone->name.name + "/" + gone->uid;
  }
  return std::holds_alternative<core::ResourceSynced>(event) ? "synced" : "other";
}

class Rig {
 public:
  explicit Rig(ClusterAccess access, ReflectorOptions options = {},
               WatchedResource resource = WatchedPods())
      : access_(std::move(access)),
        tokens_(access_),
        reflector_(std::move(resource), access_, tokens_, queue_, options) {}

  std::vector<std::string> Await(std::size_t count) {
    std::vector<std::string> words;
    while (words.size() < count) {
      for (const core::Event& event : queue_.PopBatch(1, std::chrono::hours(1), {})) {
        words.push_back(Describe(event));
      }
    }
    return words;
  }

  void Confirm() { reflector_.Confirm(); }
  ReflectorStatistics Statistics() { return reflector_.Statistics(); }

  std::string AwaitProblem() {
    while (Statistics().problem.empty()) std::this_thread::yield();
    return Statistics().problem;
  }

 private:
  EventQueue queue_{2};  // small on purpose: the reader has to wait for us
  ClusterAccess access_;
  TokenSource tokens_;
  Reflector reflector_;
};

TEST(Reflector, AWatchListThenItsChangesReachTheCoreInOrder) {
  FakeApiServer server([](const Request&) {
    return Answer{200,
                  "",
                  {},
                  {Change("ADDED", Pod("b", "u2", 12)) + Change("ADDED", Pod("a", "u1", 11)),
                   Bookmark(20, true), Change("MODIFIED", Pod("a", "u1", 21)),
                   Change("DELETED", Pod("b", "u2", 22)), Bookmark(30, false)},
                  true};
  });
  Rig rig(server.Access());
  EXPECT_THAT(rig.Await(5), ElementsAre("+b/u2", "+a/u1", "synced", "+a/u1", "-b/u2"));
  while (rig.Statistics().bookmarks < 2) std::this_thread::yield();
  const ReflectorStatistics statistics = rig.Statistics();
  EXPECT_TRUE(statistics.synced);
  EXPECT_TRUE(statistics.in_contact);
  EXPECT_EQ(statistics.objects, 1u);
  EXPECT_THAT(server.Requests().at(0).target,
              HasSubstr("fieldSelector=status.phase!=Succeeded,status.phase!=Failed"));
}

bool AsksForTheVersion(const Request& request) {
  return request.target.find("metadata.name=muster-asks-for-the-version") != std::string::npos;
}

/// Of a resource with too many objects to list them again.
ReflectorOptions OfStandby() {
  ReflectorOptions options;
  options.synced_after_confirm = true;
  options.relist_objects_max = 0;
  return options;
}

TEST(Reflector, AStandbyIsSyncedOnlyWhenWhatHappenedBeforeConfirmWasShown) {
  int watches = 0;
  FakeApiServer server([&](const Request& request) {
    if (IsWatchList(request)) {
      return Answer{200, "", {}, {Change("ADDED", Pod("a", "u1", 11)), Bookmark(20, true)}, true};
    }
    if (AsksForTheVersion(request)) {
      return Answer{200, R"({"metadata":{"resourceVersion":"40"},"items":[]})", {}, {}, false};
    }
    ++watches;
    return Answer{200, "", {}, {Change("ADDED", Pod("b", "u2", 30)), Bookmark(40, false)}, true};
  });
  Rig rig(server.Access(), OfStandby());
  EXPECT_THAT(rig.Await(1), ElementsAre("+a/u1"));
  while (!rig.Statistics().synced) std::this_thread::yield();
  EXPECT_FALSE(rig.Statistics().confirmed);
  rig.Confirm();
  EXPECT_THAT(rig.Await(2), ElementsAre("+b/u2", "synced"));
  while (!rig.Statistics().confirmed) std::this_thread::yield();
  const auto requests = server.Requests();
  ASSERT_EQ(requests.size(), 3u);  // no second list
  EXPECT_THAT(requests.at(2).target, HasSubstr("timeoutSeconds=3"));
  EXPECT_THAT(requests.at(2).target, HasSubstr("resourceVersion=20"));
}

TEST(Reflector, AStandbyWithFewObjectsListsThemAgainAfterConfirm) {
  std::atomic<int> lists = 0;
  FakeApiServer server([&](const Request&) {
    // The change of the second list is one that the first watch did not show in time.
    const bool is_first = ++lists == 1;
    const std::string seen = Change("ADDED", Pod("a", "u1", 11));
    return Answer{200,
                  "",
                  {},
                  {is_first ? seen + Bookmark(20, true)
                            : seen + Change("ADDED", Pod("b", "u2", 30)) + Bookmark(40, true)},
                  true};
  });
  ReflectorOptions options = OfStandby();
  options.relist_objects_max = 1;
  Rig rig(server.Access(), options);
  EXPECT_THAT(rig.Await(1), ElementsAre("+a/u1"));
  while (!rig.Statistics().synced) std::this_thread::yield();
  rig.Confirm();
  EXPECT_THAT(rig.Await(2), ElementsAre("+b/u2", "synced"));
  const auto requests = server.Requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_TRUE(IsWatchList(requests.at(1)));
}

TEST(Reflector, AConfirmDuringTheFirstListBeginsItAnew) {
  std::atomic<bool> confirmed = false;
  FakeApiServer server([&](const Request& request) {
    if (IsWatchList(request)) {
      while (!confirmed) std::this_thread::yield();
      return Answer{200, "", {}, {Change("ADDED", Pod("a", "u1", 11)), Bookmark(20, true)}, true};
    }
    if (AsksForTheVersion(request)) {
      return Answer{200, R"({"metadata":{"resourceVersion":"20"},"items":[]})", {}, {}, false};
    }
    return Answer{200, "", {}, {}, true};
  });
  Rig rig(server.Access(), OfStandby());
  rig.Confirm();
  confirmed = true;
  EXPECT_THAT(rig.Await(2), ElementsAre("+a/u1", "synced"));
}

TEST(Reflector, AServerWithoutWatchListIsListedInPagesAndThenWatched) {
  FakeApiServer server([](const Request& request) {
    if (IsWatchList(request)) return Answer{422, R"({"reason":"Invalid"})", {}, {}, false};
    if (IsWatch(request)) {
      return Answer{200, "", {}, {Change("ADDED", Pod("c", "u3", 60))}, true};
    }
    const bool first = request.target.find("continue=") == std::string::npos;
    return Answer{
        200,
        first ? R"({"metadata":{"resourceVersion":"50","continue":"t/+="},"items":[)" +
                    Pod("a", "u1", 1) + "]}"
              : R"({"metadata":{"resourceVersion":"50"},"items":[)" + Pod("b", "u2", 2) + "]}",
        {},
        {},
        false};
  });
  Rig rig(server.Access());
  EXPECT_THAT(rig.Await(4), ElementsAre("+a/u1", "+b/u2", "synced", "+c/u3"));
  EXPECT_THAT(server.Requests().at(2).target, HasSubstr("continue=t/+="));
  EXPECT_THAT(server.Requests().at(3).target, HasSubstr("resourceVersion=50"));
}

TEST(Reflector, AnExpiredVersionListsAgainAndReportsTheVanished) {
  int streams = 0;
  FakeApiServer server([&](const Request&) {
    if (++streams == 1) {
      return Answer{
          200,
          "",
          {},
          {Change("ADDED", Pod("a", "u1", 11)) + Change("ADDED", Pod("b", "u2", 12)) +
               Bookmark(20, true),
           R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})"},
          false};
    }
    return Answer{200, "", {}, {Change("ADDED", Pod("b", "u3", 33)) + Bookmark(40, true)}, true};
  });
  Rig rig(server.Access());
  EXPECT_THAT(rig.Await(6), ElementsAre("+a/u1", "+b/u2", "synced", "-b/u2", "+b/u3", "-a/u1"));
  while (rig.Statistics().full_lists < 2) std::this_thread::yield();
  EXPECT_THAT(server.Requests().at(1).target, HasSubstr("resourceVersion=20"));
  EXPECT_EQ(rig.Statistics().lists_after_expiry, 1u);
}

/// A pod's event as a frame.
std::string Framed(const std::string& type, const std::string& name, const std::string& uid,
                   int version, const std::string& annotation = "") {
  std::string metadata =
      FieldOf(1, name) + FieldOf(3, "ns") + FieldOf(5, uid) + FieldOf(6, std::to_string(version));
  if (!annotation.empty()) {
    metadata += FieldOf(12, FieldOf(1, annotation) + FieldOf(2, "true"));
  }
  return WithLength(EventOf(type, BodyOf("Pod", FieldOf(1, metadata) + FieldOf(2, ""))));
}

TEST(Reflector, AServerThatSpeaksProtobufIsUnderstoodHoweverItsBytesAreCut) {
  const std::string first = Framed("ADDED", "a", "u1", 11) + Framed("ADDED", "b", "u2", 12) +
                            Framed("BOOKMARK", "", "", 20, "k8s.io/initial-events-end");
  const std::string expired =
      WithLength(EventOf("ERROR", BodyOf("Status", FieldOf(4, "Expired") + "\x30\x9A\x03")));
  std::atomic<int> calls = 0;
  FakeApiServer server([&](const Request&) {
    switch (++calls) {
      case 1:
        return Answer{200, "", {}, {first.substr(0, 2), first.substr(2), expired}, false};
      case 2:  // the same as an answer that is no stream
        return Answer{410, BodyOf("Status", FieldOf(4, "Expired") + "\x30\x9A\x03"), {}, {}, false};
      default:
        return Answer{200,
                      "",
                      {},
                      {Framed("ADDED", "b", "u3", 33) +
                       Framed("BOOKMARK", "", "", 40, "k8s.io/initial-events-end")},
                      true};
    }
  });
  Rig rig(server.Access());
  EXPECT_THAT(rig.Await(6), ElementsAre("+a/u1", "+b/u2", "synced", "-b/u2", "+b/u3", "-a/u1"));
  EXPECT_EQ(rig.Statistics().decode_errors, 0u);
  EXPECT_EQ(calls, 3);
}

TEST(Reflector, AStreamThatEndsIsResumedFromTheLastBookmark) {
  int streams = 0;
  FakeApiServer server([&](const Request&) {
    if (++streams == 1)
      return Answer{200, "", {}, {Bookmark(20, true) + Bookmark(25, false)}, false};
    return Answer{200, "", {}, {Change("ADDED", Pod("a", "u1", 26))}, true};
  });
  Rig rig(server.Access());
  EXPECT_THAT(rig.Await(2), ElementsAre("synced", "+a/u1"));
  const Request resumed = server.Requests().at(1);
  EXPECT_THAT(resumed.target, HasSubstr("resourceVersion=25"));
  EXPECT_THAT(resumed.target, Not(HasSubstr("sendInitialEvents")));
}

TEST(Reflector, AnObjectThatCannotBeDecodedIsSkippedAndCounted) {
  FakeApiServer server([](const Request&) {
    return Answer{200,
                  "",
                  {},
                  {Change("ADDED", R"({"metadata":{"name":"x","uid":7,"resourceVersion":"1"}})") +
                   Change("ADDED", Pod("a", "u1", 2)) + Change("MOVED", Pod("a", "u1", 3)) +
                   Bookmark(20, true)},
                  true};
  });
  Rig rig(server.Access());
  EXPECT_THAT(rig.Await(2), ElementsAre("+a/u1", "synced"));
  EXPECT_EQ(rig.Statistics().decode_errors, 2u);
}

TEST(Reflector, ARefusedTokenIsReadAgainAtOnce) {
  TemporaryFolder folder;
  FakeApiServer server([&](const Request& request) {
    folder.Write("token", "new");
    if (request.authorization != "Bearer new") return Answer{401, "{}", {}, {}, false};
    return Answer{200, "", {}, {Bookmark(20, true)}, true};
  });
  ClusterAccess access = server.Access();
  access.token_file = folder.Write("token", "old");
  Rig rig(access);
  EXPECT_THAT(rig.Await(1), ElementsAre("synced"));
  EXPECT_EQ(server.Requests().size(), 2u);
}

TEST(Reflector, WhatIsWrongIsSaidInWords) {
  FakeApiServer unauthorized([](const Request&) { return Answer{401, "{}", {}, {}, false}; });
  EXPECT_EQ(Rig(unauthorized.Access()).AwaitProblem(), "401 Unauthorized: the token was refused");
  FakeApiServer forbidden([](const Request&) {
    return Answer{403, R"({"reason":"Forbidden","message":"pods is forbidden"})", {}, {}, false};
  });
  EXPECT_EQ(Rig(forbidden.Access()).AwaitProblem(), "403 Forbidden: pods is forbidden");
  EXPECT_THAT(Rig(AccessToNobody()).AwaitProblem(), HasSubstr("not sent: "));
}

WatchedResource ThatCanBeMissed() {
  WatchedResource resource = WatchedPods();
  resource.can_be_missed = true;
  return resource;
}

Answer Refused() {
  return {403, R"({"reason":"Forbidden","message":"is forbidden"})", {}, {}, false};
}

TEST(Reflector, WhatMayNotBeReadAndCanBeMissedIsGoneWithoutUntilItMay) {
  std::atomic<bool> may_read = false;
  FakeApiServer server([&](const Request&) {
    if (!may_read) return Refused();
    return Answer{200, "", {}, {Change("ADDED", Pod("a", "u1", 11)), Bookmark(20, true)}, true};
  });
  Rig rig(server.Access(), {}, ThatCanBeMissed());
  EXPECT_THAT(rig.Await(1), ElementsAre("synced"));
  EXPECT_TRUE(rig.Statistics().missed);
  EXPECT_FALSE(rig.Statistics().synced);
  may_read = true;
  EXPECT_THAT(rig.Await(1), ElementsAre("+a/u1"));
  while (!rig.Statistics().synced) std::this_thread::yield();
  EXPECT_FALSE(rig.Statistics().missed);
}

TEST(Reflector, AStandbyGoesOnWithoutWhatItMayNotReadOnlyWhenItLeads) {
  std::atomic<bool> may_read = false;
  FakeApiServer server([&](const Request& request) {
    if (!may_read) return Refused();
    if (AsksForTheVersion(request)) {
      return Answer{200, R"({"metadata":{"resourceVersion":"20"},"items":[]})", {}, {}, false};
    }
    return Answer{200, "", {}, {Change("ADDED", Pod("a", "u1", 11)), Bookmark(20, true)}, true};
  });
  Rig rig(server.Access(), OfStandby(), ThatCanBeMissed());
  while (!rig.Statistics().missed) std::this_thread::yield();
  rig.Confirm();
  EXPECT_THAT(rig.Await(1), ElementsAre("synced"));  // without a wait for the next try
  Rig reader(server.Access(), OfStandby(), ThatCanBeMissed());
  while (!reader.Statistics().missed) std::this_thread::yield();
  may_read = true;
  EXPECT_THAT(reader.Await(1), ElementsAre("+a/u1"));  // and not "synced" before it
}

TEST(Reflector, OnlyWhatOnlyScoresReadCanBeMissed) {
  std::vector<std::string> names;
  for (const WatchedResource& resource : AllWatchedResources()) {
    if (resource.can_be_missed) names.push_back(resource.name);
  }
  EXPECT_THAT(names,
              ElementsAre("services", "replicationcontrollers", "replicasets", "statefulsets"));
}

TEST(Reflector, AnEventOverTheLimitEndsTheStreamAndIsSaid) {
  FakeApiServer server([](const Request&) {
    return Answer{200, "", {}, {Change("ADDED", Pod(std::string(5000, 'a'), "u", 1))}, true};
  });
  ReflectorOptions options;
  options.event_bytes_max = 1000;
  EXPECT_THAT(Rig(server.Access(), options).AwaitProblem(), HasSubstr("larger than 1000 bytes"));
}

}  // namespace
}  // namespace muster::kube
