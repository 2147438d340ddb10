#include "scheduler/base/time.h"

#include <gtest/gtest.h>

#include <string>

namespace muster {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(Time, ReadsAndWritesKubernetesTimes) {
  const StatusOr<Time> time = ParseRfc3339("2026-11-21T08:50:00Z");
  ASSERT_TRUE(time.ok());
  EXPECT_EQ(time->time_since_epoch(), seconds(1'795'251'000));
  EXPECT_EQ(FormatRfc3339(*time), "2026-11-21T08:50:00Z");
  EXPECT_EQ(FormatRfc3339Micro(*time), "2026-11-21T08:50:00.000000Z");
}

TEST(Time, KeepsTheFractionDownToNanoseconds) {
  const StatusOr<Time> time = ParseRfc3339("1970-01-01T00:00:01.123456789Z");
  ASSERT_TRUE(time.ok());
  EXPECT_EQ(time->time_since_epoch(), nanoseconds(1'123'456'789));
  EXPECT_EQ(FormatRfc3339Micro(*time), "1970-01-01T00:00:01.123456Z");
}

TEST(Time, RefusesWhatKubernetesDoesNotWrite) {
  for (const std::string_view text :
       {"", "2026-11-21", "2026-11-21T08:50:00", "2026-11-21T08:50:00+01:00",
        " 2026-11-21T08:50:00Z", "2026-11-21T08:50:00Z ", "2026-13-21T08:50:00Z",
        "2026-11-31T08:50:00Z", "2026-11-21T25:50:00Z", "2026-11-21T08:50:00.Z",
        "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "infinite-future", "1795251000"}) {
    const StatusOr<Time> time = ParseRfc3339(text);
    ASSERT_FALSE(time.ok()) << text;
    EXPECT_NE(MessageOf(time.status()).find("RFC 3339"), std::string_view::npos);
  }
}

TEST(Duration, ReadsGoDurations) {
  EXPECT_EQ(*ParseDuration("300ms"), milliseconds(300));
  EXPECT_EQ(*ParseDuration("1h30m"), minutes(90));
  EXPECT_EQ(*ParseDuration("1.5s"), milliseconds(1500));
  EXPECT_EQ(*ParseDuration("90s"), seconds(90));
  EXPECT_EQ(*ParseDuration("0"), seconds(0));
  EXPECT_EQ(*ParseDuration("87600h"), hours(87'600));
}

TEST(Duration, RefusesNegativeEndlessAndUnitlessOnes) {
  for (const std::string_view text : {"", "5", "-1s", "inf", "87601h", "1d", "1 s", "s", "1e3s"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
  EXPECT_FALSE(ParseDuration(std::string(1 << 20, '1')).ok());
}

TEST(Duration, MicrosecondsAreReadInEveryWayGoReadsThem) {
  for (const char* text : {"3us", "3\u00b5s", "3\u03bcs"}) {
    EXPECT_EQ(*ParseDuration(text), Duration(microseconds(3))) << text;
  }
}

TEST(Duration, IsPrintedAsGoPrintsIt) {
  EXPECT_EQ(FormatDuration(seconds(0)), "0s");
  EXPECT_EQ(FormatDuration(minutes(90)), "1h30m0s");
  EXPECT_EQ(FormatDuration(minutes(1)), "1m0s");
  EXPECT_EQ(FormatDuration(milliseconds(1500)), "1.5s");
  EXPECT_EQ(FormatDuration(milliseconds(250)), "250ms");
  EXPECT_EQ(FormatDuration(microseconds(1500)), "1.5ms");
  EXPECT_EQ(FormatDuration(nanoseconds(1500)), "1.5\u00b5s");
  EXPECT_EQ(FormatDuration(nanoseconds(7)), "7ns");
  EXPECT_EQ(FormatDuration(-minutes(90)), "-1h30m0s");
  EXPECT_EQ(FormatDuration(Duration::min()), "-2562047h47m16.854775808s");
}

}  // namespace
}  // namespace muster
