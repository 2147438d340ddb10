#include "scheduler/kube/watch_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

namespace muster::kube {
namespace {

using ::testing::ElementsAre;

/// Feeds the text in the given pieces and returns the objects.
std::vector<std::string> Split(const std::vector<std::string>& chunks) {
  JsonObjectSplitter splitter(1024);
  std::vector<std::string> objects;
  for (const std::string& chunk : chunks) {
    const Status fed = splitter.Feed(chunk, [&](std::string_view object) {
      objects.emplace_back(object);
      return true;
    });
    EXPECT_TRUE(fed.ok()) << fed;
  }
  EXPECT_TRUE(splitter.AtBoundary());
  return objects;
}

TEST(JsonObjectSplitter, ObjectsNeedNoNewlineBetweenThem) {
  EXPECT_THAT(Split({R"({"a":1}{"b":[{}]} {"c":"}"})"}),
              ElementsAre(R"({"a":1})", R"({"b":[{}]})", R"({"c":"}"})"));
}

TEST(JsonObjectSplitter, EscapedQuotesAndBracketsInStringsDoNotCount) {
  const std::string tricky = R"({"a":"\"}{\\","b":"]["})";
  EXPECT_THAT(Split({tricky, "\n", tricky}), ElementsAre(tricky, tricky));
}

TEST(JsonObjectSplitter, AnyChunkingGivesTheSameObjects) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::vector<std::string> objects = {
      R"({"type":"ADDED","object":{"metadata":{"name":"a\"b"}}})", R"({"x":"\\"})", "{}",
      R"({"y":[[[{"z":"}}}"}]]]})"};
  for (int round = 0; round < 500; ++round) {
    std::string text;
    std::vector<std::string> expected;
    for (int i = 0; i < 20; ++i) {
      expected.push_back(objects[random() % objects.size()]);
      text += expected.back() + (random() % 2 == 0 ? "\n" : "");
    }
    std::vector<std::string> chunks;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = 1 + random() % 40;
      chunks.push_back(text.substr(at, size));
      at += size;
    }
    ASSERT_EQ(Split(chunks), expected);
  }
}

TEST(JsonObjectSplitter, AnObjectOverTheLimitIsAnErrorEvenBeforeItsEnd) {
  JsonObjectSplitter splitter(100);
  const auto take = [](std::string_view) { return true; };
  EXPECT_TRUE(splitter.Feed(R"({"a":")" + std::string(90, 'x'), take).ok());
  EXPECT_FALSE(splitter.Feed(std::string(20, 'x'), take).ok());
  JsonObjectSplitter whole(100);
  EXPECT_FALSE(whole.Feed(R"({"a":")" + std::string(200, 'x') + "\"}", take).ok());
}

TEST(JsonObjectSplitter, OtherBytesBetweenObjectsAreAnError) {
  const auto take = [](std::string_view) { return true; };
  for (const char* text : {"[]", "null", "}", "x", "{} ,{}"}) {
    JsonObjectSplitter splitter(100);
    EXPECT_FALSE(splitter.Feed(text, take).ok()) << text;
  }
}

TEST(JsonObjectSplitter, TheReceiverCanEndTheStream) {
  JsonObjectSplitter splitter(100);
  int taken = 0;
  EXPECT_TRUE(splitter.Feed("{}{}{}", [&](std::string_view) { return ++taken < 2; }).ok());
  EXPECT_EQ(taken, 2);
}

StatusOr<WatchEvent> Read(const char* text) { return ReadWatchEvent(nlohmann::json::parse(text)); }

TEST(ReadWatchEvent, TheEndOfTheInitialEventsIsSeenOnItsBookmarkOnly) {
  const char* end = R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"12",
      "annotations":{"k8s.io/initial-events-end":"true"}}}})";
  EXPECT_TRUE(Read(end)->initial_events_end);
  EXPECT_EQ(Read(end)->resource_version, "12");
  const char* added = R"({"type":"ADDED","object":{"metadata":{"resourceVersion":"12",
      "annotations":{"k8s.io/initial-events-end":"true"}}}})";
  EXPECT_FALSE(Read(added)->initial_events_end);
}

TEST(ReadWatchEvent, AnErrorCarriesItsStatus) {
  auto event = Read(R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired",
      "message":"too old resource version"}})");
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(event->error_code, 410);
  EXPECT_EQ(event->error_reason, "Expired");
}

TEST(ReadWatchEvent, AnUnknownShapeIsAnErrorAndNotACrash) {
  for (const char* text :
       {"{}", R"({"type":"ADDED"})", R"({"type":1,"object":{}})", R"({"type":"ADDED","object":[]})",
        R"({"type":"ADDED","object":{}})", R"({"type":"MOVED","object":{"metadata":{}}})"}) {
    EXPECT_FALSE(Read(text).ok()) << text;
  }
  EXPECT_TRUE(Read(R"({"type":"BOOKMARK","object":{"metadata":{"annotations":[]}}})").ok());
}

}  // namespace
}  // namespace muster::kube
