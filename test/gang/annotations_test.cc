#include "scheduler/gang/annotations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster::gang {
namespace {

using namespace std::chrono_literals;

std::optional<std::int64_t> MinOf(const std::string& value) {
  const auto settings = ReadSettings({{"muster.dev/min-executors", value}}, 30);
  return settings.ok() ? settings->executors_min : std::nullopt;
}

TEST(Settings, WithoutAnnotationsNothingIsAsked) {
  const auto settings = ReadSettings({{"example.com/other", "x"}}, 30);
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->executors_min, std::nullopt);
  EXPECT_EQ(settings->gang_timeout, std::nullopt);
}

TEST(Settings, TheMinimumIsANumberOrAPercentageRoundedUp) {
  EXPECT_EQ(MinOf("12"), 12);
  EXPECT_EQ(MinOf("0"), 0);
  EXPECT_EQ(MinOf("30"), 30);
  EXPECT_EQ(MinOf("50%"), 15);
  EXPECT_EQ(MinOf("51%"), 16);  // 15.3
  EXPECT_EQ(MinOf("0%"), 0);
  EXPECT_EQ(MinOf("100%"), 30);
}

TEST(Settings, AValueThatDoesNotParseIsRefusedWithItsKeyAndWhatIsAllowed) {
  for (const char* value :
       {"", "-1", "31", "1.5", "101%", "%", "all", " 5", "5 ", "1e3", "99999999999999999999"}) {
    EXPECT_EQ(MinOf(value), std::nullopt) << value;
  }
  const auto refused = ReadSettings({{"muster.dev/min-executors", "many"}}, 30);
  EXPECT_THAT(std::string(MessageOf(refused.status())),
              ::testing::AllOf(::testing::HasSubstr("muster.dev/min-executors=many"),
                               ::testing::HasSubstr("from 0 to 30")));
}

TEST(Settings, TheTimeoutIsADuration) {
  EXPECT_EQ(ReadSettings({{"muster.dev/gang-timeout", "90s"}}, 1)->gang_timeout, Duration(90s));
  for (const char* value : {"", "0s", "-5m", "soon", "5"}) {
    EXPECT_FALSE(ReadSettings({{"muster.dev/gang-timeout", value}}, 1).ok()) << value;
  }
}

}  // namespace
}  // namespace muster::gang
