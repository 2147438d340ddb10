#include "scheduler/kube/event_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace muster::kube {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

core::RecordEvent Event(const std::string& pod, const std::string& reason, Duration since_epoch) {
  core::RecordEvent event;
  event.pod = {"ns", pod};
  event.pod_uid = "u-" + pod;
  event.reason = reason;
  event.action = "Scheduling";
  event.time = Time(since_epoch);
  return event;
}

TEST(EventRecorder, TheFirstIsCreatedTheSecondMakesASeriesAndLaterOnesAreCounted) {
  EventRecorder recorder({"muster", "muster-host"});
  for (int i = 0; i < 5; ++i) recorder.Record(Event("p", "FailedScheduling", seconds(i)));
  auto create = recorder.Take();
  ASSERT_TRUE(create.has_value());
  EXPECT_EQ(create->method, HttpMethod::kPost);
  auto patch = recorder.Take();
  ASSERT_TRUE(patch.has_value());
  EXPECT_EQ(patch->method, HttpMethod::kPatch);
  EXPECT_EQ(nlohmann::json::parse(patch->body)["series"]["count"], 2);
  EXPECT_THAT(patch->target, HasSubstr(nlohmann::json::parse(create->body)["metadata"]["name"]));
  EXPECT_FALSE(recorder.Take().has_value());
  EXPECT_EQ(recorder.statistics().merged, 3u);
}

TEST(EventRecorder, ASeriesIsRefreshedAfterHalfAnHourAndEndsAfterSixIdleMinutes) {
  EventRecorder recorder({"muster", "muster-host"});
  for (int minute = 0; minute <= 31; ++minute) recorder.Record(Event("p", "R", minutes(minute)));
  recorder.Take();
  recorder.Take();
  auto refresh = recorder.Take();
  ASSERT_TRUE(refresh.has_value());
  EXPECT_EQ(nlohmann::json::parse(refresh->body)["series"]["count"], 32);
  recorder.Record(Event("p", "R", minutes(38)));
  EXPECT_EQ(recorder.Take()->method, HttpMethod::kPost);
}

TEST(EventRecorder, EventsOfOtherPodsAndReasonsAreTheirOwnEvenAtTheSameTime) {
  EventRecorder recorder({"muster", "muster-host"});
  recorder.Record(Event("p", "A", seconds(1)));
  recorder.Record(Event("p", "B", seconds(1)));
  recorder.Record(Event("q", "A", seconds(1)));
  std::vector<std::string> names;
  while (auto request = recorder.Take()) {
    EXPECT_EQ(request->method, HttpMethod::kPost);
    names.push_back(nlohmann::json::parse(request->body)["metadata"]["name"]);
  }
  ASSERT_EQ(names.size(), 3u);
  EXPECT_NE(names[0], names[1]);
}

TEST(EventRecorder, AFloodDropsTheOldestAndCountsThem) {
  EventRecorder recorder({"muster", "muster-host"});
  for (int i = 0; i < 20'000; ++i) recorder.Record(Event("p" + std::to_string(i), "A", seconds(i)));
  EXPECT_EQ(recorder.waiting(), 16'384u);
  EXPECT_EQ(recorder.statistics().dropped, 3616u);
  EXPECT_THAT(recorder.Take()->body, HasSubstr("\"p3616\""));
}

}  // namespace
}  // namespace muster::kube
