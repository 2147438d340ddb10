#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "scheduler/api/json_codec.h"

namespace muster::api {
namespace {

constexpr std::size_t kBytesMax = 8 << 20;

TEST(ParseJson, ReadsADocument) {
  const auto json = ParseJson(R"({"a":[1,2.5,"x",null,true]})", kBytesMax);
  ASSERT_TRUE(json.ok());
  EXPECT_EQ((*json)["a"].size(), 5u);
}

TEST(ParseJson, RefusesTextOverTheSizeLimitBeforeReadingIt) {
  const auto json = ParseJson("[1,2,3]", 6);
  ASSERT_FALSE(json.ok());
  EXPECT_EQ(MessageOf(json.status()), "JSON text of 7 bytes; at most 6 are allowed");
}

TEST(ParseJson, AllowsAHundredLevelsAndNoMore) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(ParseJson(nested(100), kBytesMax).ok());
  const auto too_deep = ParseJson(nested(101), kBytesMax);
  ASSERT_FALSE(too_deep.ok());
  EXPECT_NE(MessageOf(too_deep.status()).find("100 levels"), std::string_view::npos);
  EXPECT_FALSE(ParseJson(std::string(4 << 20, '['), kBytesMax).ok());
}

TEST(ParseJson, BracketsInStringsAreNoNesting) {
  EXPECT_TRUE(ParseJson("\"" + std::string(1000, '[') + "\"", kBytesMax).ok());
  EXPECT_TRUE(ParseJson(R"(["\"[", "\\"])", kBytesMax).ok());
}

TEST(ParseJson, SaysWhereBadTextIsBad) {
  const auto json = ParseJson("{\"a\":\n nope}", kBytesMax);
  ASSERT_FALSE(json.ok());
  EXPECT_NE(MessageOf(json.status()).find("line 2"), std::string_view::npos)
      << MessageOf(json.status());
}

TEST(ParseJson, RefusesHostileTextWithAShortReadableMessage) {
  const std::string cases[] = {
      "",
      "{",
      "[1,]",
      "{\"a\":1}}",
      "\"\xff\xfe\"",
      "\"\\ud800\"",
      "1e999",
      "nan",
      std::string("[\0]", 3),
      "\"" + std::string(1 << 20, 'x'),
  };
  for (const std::string& text : cases) {
    const auto json = ParseJson(text, kBytesMax);
    ASSERT_FALSE(json.ok()) << text.substr(0, 20);
    EXPECT_LT(json.status().message().size(), 300u);
    for (const char c : MessageOf(json.status())) EXPECT_TRUE(c >= ' ' && c <= '~');
  }
}

}  // namespace
}  // namespace muster::api
