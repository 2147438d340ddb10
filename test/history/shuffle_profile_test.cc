#include "scheduler/history/shuffle_profile.h"

#include <gtest/gtest.h>

namespace muster::history {
namespace {

ApplicationRun MakeRun(const std::string& name, std::int64_t shuffle_bytes,
                       std::int64_t milliseconds) {
  ApplicationRun run;
  run.name = name;
  run.namespace_name = "team-a";
  run.tasks = 10;
  run.input_bytes = 1000;
  run.shuffle_bytes = shuffle_bytes;
  run.executor_milliseconds = milliseconds;
  return run;
}

TEST(ShuffleProfile, RunsOfOneApplicationAreSummed) {
  ShuffleProfile profile;
  profile.Add(MakeRun("etl", 500, 2000));
  profile.Add(MakeRun("etl", 1500, 2000));
  const ShuffleHistory* history = profile.Find("team-a", "etl");
  ASSERT_NE(history, nullptr);
  EXPECT_EQ(history->runs, 2);
  EXPECT_EQ(history->ShuffledPerInputByte(), 1.0);
  EXPECT_EQ(history->ShuffledBytesPerExecutorSecond(), 500.0);
  EXPECT_EQ(profile.Find("team-b", "etl"), nullptr);
}

TEST(ShuffleProfile, LightIsLessThanAMebibyteForEachSecondOfATask) {
  constexpr std::int64_t kMebibyte = 1 << 20;
  const auto is_light = [](std::int64_t bytes, std::int64_t milliseconds) {
    ShuffleProfile profile;
    profile.Add(MakeRun("a", bytes, milliseconds));
    return profile.Find("team-a", "a")->IsLight();
  };
  EXPECT_TRUE(is_light(99 * kMebibyte, 100'000));
  EXPECT_FALSE(is_light(100 * kMebibyte, 100'000));
  EXPECT_TRUE(is_light(0, 0));
}

TEST(ShuffleProfile, TheWrittenFormReadsBackAsItWas) {
  ShuffleProfile profile;
  profile.Add(MakeRun("etl \"x\"", 500, 2000));
  profile.Add(MakeRun("report", 1, 7));
  const std::string text = profile.Encode();
  const auto back = ShuffleProfile::Decode(text);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->Encode(), text);
  EXPECT_EQ(back->All().size(), 2U);
}

TEST(ShuffleProfile, WhatIsWrongIsNamedWithItsPlace) {
  const auto error = [](const std::string& text) {
    return std::string(MessageOf(ShuffleProfile::Decode(text).status()));
  };
  EXPECT_EQ(error("{}"), "version: 1 is allowed here");
  EXPECT_EQ(error(R"({"version":1})"), "applications: a list belongs here");
  EXPECT_EQ(error(R"({"version":1,"applications":[7]})"),
            "applications[0]: an object belongs here");
  EXPECT_EQ(error(R"({"version":1,"applications":[{"runs":-1}]})"),
            "applications[0]: runs: a whole number from 0 is allowed here");
  EXPECT_EQ(error(R"({"version":1,"applications":[{"bytes":1}]})"),
            "applications[0]: 'bytes' is not known here");
  EXPECT_EQ(error(R"({"version":1,"applications":[{"name":"a"},{"name":"a"}]})"),
            "applications[1]: this application is there already");
}

}  // namespace
}  // namespace muster::history
