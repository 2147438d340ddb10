#include "scheduler/spark/submit_options.h"

#include <gtest/gtest.h>

namespace muster::spark {
namespace {

SubmitOptions Parse(const std::string& command) {
  LaunchCommand launch;
  const auto commands = SplitShellScript(command);
  launch.program = commands.at(0).at(0).text;
  launch.arguments.assign(commands[0].begin() + 1, commands[0].end());
  return ParseSubmitOptions(launch);
}

TEST(SubmitOptions, FlagsBecomeProperties) {
  const SubmitOptions options = Parse(
      "spark-submit --num-executors 3 --executor-memory=2g --executor-cores 4 --name n "
      "--deploy-mode client --master k8s://x --jars a.jar app.jar --num-executors 9");
  EXPECT_EQ(options.properties, (Properties{{"spark.app.name", "n"},
                                            {"spark.executor.cores", "4"},
                                            {"spark.executor.instances", "3"},
                                            {"spark.executor.memory", "2g"},
                                            {"spark.master", "k8s://x"},
                                            {"spark.submit.deployMode", "client"}}));
  EXPECT_EQ(options.default_name, "app.jar");
  EXPECT_TRUE(options.unknown.empty());
}

TEST(SubmitOptions, AFlagBeatsConfWhereverItStands) {
  EXPECT_EQ(Parse("spark-submit --num-executors 5 --conf spark.executor.instances=3 x")
                .properties.Find("spark.executor.instances"),
            "5");
  EXPECT_EQ(Parse("spark-submit -c a=1 --conf a=2=3 x").properties.Find("a"), "2=3");
}

TEST(SubmitOptions, TheNameFallsBackToClassAndFile) {
  EXPECT_EQ(Parse("spark-submit --class a.B x.jar").default_name, "a.B");
  EXPECT_EQ(Parse("spark-submit local:///opt/pi.py 10").default_name, "pi.py");
  EXPECT_EQ(Parse("pyspark").properties.Find("spark.app.name"), "PySparkShell");
}

TEST(SubmitOptions, ShellsAndServersTakeOptionsAnywhere) {
  EXPECT_EQ(Parse("spark-shell -I init.scala --conf a=1").properties.Find("a"), "1");
  EXPECT_EQ(Parse("start-thriftserver.sh --hiveconf a=b --num-executors 2")
                .properties.Find("spark.executor.instances"),
            "2");
}

TEST(SubmitOptions, FilesOfPropertiesAreNamed) {
  EXPECT_EQ(Parse("spark-submit --properties-file /a x").properties_file, "/a");
  EXPECT_EQ(Parse("spark-submit --properties-file=/a x").properties_file, "/a");
  EXPECT_TRUE(Parse("spark-submit --load-spark-defaults x").loads_defaults_too);
  EXPECT_FALSE(Parse("spark-submit x --properties-file /a").properties_file.has_value());
}

TEST(SubmitOptions, WhatIsNotResolvedIsKnownToBeSo) {
  const SubmitOptions options = Parse("spark-submit --conf a=$B --executor-memory $M --conf b=1 x");
  EXPECT_EQ(options.unresolved, (KeySet{"a", "spark.executor.memory"}));
  EXPECT_TRUE(options.unknown.empty());
  EXPECT_EQ(Parse("spark-submit --conf a=$B --conf a=1 x").unresolved, KeySet());
  EXPECT_EQ(Parse("spark-submit $OPTIONS x").unknown,
            (std::vector<std::string>{"the driver's command line holds $OPTIONS, which only its "
                                      "container can resolve"}));
  EXPECT_EQ(Parse("spark-submit --conf $PAIR x").unknown.size(), 1u);
  EXPECT_EQ(Parse("spark-submit --conf $KEY=1 x").unknown.size(), 1u);
}

TEST(SubmitOptions, SomeStartNoDriver) {
  EXPECT_TRUE(Parse("spark-submit --version").starts_no_driver);
  EXPECT_TRUE(Parse("spark-submit --kill x").starts_no_driver);
  EXPECT_FALSE(Parse("spark-submit x --version").starts_no_driver);
}

TEST(SubmitOptions, AnOptionWithoutItsValueIsHarmless) {
  EXPECT_TRUE(Parse("spark-submit --conf").properties.empty());
  EXPECT_TRUE(Parse("spark-submit --num-executors").properties.empty());
  EXPECT_TRUE(Parse("spark-submit --conf novalue").properties.empty());
}

}  // namespace
}  // namespace muster::spark
