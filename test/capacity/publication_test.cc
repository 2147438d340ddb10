#include "scheduler/capacity/publication.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "scheduler/capacity/stand_in.h"
#include "test/support/builders.h"

namespace muster::capacity {
namespace {

using namespace std::chrono_literals;
using State = Publication::State;
using Kind = Action::Kind;
using testing::MakePod;

constexpr Time kStart{std::chrono::seconds(1'767'225'600)};

/// The API server and the watch, without delay unless a test asks for some.
class Server {
 public:
  explicit Server(const CapacityOptions& options) : publication("spark", options) {}

  /// Runs what the publication wants until it is at rest; returns the kinds of the actions in
  /// order.
  std::vector<Kind> Run() {
    std::vector<Kind> done;
    for (int round = 0; round < 10; ++round) {
      const std::vector<Action> actions = publication.Reconcile(now);
      if (actions.empty()) break;
      for (const Action& action : actions) {
        done.push_back(action.kind);
        Perform(action);
      }
    }
    return done;
  }

  void Perform(const Action& action) {
    if (answer != Answer::kDone) {
      publication.OnAnswer(action, answer, "exceeded quota", now);
      return;
    }
    switch (action.kind) {
      case Kind::kCreate: {
        api::Pod pod = *action.pod;
        pod.metadata.uid = "uid-" + std::to_string(++uids_);
        pod.metadata.creation_timestamp = std::chrono::floor<std::chrono::seconds>(now);
        now += create_time;
        pods[action.name] = pod;
        break;
      }
      case Kind::kAnnotate:
        pods.at(action.name).metadata.annotations[std::string(kScaleUpDelayAnnotation)] =
            action.delay;
        break;
      case Kind::kAnnotateDriver:
        driver_delay = action.delay;
        break;
      case Kind::kStamp:
        pods.at(action.name).status.conditions = {{"PodScheduled", "False", "Unschedulable", ""}};
        break;
      case Kind::kDelete:
        pods.erase(action.name);
        break;
    }
    publication.OnAnswer(action, Answer::kDone, "", now);
    if (pods.contains(action.name)) {
      publication.OnSeen(pods.at(action.name));
    } else if (action.kind == Kind::kDelete) {
      publication.OnGone(action.name, now);
    }
  }

  /// By the server's clock, the second in which Cluster Autoscaler begins to look at each pod.
  std::map<Time, int> VisibleTimes() const {
    std::map<Time, int> times;
    for (const auto& [name, pod] : pods) {
      const auto delay =
          ParseDuration(pod.metadata.annotations.at(std::string(kScaleUpDelayAnnotation)));
      ++times[pod.metadata.creation_timestamp + *delay];
    }
    return times;
  }

  Publication publication;
  std::map<std::string, api::Pod> pods;
  Time now = kStart;
  Duration create_time{};
  Answer answer = Answer::kDone;
  std::string driver_delay;

 private:
  int uids_ = 0;
};

CapacityOptions For(Autoscaler autoscaler) {
  CapacityOptions options;
  options.autoscaler = autoscaler;
  return options;
}

Demand TenExecutors() {
  Demand demand;
  demand.driver.name = "pi-driver";
  demand.driver.namespace_name = "spark";
  demand.driver.uid = "0f2a1b3c-0000-4000-8000-000000000001";
  demand.driver.creation_timestamp = kStart - 100s;
  api::Pod pod = MakePod("", "4", "8Gi");
  pod.metadata.labels = {{std::string(kStandInLabel), "true"}, {std::string(kProfileLabel), "0"}};
  demand.sets.push_back({0, 10, pod});
  return demand;
}

std::vector<Kind> Times(Kind kind, std::size_t count) { return std::vector<Kind>(count, kind); }

std::vector<Kind> Join(std::initializer_list<std::vector<Kind>> parts) {
  std::vector<Kind> all;
  for (const std::vector<Kind>& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(Publication, CreatesAllThenDelaysTheDriverThenStampsAllAtOnce) {
  Server server(For(Autoscaler::kClusterAutoscaler));
  server.publication.Ask(server.now, TenExecutors());
  EXPECT_EQ(server.publication.state(), State::kPublished);
  EXPECT_FALSE(server.publication.IsAsked());
  EXPECT_EQ(server.Run(), Join({Times(Kind::kCreate, 10), Times(Kind::kAnnotateDriver, 1),
                                Times(Kind::kStamp, 10)}));
  EXPECT_TRUE(server.publication.IsAsked());
  EXPECT_EQ(server.publication.asked_count(), 1);
  // The driver is 100 s older than its stand-ins, and has to be left alone for as much longer.
  EXPECT_EQ(server.VisibleTimes().size(), 1U);
  EXPECT_EQ(kStart - 100s + *ParseDuration(server.driver_delay),
            server.VisibleTimes().begin()->first);
}

TEST(Publication, PodsCreatedInDifferentSecondsBecomeVisibleInTheSameOne) {
  Server server(For(Autoscaler::kClusterAutoscaler));
  server.create_time = 150ms;
  server.publication.Ask(server.now, TenExecutors());
  server.Run();
  ASSERT_TRUE(server.publication.IsAsked());
  EXPECT_EQ(server.VisibleTimes().size(), 1U);
  EXPECT_GT(server.VisibleTimes().begin()->first, server.now) << "after all were stamped";
}

TEST(Publication, ForKarpenterNothingIsAnnotated) {
  Server server(For(Autoscaler::kKarpenter));
  server.publication.Ask(server.now, TenExecutors());
  EXPECT_EQ(server.Run(), Join({Times(Kind::kCreate, 10), Times(Kind::kStamp, 10)}));
  for (const auto& [name, pod] : server.pods) EXPECT_TRUE(pod.metadata.annotations.empty());
}

TEST(Publication, SayingTheSameAgainDoesNothing) {
  Server server(For(Autoscaler::kClusterAutoscaler));
  server.publication.Ask(server.now, TenExecutors());
  server.Run();
  for (int i = 0; i < 100; ++i) {
    server.now += 1s;
    server.publication.Ask(server.now, TenExecutors());
    EXPECT_EQ(server.Run(), std::vector<Kind>());
  }
}

TEST(Publication, AGangThatWaitsForItsTurnAsksForNothing) {
  Server server(For(Autoscaler::kClusterAutoscaler));
  server.publication.Ask(server.now, TenExecutors());
  server.Run();
  server.publication.Hold();
  EXPECT_EQ(server.Run(), Times(Kind::kDelete, 10));
  EXPECT_TRUE(server.pods.empty());
  server.publication.Ask(server.now, TenExecutors());
  server.Run();
  EXPECT_EQ(server.pods.begin()->first, "pi-driver-0f2a1b3c-2-standin-1") << "the next generation";
}

TEST(Publication, ShrinksAsExecutorsComeAndAddsNothing) {
  Server server(For(Autoscaler::kClusterAutoscaler));
  server.publication.Ask(server.now, TenExecutors());
  server.Run();
  server.publication.Arrive();
  EXPECT_EQ(server.Run(), std::vector<Kind>()) << "they keep the new nodes from being removed";
  server.publication.Shrink(server.now, {{0, 10}}, false);
  EXPECT_EQ(server.Run(), std::vector<Kind>());
  server.publication.Shrink(server.now, {{0, 7}}, true);
  EXPECT_EQ(server.Run(), Times(Kind::kDelete, 3));
  EXPECT_TRUE(server.pods.contains("pi-driver-0f2a1b3c-1-standin-7"));
  EXPECT_FALSE(server.pods.contains("pi-driver-0f2a1b3c-1-standin-8"));
  server.publication.Shrink(server.now, {{0, 9}}, true);
  EXPECT_EQ(server.Run(), std::vector<Kind>());
  server.publication.Shrink(server.now, {{0, 0}}, true);
  EXPECT_EQ(server.Run(), Times(Kind::kDelete, 7));
  EXPECT_EQ(server.publication.CountStandIns(), 0U);
}

TEST(Publication, StandInsGiveWayWhenTheDriverRunsAndNoExecutorComes) {
  Server server(For(Autoscaler::kClusterAutoscaler));
  server.publication.Ask(server.now, TenExecutors());
  server.Run();
  server.publication.Shrink(server.now, {{0, 10}}, false);
  server.now += 10min;
  EXPECT_EQ(server.Run(), std::vector<Kind>()) << "its image may take long";
  server.publication.Shrink(server.now, {{0, 10}}, true);
  server.Run();
  ASSERT_TRUE(server.publication.WakeAt().has_value());
  server.now = *server.publication.WakeAt();
  EXPECT_EQ(server.Run(), Times(Kind::kDelete, 10));
}

TEST(Publication, GivesUpAfterTheTimeoutAndAsksAgainLater) {
  Server server(For(Autoscaler::kClusterAutoscaler));
  server.publication.Ask(server.now, TenExecutors());
  server.Run();
  server.now = *server.publication.WakeAt();
  EXPECT_EQ(server.now, kStart + 10min);
  EXPECT_EQ(server.Run(), Times(Kind::kDelete, 10));
  EXPECT_EQ(server.publication.state(), State::kExpired);
  server.publication.Ask(server.now, TenExecutors());
  EXPECT_EQ(server.publication.state(), State::kExpired) << "not before the back-off is over";
  server.now = server.publication.retry_at();
  server.publication.Ask(server.now, TenExecutors());
  server.Run();
  EXPECT_EQ(server.pods.size(), 10U);
  EXPECT_EQ(server.publication.asked_count(), 2);
}

TEST(Publication, NodesThatComeProlongTheWaitButNotForEver) {
  Server server(For(Autoscaler::kClusterAutoscaler));
  server.publication.Ask(server.now, TenExecutors());
  server.Run();
  while (server.publication.state() == State::kPublished && server.now < kStart + 2h) {
    server.now += 1min;
    server.publication.NoteNode(server.now, server.now);
    server.Run();
  }
  EXPECT_EQ(server.now, kStart + 30min);
}

TEST(Publication, WhileNodesComeClusterAutoscalerIsKeptFromAddingMore) {
  Server server(For(Autoscaler::kClusterAutoscaler));
  server.publication.Ask(server.now, TenExecutors());
  server.Run();
  server.now += 40s;
  server.publication.NoteNode(server.now, server.now);
  EXPECT_EQ(server.Run(), Join({Times(Kind::kAnnotate, 10), Times(Kind::kAnnotateDriver, 1)}));
  EXPECT_EQ(server.VisibleTimes(), (std::map<Time, int>{{server.now + 2min, 10}}));
  server.now += 30s;
  server.publication.NoteNode(server.now, server.now);
  EXPECT_EQ(server.Run(), std::vector<Kind>()) << "not for every node";
  server.now += 40s;
  server.publication.NoteNode(server.now, server.now);
  EXPECT_EQ(server.Run().size(), 11U);
}

TEST(Publication, NodesOfOthersDoNotKeepClusterAutoscalerFromLooking) {
  Server server(For(Autoscaler::kClusterAutoscaler));
  server.publication.Ask(server.now, TenExecutors());
  server.Run();
  server.now += 5s;
  server.publication.NoteNode(server.now, server.now);
  EXPECT_EQ(server.Run(), std::vector<Kind>()) << "it has not looked yet";
  for (int i = 0; i < 60; ++i) {
    server.now += 10s;
    server.publication.NoteNode(server.now, server.now);
    server.Run();
  }
  EXPECT_LE(server.VisibleTimes().begin()->first, kStart + 5min) << "not for ever";
}

TEST(Publication, WhatIsNotAllowedIsTakenBackAndNotTriedEndlessly) {
  Server server(For(Autoscaler::kClusterAutoscaler));
  server.publication.Ask(server.now, TenExecutors());
  const std::vector<Action> creates = server.publication.Reconcile(server.now);
  ASSERT_EQ(creates.size(), 10U);
  for (std::size_t i = 0; i < 4; ++i) server.Perform(creates[i]);
  server.answer = Answer::kRefused;
  for (std::size_t i = 4; i < 10; ++i) server.Perform(creates[i]);
  EXPECT_EQ(server.publication.state(), State::kRefused);
  EXPECT_TRUE(server.publication.IsAsked()) << "the driver alone may say that it waits";
  EXPECT_EQ(server.publication.problem(), "exceeded quota");
  server.answer = Answer::kDone;
  EXPECT_EQ(server.Run(), Times(Kind::kDelete, 4));
  int tries = 0;
  server.answer = Answer::kRefused;
  while (server.now < kStart + 24h) {
    server.now += 10s;
    server.publication.Ask(server.now, TenExecutors());
    tries += server.Run().empty() ? 0 : 1;
  }
  EXPECT_LT(tries, 60);
  EXPECT_GT(tries, 40) << "every half an hour";
}

TEST(Publication, CallsWithoutAnAnswerAreRepeated) {
  Server server(For(Autoscaler::kClusterAutoscaler));
  server.publication.Ask(server.now, TenExecutors());
  server.answer = Answer::kRetry;
  server.Run();
  server.answer = Answer::kDone;
  EXPECT_EQ(server.Run(), std::vector<Kind>());
  server.now += 1s;
  server.Run();
  EXPECT_TRUE(server.publication.IsAsked());
  EXPECT_EQ(server.pods.size(), 10U);
}

TEST(Publication, AfterARestartItGoesOnWithWhatIsThere) {
  Server before(For(Autoscaler::kClusterAutoscaler));
  before.publication.Ask(before.now, TenExecutors());
  const std::vector<Action> creates = before.publication.Reconcile(before.now);
  for (std::size_t i = 0; i < 6; ++i) before.Perform(creates[i]);

  Server after(For(Autoscaler::kClusterAutoscaler));
  after.pods = before.pods;
  after.now = before.now + 20s;
  for (const auto& [name, pod] : after.pods) after.publication.OnSeen(pod);
  EXPECT_EQ(after.Run(), std::vector<Kind>()) << "until it is known what the gang is up to";
  after.publication.Ask(after.now, TenExecutors());
  after.Run();
  EXPECT_EQ(after.pods.size(), 10U);
  EXPECT_TRUE(after.publication.IsAsked());
  EXPECT_EQ(after.VisibleTimes().size(), 1U);
}

TEST(Publication, OrphansAreSwept) {
  Server before(For(Autoscaler::kClusterAutoscaler));
  before.publication.Ask(before.now, TenExecutors());
  before.Run();
  Server after(For(Autoscaler::kNone));
  after.pods = before.pods;
  for (const auto& [name, pod] : after.pods) after.publication.OnSeen(pod);
  after.publication.Hold();
  EXPECT_EQ(after.Run(), Times(Kind::kDelete, 10));
}

TEST(Publication, ACreateThatCommitsLateIsDeletedWhenItIsSeen) {
  Server server(For(Autoscaler::kClusterAutoscaler));
  server.publication.Ask(server.now, TenExecutors());
  const std::vector<Action> creates = server.publication.Reconcile(server.now);
  for (const Action& action : creates) {
    server.publication.OnAnswer(action, Answer::kRetry, "no answer", server.now);
  }
  server.publication.Hold();
  EXPECT_EQ(server.Run(), std::vector<Kind>());
  EXPECT_EQ(server.publication.CountStandIns(), 0U);
  api::Pod late = *creates[0].pod;
  late.metadata.uid = "late";
  server.pods[late.metadata.name] = late;
  server.publication.OnSeen(late);
  EXPECT_EQ(server.Run(), Times(Kind::kDelete, 1));
}

TEST(Publication, WhatSomebodyElseDeletesIsMadeAgainSlowly) {
  Server server(For(Autoscaler::kKarpenter));
  server.publication.Ask(server.now, TenExecutors());
  server.Run();
  int made = 0;
  const Time end = server.now + 8min;
  while (server.now < end) {
    const std::string name = server.pods.begin()->first;
    server.pods.erase(name);
    server.publication.OnGone(name, server.now);
    while (server.pods.size() < 10) {
      server.now += 1s;
      server.Run();
    }
    ++made;
  }
  EXPECT_LT(made, 20);
}

}  // namespace
}  // namespace muster::capacity
