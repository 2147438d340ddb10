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

TEST(Readiness, ALostContactAfterTheSyncIsNotReady) {
  EXPECT_EQ(Readiness({Watch("pods", true, false, "no answer: reset")}, true).text,
            "pods: no answer: reset");
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
