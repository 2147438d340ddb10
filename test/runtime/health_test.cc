#include "scheduler/runtime/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster::runtime {
namespace {

using ::testing::HasSubstr;

WatchHealth Watch(const char* resource, bool synced, bool in_contact, const char* problem) {
  WatchHealth watch{resource, {}};
  watch.statistics.synced = synced;
  watch.statistics.in_contact = in_contact;
  watch.statistics.problem = problem;
  return watch;
}

TEST(Readiness, IsOkOnlyWhenEverythingIsSyncedAndInContact) {
  const std::vector<WatchHealth> good = {Watch("nodes", true, true, ""),
                                         Watch("pods", true, true, "")};
  EXPECT_TRUE(Readiness(good, true).ok);
  EXPECT_EQ(Readiness(good, true).text, "ok");
  EXPECT_EQ(Readiness(good, false).text, "core: not synced: processing the first lists");
}

TEST(Readiness, SaysForEachResourceWhatIsMissing) {
  const http::ProbeAnswer answer = Readiness(
      {Watch("nodes", false, true, ""), Watch("pods", false, false, "401 Unauthorized")}, false);
  EXPECT_FALSE(answer.ok);
  EXPECT_EQ(answer.text, "nodes: not synced: listing\npods: not synced: 401 Unauthorized");
  EXPECT_EQ(Readiness({Watch("pods", false, false, "")}, false).text,
            "pods: not synced: no answer yet");
}

TEST(Readiness, WhatIsGoneWithoutIsNotWaitedFor) {
  WatchHealth missed = Watch("services", false, false, "403 Forbidden");
  missed.statistics.missed = true;
  EXPECT_TRUE(Readiness({Watch("pods", true, true, ""), missed}, true).ok);
  EXPECT_EQ(Readiness({Watch("pods", true, true, ""), missed}, false).text,
            "core: not synced: processing the first lists");
}

TEST(Readiness, ALostContactAfterTheSyncIsNotReady) {
  EXPECT_EQ(Readiness({Watch("pods", true, false, "no answer: reset")}, true).text,
            "pods: no answer: reset");
}

ElectionHealth Election(kube::LeaseRole role, bool in_contact, const std::string& problem = "") {
  ElectionHealth election{"ns/muster", {}};
  election.statistics.role = role;
  election.statistics.holder = "other";
  election.statistics.in_contact = in_contact;
  election.statistics.problem = problem;
  election.statistics.transitions = 4;
  election.statistics.leads_until = Time{std::chrono::seconds(100)};
  return election;
}

TEST(Readiness, AStandbyIsReadyWhenItCouldTakeOver) {
  using kube::LeaseRole;
  const std::vector<WatchHealth> good = {Watch("pods", true, true, "")};
  const http::ProbeAnswer ready = Readiness(good, false, Election(LeaseRole::kStandby, true));
  EXPECT_TRUE(ready.ok);
  EXPECT_EQ(ready.text, "ok: standby; the lease is held by other");
  EXPECT_EQ(Readiness(good, false, Election(LeaseRole::kStandby, false)).text,
            "lease ns/muster: no answer yet");
  EXPECT_EQ(Readiness(good, false, Election(LeaseRole::kStandby, false, "403 Forbidden")).text,
            "lease ns/muster: 403 Forbidden");
  EXPECT_FALSE(
      Readiness({Watch("pods", false, true, "")}, false, Election(LeaseRole::kStandby, true)).ok);
}

TEST(Readiness, ALeaderIsReadyWhenItDecides) {
  using kube::LeaseRole;
  const std::vector<WatchHealth> good = {Watch("pods", true, true, "")};
  EXPECT_EQ(Readiness(good, true, Election(LeaseRole::kLeader, true)).text, "ok");
  EXPECT_EQ(Readiness(good, false, Election(LeaseRole::kLeader, true)).text,
            "core: not synced: making sure that all until the lease was won has been seen");
}

TEST(Liveness, ALeaderThatShouldHaveEndedLongAgoIsDead) {
  using kube::LeaseRole;
  const Time until{std::chrono::seconds(100)};
  const auto at = [&](LeaseRole role, std::chrono::seconds late) {
    return LivenessOfElection(Election(role, true), until + late);
  };
  EXPECT_TRUE(at(LeaseRole::kLeader, std::chrono::seconds(20)).ok);
  EXPECT_FALSE(at(LeaseRole::kLeader, std::chrono::seconds(21)).ok);
  EXPECT_TRUE(at(LeaseRole::kStandby, std::chrono::seconds(21)).ok);
}

TEST(MetricsText, SaysWhoLeads) {
  DaemonFigures figures;
  figures.scheduler_name = "muster";
  EXPECT_THAT(MetricsText(figures), HasSubstr("\nmuster_leader 1\n"));  // without election
  figures.election = Election(kube::LeaseRole::kStandby, true);
  const std::string standby = MetricsText(figures);
  for (const char* line : {"muster_leader 0", "leader_election_master_status{name=\"muster\"} 0",
                           "muster_lease_transitions 4"}) {
    EXPECT_THAT(standby, HasSubstr(std::string("\n") + line + "\n"));
  }
  figures.election = Election(kube::LeaseRole::kLeader, true);
  EXPECT_THAT(MetricsText(figures), HasSubstr("\nmuster_leader 1\n"));
  EXPECT_THAT(MetricsText(figures),
              HasSubstr("\nleader_election_master_status{name=\"muster\"} 1\n"));
}

TEST(MetricsText, CarriesTheFiguresUnderBoundedLabels) {
  DaemonFigures figures;
  figures.scheduler_name = "muster";
  figures.core.gangs_admitted = 3;
  figures.core.gangs_waiting = 2;
  figures.core.pods_bound = 7;
  figures.watches = {Watch("nodes", true, true, ""), Watch("pods", false, true, "")};
  figures.dispatcher.finished[0][0] = 7;
  figures.queue.depth = 5;
  const std::string text = MetricsText(figures);
  for (const char* line :
       {"muster_gangs_admitted_total 3", "muster_gangs{state=\"waiting\"} 2",
        "muster_watch_synced{resource=\"nodes\"} 1", "muster_watch_synced{resource=\"pods\"} 0",
        "muster_api_calls_total{verb=\"bind_pod\",result=\"ok\"} 7", "muster_event_queue_depth 5",
        "scheduler_schedule_attempts_total{profile=\"muster\",result=\"scheduled\"} 7",
        "muster_step_duration_seconds_count 0"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + line + "\n"));
  }
}

}  // namespace
}  // namespace muster::runtime
