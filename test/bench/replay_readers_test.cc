// Reading traces: what does not parse is named, and nothing is dropped silently.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "bench/replay/trace.h"
#include "test/bench/replay_traces.h"

namespace muster::bench::replay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ReplayReaders : public ::testing::Test {
 protected:
  std::string Write(const std::string& text) {
    const std::string name = ::testing::TempDir() + "/" +
                             ::testing::UnitTest::GetInstance()->current_test_info()->name() +
                             ".csv";
    std::ofstream(name, std::ios::binary) << text;
    return name;
  }
};

constexpr char kJobHeader[] =
    "job_id,submit_s,gap_s,map_input_bytes,shuffle_bytes,"
    "reduce_output_bytes\n";

TEST_F(ReplayReaders, RowsThatDoNotParseAreCountedAndNamed) {
  const std::string file = Write(std::string(kJobHeader) +
                                 "a,9,9,1762,0,14347\n"
                                 "b,-1,0,1,1,1\n"
                                 "c,10,1,12x,1,1\n"
                                 "d,11,1,1,1\n"
                                 "e,12,1,1,99999999999999999999,1\n"
                                 "f,13.5,1,1,2,3\n");
  const auto jobs = ReadJobs(file, DefaultJobColumns());
  ASSERT_TRUE(jobs.ok()) << jobs.status();
  ASSERT_EQ(jobs->rows.size(), 2U);
  EXPECT_EQ(jobs->rows[1].name, "f");
  EXPECT_EQ(jobs->rows[1].submit_seconds, 13.5);
  EXPECT_EQ(jobs->rows[1].shuffle_bytes, 2);
  EXPECT_EQ(jobs->report.rejected, 4);
  EXPECT_THAT(
      jobs->report.problems,
      ElementsAre(HasSubstr(":3: submit_s is \"-1\""), HasSubstr(":4: map_input_bytes is \"12x\""),
                  HasSubstr(":5: 5 fields, the header has 6"),
                  HasSubstr(":6: shuffle_bytes is \"99999999999999999999\"")));
}

TEST_F(ReplayReaders, OtherColumnNamesAreTaken) {
  const std::string file = Write("shuffle,when,who,in,out\r\n5,1,\"a, \"\"b\"\"\",6,7\r\n");
  const auto columns = RenameColumns(DefaultJobColumns(),
                                     "name=who,submit=when,input=in,shuffle=shuffle,output=out");
  ASSERT_TRUE(columns.ok()) << columns.status();
  const auto jobs = ReadJobs(file, *columns);
  ASSERT_TRUE(jobs.ok()) << jobs.status();
  EXPECT_EQ(jobs->rows.front().name, "a, \"b\"");
  EXPECT_EQ(jobs->rows.front().input_bytes, 6);
  EXPECT_EQ(jobs->rows.front().shuffle_bytes, 5);
}

TEST_F(ReplayReaders, AColumnThatIsMissingIsNamedWithThoseThatAreThere) {
  const auto nodes = ReadNodes(Write("sn,cpu\nn,1\n"), DefaultNodeColumns());
  ASSERT_FALSE(nodes.ok());
  EXPECT_THAT(std::string(MessageOf(nodes.status())),
              HasSubstr("no column \"cpu_milli\"; there are: sn, cpu"));
}

TEST_F(ReplayReaders, AnUnknownColumnKeyIsRefusedWithTheKeysThatThereAre) {
  const auto columns = RenameColumns(DefaultNodeColumns(), "gpu=gpus");
  ASSERT_FALSE(columns.ok());
  EXPECT_THAT(std::string(MessageOf(columns.status())), HasSubstr("cpu, memory, name"));
}

TEST_F(ReplayReaders, AFileWithoutAUsableRowIsAnError) {
  EXPECT_FALSE(ReadJobs(Write(kJobHeader), DefaultJobColumns()).ok());
  EXPECT_FALSE(ReadJobs(Write(""), DefaultJobColumns()).ok());
  EXPECT_FALSE(ReadJobs(Write("x") + ".absent", DefaultJobColumns()).ok());
  const auto nodes =
      ReadNodes(Write("sn,cpu_milli,memory_mib\nn,0,5\n,1,1\n"), DefaultNodeColumns());
  ASSERT_FALSE(nodes.ok());
  EXPECT_THAT(std::string(MessageOf(nodes.status())), HasSubstr("cpu_milli is \"0\""));
}

TEST(ReplayTraces, ThePublicTracesAreReadWhole) {
  MUSTER_SKIP_WITHOUT_TRACE(TraceFile("swim_fb2010_24x1h.csv"));
  const auto jobs = ReadJobs(TraceFile("swim_fb2010_24x1h.csv"), DefaultJobColumns());
  const auto nodes = ReadNodes(TraceFile("openb_node_list_all_node.csv"), DefaultNodeColumns());
  ASSERT_TRUE(jobs.ok() && nodes.ok());
  EXPECT_EQ(jobs->report.rows, 24442);
  EXPECT_EQ(jobs->report.rejected, 0);
  EXPECT_EQ(nodes->report.rows, 1523);
  EXPECT_EQ(nodes->report.rejected, 0);
}

}  // namespace
}  // namespace muster::bench::replay
