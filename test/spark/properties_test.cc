#include "scheduler/spark/properties.h"

#include <gtest/gtest.h>

#include <string>

namespace muster::spark {
namespace {

Properties Parse(std::string_view text) {
  const StatusOr<Properties> properties = ParseProperties(text);
  EXPECT_TRUE(properties.ok()) << properties.status();
  return properties.value_or(Properties());
}

std::string ErrorOf(std::string_view text) {
  const StatusOr<Properties> properties = ParseProperties(text);
  return properties.ok() ? "no error" : std::string(MessageOf(properties.status()));
}

TEST(Properties, ReadsWhatSparkStores) {
  EXPECT_EQ(Parse("#Java properties built from Kubernetes config map\n"
                  "#Sat Nov 21 07:10:11 UTC 2026\n"
                  "spark.master=k8s\\://https\\://127.0.0.1\\:26443\n"
                  "spark.submit.pyFiles=\n"
                  "spark.app.name=\\ two words\n"),
            (Properties{{"spark.master", "k8s://https://127.0.0.1:26443"},
                        {"spark.submit.pyFiles", ""},
                        {"spark.app.name", " two words"}}));
}

TEST(Properties, SeparatesAtEqualsColonAndWhiteSpace) {
  const Properties properties = Parse("a=1\nb:2\nc 3\nd\t4\ne = 5\nf : 6\ng\fh\ni  =  j k \n");
  EXPECT_EQ(properties, (Properties{{"a", "1"},
                                    {"b", "2"},
                                    {"c", "3"},
                                    {"d", "4"},
                                    {"e", "5"},
                                    {"f", "6"},
                                    {"g", "h"},
                                    {"i", "j k "}}));
}

TEST(Properties, OnlyTheFirstSeparatorCounts) {
  EXPECT_EQ(Parse("a=b=c\nd==e\nf:=g\nh =:i\n"),
            (Properties{{"a", "b=c"}, {"d", "=e"}, {"f", "=g"}, {"h", ":i"}}));
}

TEST(Properties, EscapedSeparatorsBelongToTheKey) {
  EXPECT_EQ(Parse("a\\=b\\:c\\ d=e"), (Properties{{"a=b:c d", "e"}}));
}

TEST(Properties, SkipsBlankLinesAndComments) {
  EXPECT_EQ(Parse("\n  \t\n# a=1\n  ! b=2\n\n c=3#not a comment\n"),
            (Properties{{"c", "3#not a comment"}}));
}

TEST(Properties, AKeyAloneHasAnEmptyValue) {
  EXPECT_EQ(Parse("a\nb=\nc:\n=d\n"), (Properties{{"a", ""}, {"b", ""}, {"c", ""}, {"", "d"}}));
}

TEST(Properties, ReadsEscapes) {
  EXPECT_EQ(Parse("a=\\t\\n\\r\\f\\\\\\z\\\"").Find("a"), "\t\n\r\f\\z\"");
  EXPECT_EQ(Parse("a=\\u00e9\\u20AC\\u0041").Find("a"), "\u00e9\u20acA");
  EXPECT_EQ(Parse("a=\\\\u0041").Find("a"), "\\u0041");
}

TEST(Properties, JoinsSurrogatePairsAndReplacesLoneOnes) {
  EXPECT_EQ(Parse("a=\\uD83D\\uDE00").Find("a"), "\U0001F600");
  EXPECT_EQ(Parse("a=\\uD83Dx").Find("a"), "\uFFFDx");
  EXPECT_EQ(Parse("a=\\uD83D\\u0041").Find("a"), "\uFFFDA");
  EXPECT_EQ(Parse("a=\\uDE00").Find("a"), "\uFFFD");
}

TEST(Properties, JoinsLinesThatEndInABackslash) {
  EXPECT_EQ(Parse("a=1,\\\n   2,\\\r\n\t3\nb=4"), (Properties{{"a", "1,2,3"}, {"b", "4"}}));
  EXPECT_EQ(Parse("a=1\\\\\nb=2"), (Properties{{"a", "1\\"}, {"b", "2"}}));
  EXPECT_EQ(Parse("a=1\\\\\\\n2"), (Properties{{"a", "1\\2"}}));
  EXPECT_EQ(Parse("a=1\\\n#2"), (Properties{{"a", "1#2"}}));
  EXPECT_EQ(Parse("a=1\\\n\nb=2"), (Properties{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(Parse("a=1\\"), (Properties{{"a", "1"}}));
}

TEST(Properties, ACommentIsNeverContinued) {
  EXPECT_EQ(Parse("# comment \\\na=1"), (Properties{{"a", "1"}}));
}

TEST(Properties, TakesEveryKindOfLineEnd) {
  EXPECT_EQ(Parse("a=1\rb=2\r\nc=3\nd=4"),
            (Properties{{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}));
}

TEST(Properties, TheLaterOfTwoEqualKeysCounts) {
  EXPECT_EQ(Parse("a=1\nb=2\na=3"), (Properties{{"a", "3"}, {"b", "2"}}));
}

TEST(Properties, AMalformedEscapeNamesItsLine) {
  EXPECT_EQ(ErrorOf("a=1\n\n# c\nb=\\u12G4\n"),
            "line 4: '\\u12G4' given, \\u and four hexadecimal digits are allowed");
  EXPECT_EQ(ErrorOf("a=1\\\n2\nb\\u12"),
            "line 3: '\\u12' given, \\u and four hexadecimal digits are allowed");
}

TEST(Properties, RefusesWhatIsTooLargeOrNotUtf8) {
  EXPECT_EQ(ErrorOf(std::string((1 << 20) + 1, 'a')), "1048577 bytes; at most 1048576 are allowed");
  EXPECT_EQ(ErrorOf("a=1\nb=\xff"), "byte 6 is not UTF-8");
}

TEST(Properties, AreFoundAndSortedHoweverManyThereAre) {
  Properties properties;
  for (int i = 0; i < 10'000; ++i) properties.Set("k" + std::to_string(i), std::to_string(i));
  for (int i = 0; i < 10'000; i += 2) properties.Set("k" + std::to_string(i), "even");
  EXPECT_EQ(properties.size(), 10'000u);
  EXPECT_EQ(properties.Find("k9998"), "even");
  EXPECT_EQ(properties.Find("k9999"), "9999");
  EXPECT_EQ(properties.Find("k10000"), std::nullopt);
  EXPECT_EQ(properties.Find(""), std::nullopt);
  EXPECT_EQ(properties.Sorted("k999"), (std::vector<Properties::Entry>{{"k999", "999"},
                                                                       {"k9990", "even"},
                                                                       {"k9991", "9991"},
                                                                       {"k9992", "even"},
                                                                       {"k9993", "9993"},
                                                                       {"k9994", "even"},
                                                                       {"k9995", "9995"},
                                                                       {"k9996", "even"},
                                                                       {"k9997", "9997"},
                                                                       {"k9998", "even"},
                                                                       {"k9999", "9999"}}));
}

TEST(Properties, NoneAreFoundInNone) {
  EXPECT_EQ(Properties().Find("a"), std::nullopt);
  EXPECT_TRUE(Properties().Sorted().empty());
  EXPECT_EQ(Properties(), Parse("# nothing\n"));
}

}  // namespace
}  // namespace muster::spark
