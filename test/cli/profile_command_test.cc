#include "scheduler/cli/profile_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lz4.h>
#include <zstd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace muster::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string StartLine(const std::string& name) {
  return R"({"Event":"SparkListenerApplicationStart","App Name":")" + name +
         R"(","App ID":"spark-1"})" + "\n";
}

std::string TaskLine(std::int64_t milliseconds, std::int64_t shuffled) {
  return R"({"Event":"SparkListenerTaskEnd","Task Metrics":{"Executor Run Time":)" +
         std::to_string(milliseconds) + R"(,"Shuffle Write Metrics":{"Shuffle Bytes Written":)" +
         std::to_string(shuffled) + R"(},"Input Metrics":{"Bytes Read":1048576}}})" + "\n";
}

std::string Zstd(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 1));
  return packed;
}

void AppendLittleEndian(std::size_t number, std::string& out) {
  for (int i = 0; i < 4; ++i, number >>= 8U) out.push_back(static_cast<char>(number & 0xFFU));
}

/// A block as net.jpountz.lz4.LZ4BlockOutputStream writes it; the checksum is not read.
std::string Lz4Block(const std::string& text, bool stored) {
  std::string packed(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(text.size()))),
                     '\0');
  packed.resize(static_cast<std::size_t>(LZ4_compress_default(
      text.data(), packed.data(), static_cast<int>(text.size()), static_cast<int>(packed.size()))));
  if (stored) packed = text;
  std::string block = "LZ4Block";
  block.push_back(stored ? '\x15' : '\x25');
  AppendLittleEndian(packed.size(), block);
  AppendLittleEndian(text.size(), block);
  AppendLittleEndian(0, block);
  return block + packed;
}

class Profile : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(::testing::TempDir()) / (std::string("profile-") + test->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) const {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  std::string Ask(const std::vector<std::string>& logs, ExitCode expected = ExitCode::kDone,
                  const std::string& profile = "") {
    std::ostringstream out;
    std::ostringstream errors;
    EXPECT_EQ(RunProfile({logs, profile, "json"}, out, errors), expected) << errors.str();
    errors_ = errors.str();
    return out.str();
  }

  fs::path folder_;
  std::string errors_;
};

TEST_F(Profile, EveryFormOfALogSaysTheSame) {
  std::string text = StartLine("etl");
  for (std::int64_t i = 0; i < 5000; ++i) text += TaskLine(10 + i % 7, 100 * i);
  const std::string expected = Ask({Write("plain", text)});
  EXPECT_THAT(expected, HasSubstr("\"tasks\": 5000"));
  const std::size_t middle = text.size() / 2;
  const std::string first = text.substr(0, middle);
  const std::string second = text.substr(middle);
  EXPECT_EQ(Ask({Write("one.zstd", Zstd(first) + Zstd(second))}), expected);
  EXPECT_EQ(Ask({Write("two.lz4.inprogress",
                       Lz4Block(first, false) + Lz4Block(second, true) + Lz4Block("", false))}),
            expected);
  Write("eventlog_v2_spark-1/appstatus_spark-1.inprogress", "");
  Write("eventlog_v2_spark-1/events_10_spark-1", second);
  Write("eventlog_v2_spark-1/events_9_spark-1.zstd", Zstd(first));
  EXPECT_EQ(Ask({(folder_ / "eventlog_v2_spark-1").string()}), expected);
}

TEST_F(Profile, ALogThatIsStillBeingWrittenEndsWhereItEnds) {
  const std::string text = StartLine("etl") + TaskLine(1, 1) + TaskLine(1, 1);
  EXPECT_THAT(Ask({Write("plain.inprogress", text.substr(0, text.size() - 20))}),
              HasSubstr("\"tasks\": 1"));
  const std::string packed = Lz4Block(text, false);
  EXPECT_THAT(Ask({Write("a.lz4", packed + packed.substr(0, 30))}), HasSubstr("\"tasks\": 2"));
}

TEST_F(Profile, AProfileThatIsThereIsAddedTo) {
  const std::string log = Write("log", StartLine("etl") + TaskLine(1000, 2 << 20));
  const std::string profile = (folder_ / "profile.json").string();
  Ask({log}, ExitCode::kDone, profile);
  EXPECT_THAT(Ask({log}, ExitCode::kDone, profile), HasSubstr("\"runs\": 2"));
}

TEST_F(Profile, SaysWhetherAnApplicationIsHeavy) {
  std::ostringstream out;
  std::ostringstream errors;
  const std::vector<std::string> logs = {Write("a", StartLine("joins") + TaskLine(1000, 2 << 20)),
                                         Write("b", StartLine("scan") + TaskLine(1000, 1 << 10))};
  EXPECT_EQ(RunProfile({logs, "", "table"}, out, errors), ExitCode::kDone);
  EXPECT_THAT(out.str(), ::testing::ContainsRegex("joins .*2.0 MiB +2.000 +2.0 MiB +heavy"));
  EXPECT_THAT(out.str(), ::testing::ContainsRegex("scan .*1.0 KiB +0.001 +1.0 KiB +light"));
}

TEST_F(Profile, WhatCannotBeReadIsNamedAndTheOthersAreRead) {
  const std::string good = Write("good", StartLine("etl") + TaskLine(1, 1));
  const auto error = [&](const std::string& bad) {
    EXPECT_THAT(Ask({bad, good}, ExitCode::kCouldNotDoIt), HasSubstr("\"tasks\": 1"));
    return errors_;
  };
  EXPECT_THAT(error((folder_ / "absent").string()), HasSubstr("absent: No such file"));
  EXPECT_THAT(error(Write("a.zstd", "not zstd at all")), HasSubstr("a.zstd: not zstd"));
  EXPECT_THAT(error(Write("a.lz4", std::string(100, 'x'))), HasSubstr("not a block of lz4-java"));
  EXPECT_THAT(error(Write("a.snappy", "")), HasSubstr("may be zstd or lz4"));
  EXPECT_THAT(error(Write("text", "hello\n")), HasSubstr("not a Spark event log"));
  EXPECT_THAT(error(folder_.string()), HasSubstr("not the directory of a rolling log"));
}

TEST_F(Profile, LinesThatCannotBeReadAreCounted) {
  Ask({Write("log", StartLine("etl") + TaskLine(1, 1) + TaskLine(1, -1) + TaskLine(-1, 1))});
  EXPECT_THAT(errors_, HasSubstr("2 lines cannot be read; the first: line 3: "));
}

TEST_F(Profile, ADamagedProfileIsNotOverwritten) {
  const std::string profile = Write("profile.json", "{}");
  Ask({Write("log", StartLine("etl") + TaskLine(1, 1))}, ExitCode::kCouldNotDoIt, profile);
  EXPECT_THAT(errors_, HasSubstr("profile.json: version: 1 is allowed here"));
}

}  // namespace
}  // namespace muster::cli
