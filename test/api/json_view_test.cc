#include "scheduler/api/json_view.h"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/json_codec.h"

namespace muster::api {
namespace {

using nlohmann::json;
using Type = JsonView::Type;

constexpr std::size_t kBytesMax = 8 << 20;

/// What a view shows, as a document of its own.
json Copy(JsonView view) {
  switch (view.type()) {
    case Type::kString:
      return std::string(view.String());
    case Type::kBoolean:
      return view.Boolean();
    case Type::kList: {
      json list = json::array();
      EXPECT_TRUE(view.ForEachElement([&](JsonView element, std::size_t index) {
                        EXPECT_EQ(index, list.size());
                        list.push_back(Copy(element));
                        return OkStatus();
                      })
                      .ok());
      return list;
    }
    case Type::kObject: {
      json object = json::object();
      EXPECT_TRUE(view.ForEachMember([&](std::string_view key, JsonView value) {
                        object[std::string(key)] = Copy(value);
                        return OkStatus();
                      })
                      .ok());
      return object;
    }
    default:
      return json::parse(view.ScalarText());
  }
}

TEST(JsonView, FindsManyKeysInOneWalkTheLastOfEachWhereItIsRepeated) {
  const std::string text = R"({"a":1,"":2,"bb":null,"a":3,"ba":4,"c":{"b":5}})";
  const std::array<std::string_view, 5> keys{"bb", "a", "b", "absent", "ba"};
  JsonParser parser;
  const auto parsed = parser.Parse(text, kBytesMax);
  const json dom = json::parse(text);
  ASSERT_TRUE(parsed.ok());
  for (const JsonView object : {*parsed, JsonView(dom)}) {
    std::array<JsonView, 5> found;
    object.FindAll(keys, found);
    EXPECT_EQ(found[0].type(), Type::kNull);
    EXPECT_EQ(found[1].Int64(), 3);
    EXPECT_FALSE(found[2]);
    EXPECT_FALSE(found[3]);
    EXPECT_EQ(found[4].Int64(), 4);
  }
}

TEST(JsonParser, ShowsTheSameDocumentAsTheDom) {
  const std::vector<std::string> texts = {
      R"({"a":[1,-2.5,"x\n\u00e4",null,true,{}],"b":{"c":[]},"":0})",
      "[18446744073709551615, 9223372036854775807, -9223372036854775808, 1e3, 0.1]",
      "[123456789012345678901234567890]",
      R"({"a":1,"b":2,"a":3})",
      "\"text\"",
      " null ",
  };
  JsonParser parser;
  for (const std::string& text : texts) {
    SCOPED_TRACE(text);
    const auto dom = ParseJson(text, kBytesMax);
    const auto view = parser.Parse(text, kBytesMax);
    ASSERT_TRUE(dom.ok() && view.ok());
    EXPECT_EQ(Copy(*view), *dom);
    EXPECT_EQ(Copy(JsonView(*dom)), *dom);
  }
}

TEST(JsonParser, AcceptsAndRefusesWhatTheDomParserDoes) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string document =
      R"({"metadata":{"name":"é\u0041","labels":{"a":"b"}},"n":[1,2.5e3,-0,null,true],"s":"\"{["})";
  constexpr std::string_view kBytes = "{}[]\",:\\ue0123456789.-+ntf \x01\xff";
  JsonParser parser;
  for (int round = 0; round < 5000; ++round) {
    std::string text = document;
    for (auto change = random() % 3; change > 0; --change) {
      text[random() % text.size()] = kBytes[random() % kBytes.size()];
    }
    const auto dom = ParseJson(text, kBytesMax);
    const auto view = parser.Parse(text, kBytesMax);
    ASSERT_EQ(dom.ok(), view.ok()) << text;
    if (dom.ok()) {
      ASSERT_EQ(Copy(*view), *dom) << text;
    } else {
      ASSERT_EQ(view.status(), dom.status()) << text;
    }
  }
}

TEST(JsonParser, AllowsAHundredLevelsAndNoMore) {
  JsonParser parser;
  for (const std::string inner : {"", "1"}) {
    const auto nested = [&inner](std::size_t depth) {
      return std::string(depth, '[') + inner + std::string(depth, ']');
    };
    EXPECT_TRUE(parser.Parse(nested(100), kBytesMax).ok());
    EXPECT_FALSE(parser.Parse(nested(101), kBytesMax).ok());
  }
}

TEST(JsonParser, ALaterTextIsReadAfterABadOneAndAfterALargeOne) {
  JsonParser parser;
  EXPECT_FALSE(parser.Parse("{", kBytesMax).ok());
  EXPECT_FALSE(parser.Parse("[1,2,3]", 6).ok());
  ASSERT_TRUE(parser.Parse("[\"" + std::string(3 << 20, 'x') + "\"]", kBytesMax).ok());
  const auto view = parser.Parse(R"({"a":7})", kBytesMax);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->Find("a").Int64(), 7);
}

TEST(JsonView, NothingIsFoundInWhatIsNoObject) {
  JsonParser parser;
  const auto view = parser.Parse(R"([{"a":1}])", kBytesMax);
  ASSERT_TRUE(view.ok());
  EXPECT_FALSE(view->Find("a"));
  EXPECT_FALSE(view->Find("a").Find("b"));
  EXPECT_FALSE(JsonView(json(7)).Find("a"));
}

TEST(JsonView, OfARepeatedKeyTheLastValueCounts) {
  JsonParser parser;
  const auto view = parser.Parse(R"({"a":1,"b":0,"a":2})", kBytesMax);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->Find("a").Int64(), 2);
}

TEST(JsonView, ANumberBeyondSixtyFourBitsIsNoInteger) {
  JsonParser parser;
  EXPECT_EQ(parser.Parse("18446744073709551615", kBytesMax)->Int64(), std::nullopt);
  EXPECT_EQ(JsonView(json(18446744073709551615U)).Int64(), std::nullopt);
}

}  // namespace
}  // namespace muster::api
