#include "scheduler/history/event_log.h"

#include <gtest/gtest.h>

namespace muster::history {
namespace {

constexpr char kStart[] =
    R"({"Event":"SparkListenerApplicationStart","App Name":"etl","App ID":"spark-1","Timestamp":1})";
constexpr char kEnvironment[] =
    R"({"Event":"SparkListenerEnvironmentUpdate","JVM Information":{},)"
    R"("Spark Properties":{"spark.kubernetes.namespace":"team-a","spark.app.name":"etl"}})";
constexpr char kTask[] =
    R"({"Event":"SparkListenerTaskEnd","Stage ID":0,"Task Metrics":{"Executor Run Time":1500,)"
    R"("Shuffle Write Metrics":{"Shuffle Bytes Written":700,"Shuffle Records Written":3},)"
    R"("Input Metrics":{"Bytes Read":1000,"Records Read":9}}})";

TEST(EventLogReader, SumsWhatTheTasksOfAnApplicationMoved) {
  EventLogReader reader;
  for (const char* line : {kStart, kEnvironment, kTask, kTask}) EXPECT_TRUE(reader.Add(line).ok());
  EXPECT_EQ(reader.Run().application_id, "spark-1");
  EXPECT_EQ(reader.Run().name, "etl");
  EXPECT_EQ(reader.Run().namespace_name, "team-a");
  EXPECT_EQ(reader.Run().tasks, 2);
  EXPECT_EQ(reader.Run().executor_milliseconds, 3000);
  EXPECT_EQ(reader.Run().shuffle_bytes, 1400);
  EXPECT_EQ(reader.Run().input_bytes, 2000);
}

TEST(EventLogReader, PassesOverWhatSaysNothingAboutShuffles) {
  EventLogReader reader;
  EXPECT_TRUE(reader.Add(R"({"Event":"SparkListenerLogStart","Spark Version":"3.5.9"})").ok());
  EXPECT_TRUE(reader.Add(R"({"Event":"SparkListenerExecutorAdded", not even JSON)").ok());
  EXPECT_TRUE(reader.Add("").ok());
  EXPECT_EQ(reader.Run().tasks, 0);
}

TEST(EventLogReader, ATaskWithoutMetricsMovedNothing) {
  EventLogReader reader;
  EXPECT_TRUE(reader.Add(R"({"Event":"SparkListenerTaskEnd","Task End Reason":{}})").ok());
  EXPECT_EQ(reader.Run().tasks, 1);
  EXPECT_EQ(reader.Run().shuffle_bytes, 0);
}

TEST(EventLogReader, SaysWhatItCannotReadAndGoesOn) {
  EventLogReader reader;
  EXPECT_FALSE(reader.Add(R"({"Event":"SparkListenerTaskEnd","Task Met)").ok());
  const Status negative =
      reader.Add(R"({"Event":"SparkListenerTaskEnd","Task Metrics":{"Executor Run Time":-1}})");
  EXPECT_EQ(MessageOf(negative), "Executor Run Time: a whole number from 0 belongs here");
  EXPECT_TRUE(reader.Add(kTask).ok());
  EXPECT_EQ(reader.Run().tasks, 1);
}

TEST(EventLogReader, SumsStayAtTheLargestNumber) {
  EventLogReader reader;
  const std::string large =
      R"({"Event":"SparkListenerTaskEnd","Task Metrics":{"Executor Run Time":9223372036854775807}})";
  EXPECT_TRUE(reader.Add(large).ok());
  EXPECT_TRUE(reader.Add(large).ok());
  EXPECT_EQ(reader.Run().executor_milliseconds, 9223372036854775807);
}

}  // namespace
}  // namespace muster::history
