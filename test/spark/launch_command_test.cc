#include "scheduler/spark/launch_command.h"

#include <gtest/gtest.h>

namespace muster::spark {
namespace {

using Words = std::vector<std::string>;

/// "PROGRAM ARGUMENT...", or "none".
std::string Find(const Words& command, const Words& args = {}) {
  api::Container container;
  container.command = command;
  container.args = args;
  const auto launch = FindLaunchCommand(container);
  if (!launch) return "none";
  std::string shown(launch->ProgramName());
  for (const Word& word : launch->arguments) shown += " " + word.text;
  return shown;
}

TEST(LaunchCommand, IsSparksOwnProgramInCommandOrArguments) {
  EXPECT_EQ(Find({"/opt/spark/bin/spark-submit"}, {"a.py"}), "spark-submit a.py");
  EXPECT_EQ(Find({}, {"/opt/spark/bin/pyspark", "--name", "x"}), "pyspark --name x");
  for (const std::string program :
       {"spark-shell", "spark-sql", "sparkR", "start-thriftserver.sh", "start-connect-server.sh"}) {
    EXPECT_EQ(Find({"/opt/spark/any/" + program}), program);
  }
}

TEST(LaunchCommand, IsFoundBehindWrappers) {
  EXPECT_EQ(Find({"/usr/bin/tini", "-s", "--", "spark-submit", "a"}), "spark-submit a");
  EXPECT_EQ(Find({"env", "A=1", "spark-submit"}), "spark-submit");
  EXPECT_EQ(Find({"/opt/entrypoint.sh"}, {"spark-submit", "a"}), "spark-submit a");
  EXPECT_EQ(Find({"bash", "/opt/spark/sbin/start-connect-server.sh", "a"}),
            "start-connect-server.sh a");
  EXPECT_EQ(Find({"/opt/spark/bin/spark-class", "org.apache.spark.deploy.SparkSubmit", "a"}),
            "org.apache.spark.deploy.SparkSubmit a");
}

TEST(LaunchCommand, IsFoundInTheScriptOfAShell) {
  EXPECT_EQ(Find({"bash", "-c", "cd /opt; exec spark-submit --name 'a b' x"}),
            "spark-submit --name a b x");
  EXPECT_EQ(Find({"sh"}, {"-ec", "if true; then spark-submit x; fi"}), "spark-submit x");
  EXPECT_EQ(Find({"sh", "-c", "bash -c 'spark-submit x'"}), "spark-submit x");
  EXPECT_EQ(Find({"sh", "-c", "echo spark-submit"}), "none");
}

TEST(LaunchCommand, IsTheEntryPointsDriver) {
  EXPECT_EQ(Find({"/opt/entrypoint.sh"}, {"driver", "--class", "A"}), "driver --class A");
  EXPECT_EQ(Find({}, {"driver", "--class", "A"}), "driver --class A");
  EXPECT_EQ(Find({}, {"driver", "north"}), "none");
  EXPECT_EQ(Find({"/opt/entrypoint.sh"}, {"executor"}), "none");
}

TEST(LaunchCommand, IsNotWhatOnlyMentionsSpark) {
  EXPECT_EQ(Find({}), "none");
  EXPECT_EQ(Find({"sleep"}, {"3600"}), "none");
  EXPECT_EQ(Find({"ls"}, {"/opt/spark/bin/spark-submit"}), "none");
  EXPECT_EQ(Find({"sh", "-c"}), "none");
  EXPECT_EQ(Find({"jupyter", "lab", "--dir=/spark"}), "none");
}

TEST(LaunchCommand, TakesVariablesThatTheScriptSets) {
  api::Container container;
  container.command = {"bash", "-c", "export SPARK_CONF_DIR=/conf; A=$B spark-submit x"};
  const auto launch = FindLaunchCommand(container);
  ASSERT_TRUE(launch.has_value());
  EXPECT_EQ(launch->environment.at("SPARK_CONF_DIR"), "/conf");
  EXPECT_TRUE(launch->unknown.empty());
  container.command[2] = "SPARK_CONF_DIR=$X spark-submit a; spark-submit b";
  EXPECT_EQ(FindLaunchCommand(container)->unknown,
            (Words{"the driver's script sets SPARK_CONF_DIR=$X, which only it can resolve",
                   "the driver's script starts Spark more than once; the first one is "
                   "predicted"}));
}

}  // namespace
}  // namespace muster::spark
