#include "scheduler/runtime/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace muster::runtime {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kHead[] = "apiVersion: muster.dev/v1alpha1\nkind: MusterConfiguration\n";

StatusOr<Configuration> Parse(const std::string& fields) {
  return ParseConfiguration(kHead + fields, "muster.yaml");
}

std::string ErrorOf(const std::string& fields) {
  return std::string(MessageOf(Parse(fields).status()));
}

TEST(Configuration, AnAlmostEmptyFileGivesTheDefaults) {
  StatusOr<Configuration> configuration = Parse("");
  ASSERT_TRUE(configuration.ok()) << configuration.status();
  EXPECT_EQ(configuration->core.scheduler_name, "muster");
  EXPECT_EQ(configuration->listen.host, "127.0.0.1");
  EXPECT_EQ(configuration->listen.port, 10259);
  EXPECT_EQ(configuration->bind_concurrency, 32u);
}

TEST(Configuration, EveryFieldIsRead) {
  StatusOr<Configuration> configuration = Parse(
      "schedulerName: spark-gangs\nshapeTimeout: 90s\ngangTimeout: 1h30m\nbackfillPatience: 0s\n"
      "packingPatience: 30s\ngangMembersMax: 500\nlisten: '0.0.0.0:8080'\nbindConcurrency: "
      "8\nlogLevel: debug\n"
      "logFormat: json\nscoringStrategy: MostAllocated\n"
      "scoreWeights: {ImageLocality: 0, TaintToleration: 100}\n"
      "topologyLevels: [topology.kubernetes.io/zone, example.com/rack]\n"
      "interruptibleNodeLabels: [example.com/lifecycle=spot, example.com/cheap=]\n");
  ASSERT_TRUE(configuration.ok()) << configuration.status();
  EXPECT_EQ(configuration->core.scheduler_name, "spark-gangs");
  EXPECT_EQ(configuration->core.shape_timeout, std::chrono::seconds(90));
  EXPECT_EQ(configuration->core.gang_timeout, std::chrono::minutes(90));
  EXPECT_EQ(configuration->core.backfill_patience, std::chrono::seconds(0));
  EXPECT_EQ(configuration->core.packing_patience, std::chrono::seconds(30));
  EXPECT_EQ(configuration->core.gang_members_max, 500);
  EXPECT_EQ(configuration->listen.port, 8080);
  EXPECT_EQ(configuration->bind_concurrency, 8u);
  EXPECT_EQ(configuration->log_level, "debug");
  EXPECT_EQ(configuration->log_format, LogFormat::kJson);
  EXPECT_EQ(configuration->scores.strategy, plugins::ScoringStrategy::kMostAllocated);
  EXPECT_EQ(configuration->scores.weights.at("ImageLocality"), 0);
  EXPECT_EQ(configuration->scores.weights.at("TaintToleration"), 100);
}

TEST(Configuration, TheAutoscalerIsOneThatMusterKnows) {
  using capacity::Autoscaler;
  EXPECT_EQ(Parse("")->core.capacity.autoscaler, Autoscaler::kNone);
  EXPECT_EQ(Parse("autoscaler: none\n")->core.capacity.autoscaler, Autoscaler::kNone);
  EXPECT_EQ(Parse("autoscaler: karpenter\n")->core.capacity.autoscaler, Autoscaler::kKarpenter);
  const StatusOr<Configuration> configuration =
      Parse("autoscaler: cluster-autoscaler\nprovisioningTimeout: 20m\nstandInImage: pause:1\n");
  ASSERT_TRUE(configuration.ok()) << configuration.status();
  EXPECT_EQ(configuration->core.capacity.autoscaler, Autoscaler::kClusterAutoscaler);
  EXPECT_EQ(configuration->core.capacity.provisioning_timeout, std::chrono::minutes(20));
  EXPECT_EQ(configuration->core.capacity.stand_in_image, "pause:1");
  EXPECT_THAT(ErrorOf("autoscaler: Karpenter\n"),
              HasSubstr("path 'autoscaler' (line 3): 'Karpenter'; allowed: cluster-autoscaler, "
                        "karpenter, none"));
  EXPECT_THAT(ErrorOf("provisioningTimeout: 1s\n"), HasSubstr("allowed: 30s to 24h"));
  EXPECT_THAT(ErrorOf("standInImage: ''\n"), HasSubstr("no spaces"));
}

TEST(Configuration, LeaderElectionIsOnWithTheTimesOfKubeScheduler) {
  const LeaderElection election = Parse("")->leader_election;
  EXPECT_TRUE(election.leader_elect);
  EXPECT_EQ(election.times.lease_duration, std::chrono::seconds(15));
  EXPECT_EQ(election.times.renew_deadline, std::chrono::seconds(10));
  EXPECT_EQ(election.times.retry_period, std::chrono::seconds(2));
}

TEST(Configuration, EveryFieldOfTheLeaderElectionIsRead) {
  StatusOr<Configuration> configuration = Parse(
      "leaderElection: {leaderElect: false, leaseDuration: 60s, renewDeadline: 40s, "
      "retryPeriod: 5s, resourceName: spark-gangs, resourceNamespace: kube-system}\n");
  ASSERT_TRUE(configuration.ok()) << configuration.status();
  const LeaderElection& election = configuration->leader_election;
  EXPECT_FALSE(election.leader_elect);
  EXPECT_EQ(election.times.lease_duration, std::chrono::seconds(60));
  EXPECT_EQ(election.times.renew_deadline, std::chrono::seconds(40));
  EXPECT_EQ(election.times.retry_period, std::chrono::seconds(5));
  EXPECT_EQ(election.resource_name, "spark-gangs");
  EXPECT_EQ(election.resource_namespace, "kube-system");
}

TEST(Configuration, AWrongLeaderElectionIsNamedByItsPathWithWhatIsAllowed) {
  EXPECT_THAT(ErrorOf("leaderElection: {leaseDuraton: 15s}\n"),
              HasSubstr("path 'leaderElection' (line 3): path 'leaderElection.leaseDuraton' (line "
                        "3): unknown field; allowed: leaderElect, leaseDuration, renewDeadline"));
  EXPECT_THAT(ErrorOf("leaderElection: {retryPeriod: 2s, retryPeriod: 3s}\n"),
              HasSubstr("'leaderElection.retryPeriod' (line 3): is given twice"));
  EXPECT_THAT(ErrorOf("leaderElection: {leaderElect: 'true'}\n"),
              HasSubstr("allowed: true, false"));
  EXPECT_THAT(ErrorOf("leaderElection: {leaderElect: yes}\n"), HasSubstr("allowed: true, false"));
  EXPECT_THAT(ErrorOf("leaderElection: {retryPeriod: 0s}\n"), HasSubstr("allowed: 1ms to 24h"));
  EXPECT_THAT(ErrorOf("leaderElection: {resourceName: a/b}\n"), HasSubstr("lower-case letters"));
  EXPECT_THAT(ErrorOf("leaderElection: true\n"), HasSubstr("must be a map of fields"));
  // client-go's rules, over the defaults too.
  EXPECT_THAT(ErrorOf("leaderElection: {renewDeadline: 14s}\n"),
              HasSubstr("leaseDuration 15s; allowed: renewDeadline and 4s, 18s, or more"));
  EXPECT_THAT(ErrorOf("leaderElection: {retryPeriod: 9s}\n"),
              HasSubstr("renewDeadline 10s; allowed: more than 1.2 times retryPeriod, 10.8s"));
}

TEST(Configuration, WhatTheLabelsOfNodesMeanIsRead) {
  StatusOr<Configuration> configuration = Parse(
      "topologyLevels: [topology.kubernetes.io/zone, example.com/rack]\n"
      "interruptibleNodeLabels: [example.com/lifecycle=spot, example.com/cheap=]\n");
  ASSERT_TRUE(configuration.ok()) << configuration.status();
  EXPECT_EQ(configuration->core.topology.levels,
            (std::vector<std::string>{"topology.kubernetes.io/zone", "example.com/rack"}));
  EXPECT_EQ(configuration->core.topology.interruptible,
            (std::vector<topology::NodeLabel>{{"example.com/lifecycle", "spot"},
                                              {"example.com/cheap", ""}}));
  EXPECT_TRUE(Parse("topologyLevels: []\n")->core.topology.levels.empty());
  EXPECT_EQ(Parse("")->core.topology.levels, topology::DefaultTopologySettings().levels);
}

TEST(Configuration, TheShuffleProfileIsReadFromItsFile) {
  const std::string directory = ::testing::TempDir();
  const std::string profile = directory + "muster-profile.json";
  const std::string file = directory + "muster-with-profile.yaml";
  const auto write = [](const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
  };
  write(file, "apiVersion: muster.dev/v1alpha1\nkind: MusterConfiguration\nshuffleProfile: " +
                  profile + "\n");
  write(profile,
        R"({"version":1,"applications":[{"namespace":"spark","name":"etl","runs":1,"tasks":10,)"
        R"("inputBytes":5,"shuffleBytes":1,"executorMilliseconds":9000}]})");
  const StatusOr<Configuration> configuration = LoadConfiguration(file);
  ASSERT_TRUE(configuration.ok()) << configuration.status();
  EXPECT_NE(configuration->core.shuffle_profile.Find("spark", "etl"), nullptr);

  write(profile, "{}");
  EXPECT_THAT(std::string(MessageOf(LoadConfiguration(file).status())), HasSubstr(profile));
  std::remove(profile.c_str());
  EXPECT_FALSE(LoadConfiguration(file).ok());
  std::remove(file.c_str());
}

TEST(Configuration, AWrongTopologyIsRefused) {
  EXPECT_THAT(ErrorOf("topologyLevels: zone\n"), HasSubstr("a list of at most 8 texts"));
  EXPECT_THAT(ErrorOf("topologyLevels: [a, b, c, d, e, f, g, h, i]\n"), HasSubstr("at most 8"));
  EXPECT_THAT(ErrorOf("topologyLevels: [zone, zone]\n"), HasSubstr("'zone' is given twice"));
  EXPECT_THAT(ErrorOf("topologyLevels: ['no label']\n"), HasSubstr("allowed: a label key"));
  EXPECT_THAT(ErrorOf("interruptibleNodeLabels: [spot]\n"), HasSubstr("allowed: LABEL=VALUE"));
  EXPECT_THAT(ErrorOf("interruptibleNodeLabels: ['=spot']\n"), HasSubstr("a label key"));
}

TEST(Configuration, AWrongScoreWeightIsNamedByItsPath) {
  EXPECT_THAT(ErrorOf("scoreWeights: {TaintTolerance: 1}\n"),
              HasSubstr("path 'scoreWeights.TaintTolerance' (line 3): unknown score plugin; "
                        "allowed: TaintToleration, NodeAffinity, NodeResourcesFit"));
  EXPECT_THAT(ErrorOf("scoreWeights:\n  NodeAffinity: 101\n"),
              HasSubstr("path 'scoreWeights.NodeAffinity' (line 4): '101'; allowed: an integer "
                        "from 0 to 100"));
  EXPECT_THAT(ErrorOf("scoreWeights:\n  NodeAffinity: 1\n  NodeAffinity: 2\n"), HasSubstr("twice"));
  EXPECT_THAT(ErrorOf("scoreWeights: [1]\n"), HasSubstr("a map of score plugins"));
  EXPECT_THAT(ErrorOf("scoringStrategy: leastAllocated\n"),
              HasSubstr("'leastAllocated'; allowed: LeastAllocated, MostAllocated"));
}

TEST(Configuration, AnUnknownFieldIsNamedWithItsPlaceAndWhatIsAllowed) {
  EXPECT_THAT(ErrorOf("gangTimout: 5m\n"),
              HasSubstr("muster.yaml: path 'gangTimout' (line 3): unknown field; allowed: "
                        "apiVersion, kind, schedulerName, shapeTimeout, gangTimeout"));
}

TEST(Configuration, ARepeatedFieldIsAnError) {
  EXPECT_THAT(ErrorOf("gangTimeout: 5m\ngangTimeout: 6m\n"),
              HasSubstr("path 'gangTimeout' (line 4): is given twice"));
}

TEST(Configuration, AWrongTypeOrAValueOutOfRangeIsAnErrorThatSaysWhatIsAllowed) {
  EXPECT_THAT(ErrorOf("gangMembersMax: '10'\n"), HasSubstr("an integer from 1 to 1000000"));
  EXPECT_THAT(ErrorOf("gangMembersMax: 0\n"), HasSubstr("'0'; allowed: an integer from 1"));
  EXPECT_THAT(ErrorOf("gangMembersMax: 1e3\n"), HasSubstr("path 'gangMembersMax'"));
  EXPECT_THAT(ErrorOf("gangMembersMax: 99999999999999999999\n"), HasSubstr("allowed"));
  EXPECT_THAT(ErrorOf("gangMembersMax: [1]\n"), HasSubstr("an integer from"));
  EXPECT_THAT(ErrorOf("shapeTimeout: 10\n"), HasSubstr("is not a duration such as 90s"));
  EXPECT_THAT(ErrorOf("shapeTimeout: 2h\n"), HasSubstr("'2h'; allowed: 1s to 1h"));
  EXPECT_THAT(ErrorOf("shapeTimeout: {a: 1}\n"), HasSubstr("must be a text"));
  EXPECT_THAT(ErrorOf("schedulerName: Muster\n"), HasSubstr("lower-case"));
  EXPECT_THAT(ErrorOf("listen: nowhere\n"), HasSubstr("ADDRESS:PORT"));
  EXPECT_THAT(ErrorOf("logLevel: loud\n"), HasSubstr("trace, debug, info, warn, error, off"));
}

TEST(Configuration, TheKindAndVersionMustBeOurs) {
  const auto error = [](const char* text) {
    return std::string(MessageOf(ParseConfiguration(text, "f").status()));
  };
  EXPECT_THAT(error("apiVersion: muster.dev/v1alpha1\n"), HasSubstr("'kind': is missing"));
  EXPECT_THAT(error("apiVersion: v1\nkind: MusterConfiguration\n"),
              AllOf(HasSubstr("path 'apiVersion'"), HasSubstr("muster.dev/v1alpha1")));
  EXPECT_THAT(error(""), HasSubstr("f: must"));
  EXPECT_THAT(error("- a\n"), HasSubstr("must be a map"));
  EXPECT_THAT(error("a: [1\nb: 2\n"), HasSubstr("not valid YAML"));
  EXPECT_THAT(error("---\na: 1\n---\nb: 2\n"), HasSubstr("exactly one YAML document"));
}

TEST(Configuration, AMissingOrTooLargeFileIsNamed) {
  EXPECT_THAT(std::string(MessageOf(LoadConfiguration("/nonexistent/muster.yaml").status())),
              HasSubstr("cannot open '/nonexistent/muster.yaml'"));
}

TEST(ParseListenAddress, TakesIPv4IPv6AndEveryAddress) {
  EXPECT_EQ(ParseListenAddress("127.0.0.1:80")->host, "127.0.0.1");
  EXPECT_EQ(ParseListenAddress("[::1]:80")->host, "::1");
  EXPECT_EQ(ParseListenAddress(":80")->host, "0.0.0.0");
  for (const char* text : {"", "80", "::1:80", "a:", "a:-1", "a:65536", "a:8x", "[]:80"}) {
    EXPECT_FALSE(ParseListenAddress(text).ok()) << text;
  }
}

}  // namespace
}  // namespace muster::runtime
