#include "scheduler/spark/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace muster::spark {
namespace {

const Properties& Entries() {
  static const Properties entries{{"a.bool", " TRUE "},
                                  {"a.count", "+7"},
                                  {"a.factor", "0.4d"},
                                  {"a.size", "2g"},
                                  {"a.text", " \t text \n"},
                                  {"bad", "abc"},
                                  {"empty", ""},
                                  {"negative", "-1"},
                                  {"not.a.number", "NaN"},
                                  {"prefix.one", " 1 "},
                                  {"prefix.two.three", "${x}"},
                                  {"prefixed", "no"},
                                  {"variable", "${env:SIZE}"},
                                  {"zero", "0"}};
  return entries;
}

TEST(Settings, ReadsEveryType) {
  Settings settings(Entries(), "file");
  EXPECT_TRUE(*settings.Boolean("a.bool", false));
  EXPECT_EQ(*settings.WholeNumber("a.count", 1, 10), 7);
  EXPECT_EQ(*settings.Factor("a.factor", false), 0.4);
  EXPECT_EQ(*settings.Factor("zero", true), 0.0);
  EXPECT_EQ(*settings.Mebibytes("a.size", SizeUnit::kBytes, 0), 2048);
  EXPECT_EQ(settings.Text("a.text"), "text \n");
  EXPECT_EQ(settings.Text("empty"), "");
}

TEST(Settings, AbsentKeysHaveNoValue) {
  Settings settings(Entries(), "file");
  EXPECT_TRUE(*settings.Boolean("absent", true));
  EXPECT_EQ(*settings.WholeNumber("absent", 1, 10), std::nullopt);
  EXPECT_EQ(*settings.Factor("absent", false), std::nullopt);
  EXPECT_EQ(*settings.Mebibytes("absent", SizeUnit::kBytes, 0), std::nullopt);
  EXPECT_EQ(settings.Text("absent"), std::nullopt);
  EXPECT_TRUE(settings.unknown().empty());
}

TEST(Settings, ErrorsNameFileKeyValueAndWhatIsAllowed) {
  Settings settings(Entries(), "file");
  EXPECT_EQ(MessageOf(settings.WholeNumber("bad", 1, 10).status()),
            "file: bad=abc: a whole number from 1 to 10 is allowed");
  EXPECT_EQ(MessageOf(settings.WholeNumber("negative", 0, 10).status()),
            "file: negative=-1: a whole number from 0 to 10 is allowed");
  EXPECT_EQ(MessageOf(settings.WholeNumber("empty", 0, 10).status()),
            "file: empty=: a whole number from 0 to 10 is allowed");
  EXPECT_EQ(MessageOf(settings.Boolean("bad", false).status()),
            "file: bad=abc: true or false is allowed");
  EXPECT_EQ(MessageOf(settings.Factor("zero", false).status()),
            "file: zero=0: a number greater than zero (such as 0.1) is allowed");
  EXPECT_EQ(MessageOf(settings.Factor("negative", true).status()),
            "file: negative=-1: a number of zero or more (such as 0.1) is allowed");
  EXPECT_FALSE(settings.Factor("not.a.number", true).ok());
  EXPECT_FALSE(settings.Mebibytes("bad", SizeUnit::kBytes, 0).ok());
  EXPECT_EQ(MessageOf(settings.Mebibytes("zero", SizeUnit::kBytes, 1).status()),
            "file: zero=0: 1m or more is allowed");
  EXPECT_EQ(MessageOf(settings.Refuse("absent", "it is needed")),
            "file: absent is missing: it is needed");
}

TEST(Settings, AValueWithAVariableIsAbsentAndReportedOnce) {
  Settings settings(Entries(), "file");
  EXPECT_EQ(*settings.WholeNumber("variable", 1, 10), std::nullopt);
  EXPECT_EQ(*settings.Factor("variable", true), std::nullopt);
  EXPECT_TRUE(settings.Has("variable"));
  ASSERT_EQ(settings.unknown().size(), 1u);
  EXPECT_EQ(settings.unknown()[0], "variable holds ${env:SIZE}, which only the driver can resolve");
}

TEST(Settings, ReferencesToOtherEntriesAreReplacedAndThoseInsideOfThem) {
  const Properties entries{{"spark.executor.memory", "${spark.size}g"},
                           {"spark.size", " ${spark.tens}${spark.ones} "},
                           {"spark.tens", "1"},
                           {"spark.ones", "2"},
                           {"spark.name", "a-${spark.executor.memory}-$b-{c}"}};
  Settings settings(entries, "file");
  EXPECT_EQ(*settings.Mebibytes("spark.executor.memory", SizeUnit::kMebibytes, 1), 12 * 1024);
  EXPECT_EQ(settings.Text("spark.name"), "a-12g-$b-{c}");
  EXPECT_TRUE(settings.unknown().empty());
}

TEST(Settings, WhatAReferenceLeavesOpenIsUnknownAndTheReasonIsSaid) {
  const std::string amount = "spark.executor.resource.gpu.amount";
  const Properties entries{{"a", "${spark.absent}"},
                           {"b", "${spark.b1}"},
                           {"spark.b1", "${spark.b2}"},
                           {"spark.b2", "x${spark.b1}"},
                           {"c", "${spark.unresolved}"},
                           {"spark.unresolved", "$(SIZE)"},
                           {"d", "1${spark.e}"},
                           {"spark.e", "${system:user.name}"},
                           {"e", "${plain}"},
                           {"f", "${spark.ones"},
                           {"g", "${spark. ones}"},
                           {"h", "${}"},
                           {amount, "${spark.ones}"},
                           {"spark.ones", "1"}};
  Settings settings(entries, "file", {{}, {"spark.unresolved"}});
  for (const char* key : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    EXPECT_EQ(settings.Text(key), std::nullopt) << key;
  }
  EXPECT_EQ(settings.Text(amount), std::nullopt);
  EXPECT_EQ(
      settings.unknown(),
      (std::vector<std::string>{"a holds ${spark.absent}, and spark.absent is not set here",
                                "b holds ${spark.b1}, which refers to itself: Spark stops at that",
                                "c holds ${spark.unresolved}, which only the driver can resolve",
                                "d holds 1${spark.e}, which only the driver can resolve",
                                "e holds ${plain}, which only the driver can resolve",
                                "f holds ${spark.ones, which only the driver can resolve",
                                "g holds ${spark. ones}, which only the driver can resolve",
                                "h holds ${}, which only the driver can resolve",
                                amount + " holds ${spark.ones}, where Spark replaces nothing"}));
}

TEST(Settings, ARefusalShowsWhatTheReferencesCameTo) {
  const Properties entries{{"spark.executor.memory", "${spark.size}"}, {"spark.size", "much"}};
  Settings settings(entries, "file");
  const auto memory = settings.Mebibytes("spark.executor.memory", SizeUnit::kMebibytes, 1);
  EXPECT_THAT(std::string(MessageOf(memory.status())),
              ::testing::StartsWith("file: spark.executor.memory=${spark.size} (much): "));
}

TEST(Settings, ReferencesThatWouldGrowWithoutBoundAreNotFollowed) {
  Properties entries;
  const auto name = [](int i) { return "spark.level" + std::to_string(i); };
  for (int i = 0; i < 40; ++i) {
    const std::string next = "${" + name(i + 1) + "}";
    entries.Set(name(i), next + next);
    entries.Set("spark.chain" + std::to_string(i), "${spark.chain" + std::to_string(i + 1) + "}");
  }
  entries.Set(name(40), "");
  entries.Set("spark.chain40", "1");
  entries.Set("spark.long", "${spark.chain35}" + std::string(5000, 'x'));
  Settings settings(entries, "file");
  EXPECT_EQ(settings.Text(name(0)), std::nullopt);
  EXPECT_EQ(settings.Text("spark.chain0"), std::nullopt);
  EXPECT_EQ(settings.Text("spark.long"), std::nullopt);
  EXPECT_EQ(settings.unknown().size(), 3u);
  EXPECT_EQ(settings.Text("spark.chain35"), "1");
}

TEST(Settings, PrefixesAreTakenLiterally) {
  Settings settings(Entries(), "file");
  EXPECT_EQ(settings.WithPrefix("prefix."),
            (std::map<std::string, std::string>{{"one", "1"}, {"two.three", "${x}"}}));
  EXPECT_TRUE(settings.unknown().empty());
}

}  // namespace
}  // namespace muster::spark
