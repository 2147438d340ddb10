#include "scheduler/http/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster::http {
namespace {

using ::testing::HasSubstr;

TEST(MetricsPage, WritesPrometheusText) {
  MetricsPage page;
  page.Counter("muster_things_total", "Things done.", {{"verb", "bind"}}, 3);
  page.Counter("muster_things_total", "Things done.", {{"verb", "patch"}}, 4);
  page.Gauge("muster_depth", "Depth \"now\".", {}, 2);
  const std::string text = page.Text();
  EXPECT_THAT(text, HasSubstr("# HELP muster_things_total Things done.\n"
                              "# TYPE muster_things_total counter\n"
                              "muster_things_total{verb=\"bind\"} 3"));
  EXPECT_THAT(text, HasSubstr("muster_things_total{verb=\"patch\"} 4"));
  EXPECT_THAT(text, HasSubstr("# TYPE muster_depth gauge\nmuster_depth 2"));
}

TEST(DurationHistogram, ADurationFallsIntoTheFirstBucketThatHoldsIt) {
  DurationHistogram histogram;
  histogram.Observe(0.001);  // exactly a bound: inside
  histogram.Observe(0.0011);
  histogram.Observe(100);
  MetricsPage page;
  page.Histogram("muster_step_duration_seconds", "Steps.", histogram.Read());
  const std::string text = page.Text();
  EXPECT_THAT(text, HasSubstr("muster_step_duration_seconds_bucket{le=\"0.0005\"} 0"));
  EXPECT_THAT(text, HasSubstr("muster_step_duration_seconds_bucket{le=\"0.001\"} 1"));
  EXPECT_THAT(text, HasSubstr("muster_step_duration_seconds_bucket{le=\"0.0025\"} 2"));
  EXPECT_THAT(text, HasSubstr("muster_step_duration_seconds_bucket{le=\"10\"} 2"));
  EXPECT_THAT(text, HasSubstr("muster_step_duration_seconds_bucket{le=\"+Inf\"} 3"));
  EXPECT_THAT(text, HasSubstr("muster_step_duration_seconds_count 3"));
}

}  // namespace
}  // namespace muster::http
