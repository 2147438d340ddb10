#include "scheduler/kube/protobuf_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "scheduler/api/json_codec.h"
#include "scheduler/api/json_volumes.h"
#include "scheduler/kube/wire_schema.h"
#include "test/kube/wire_form.h"

namespace muster::kube {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A pod with every field that Muster reads, as kube-apiserver 1.36.3 sent it in both forms.
std::string Captured(const std::string& file) {
  std::ifstream stream(MUSTER_KUBE_TEST_DATA "/" + file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

json DecodedPod(const std::string& text) {
  api::JsonParser parser;
  const StatusOr<api::JsonView> view = parser.Parse(text, text.size());
  if (!view.ok()) return std::string(MessageOf(view.status()));
  const StatusOr<api::Pod> pod = api::DecodePod(*view);
  return pod.ok() ? api::EncodePod(*pod) : json(std::string(MessageOf(pod.status())));
}

TEST(ProtobufJson, APodWithEveryFieldThatIsReadIsTheSameInBothForms) {
  const json expected = DecodedPod(Captured("rich_pod.json"));
  ASSERT_TRUE(expected.is_object()) << expected;
  for (const char* part : {"affinity", "topologySpreadConstraints", "volumes", "resourceClaims"}) {
    ASSERT_TRUE(expected["spec"].contains(part)) << part;
  }
  const StatusOr<std::string> text = ProtobufBodyToJson(Captured("rich_pod.pb"));
  ASSERT_TRUE(text.ok()) << MessageOf(text.status());
  const json given = DecodedPod(*text);
  EXPECT_EQ(json::diff(expected, given), json::array());
}

TEST(ProtobufJson, WhatIsWrittenIsWhatJsonSaysUnderTheSameNames) {
  const json whole = json::parse(Captured("rich_pod.json"));
  const json given = json::parse(*ProtobufBodyToJson(Captured("rich_pod.pb")));
  for (const json& change : json::diff(given, whole)) {
    // JSON leaves out what is empty and says more; nothing that both say may differ.
    const bool is_empty_here =
        change["op"] != "add" &&
        (given.at(json::json_pointer(change["path"].get<std::string>())).empty() ||
         given.at(json::json_pointer(change["path"].get<std::string>())) == "" ||
         given.at(json::json_pointer(change["path"].get<std::string>())) == 0 ||
         given.at(json::json_pointer(change["path"].get<std::string>())) == false);
    EXPECT_TRUE(change["op"] == "add" || is_empty_here) << change;
  }
}

const WireField* Find(std::span<const WireField> fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const WireField& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

TEST(ProtobufJson, EveryVolumeThatIsReadFromJsonIsReadFromProtobuf) {
  std::span<const WireField> fields = kPodFields;
  for (const char* name : {"spec", "volumes", "volumeSource"}) {
    const WireField* field = Find(fields, name);
    ASSERT_NE(field, nullptr) << name;
    fields = field->fields;
  }
  for (const api::VolumeField& volume : api::kVolumeFields) {
    const WireField* field = Find(fields, volume.key);
    ASSERT_NE(field, nullptr) << volume.key;
    const bool has_source =
        volume.source == nullptr || Find(field->fields, volume.source) != nullptr;
    EXPECT_TRUE(has_source) << volume.key;
  }
}

TEST(ProtobufJson, AVolumeFromAnImageHasItsReference) {
  const std::string source = FieldOf(30, FieldOf(1, "registry/data:1"));
  const std::string spec = FieldOf(1, FieldOf(1, "data") + FieldOf(2, source));
  const StatusOr<std::string> text = ProtobufBodyToJson(BodyOf("Pod", FieldOf(2, spec)));
  ASSERT_TRUE(text.ok()) << MessageOf(text.status());
  const json volume = json::parse(*text)["spec"]["volumes"][0];
  EXPECT_EQ(volume["image"]["reference"], "registry/data:1");
}

TEST(ProtobufJson, AWatchEventIsItsTypeAndItsObject) {
  const StatusOr<std::string> text = WatchFrameToJson(EventOf("ADDED", Captured("rich_pod.pb")));
  ASSERT_TRUE(text.ok()) << MessageOf(text.status());
  const json event = json::parse(*text);
  EXPECT_EQ(event["type"], "ADDED");
  EXPECT_EQ(event["object"]["metadata"]["name"], "rich");
}

TEST(ProtobufJson, AnErrorOfAWatchIsReadable) {
  const std::string status = FieldOf(3, "too old resource version") + FieldOf(4, "Expired") +
                             std::string("\x30\x9A\x03", 3);
  const StatusOr<std::string> text = WatchFrameToJson(EventOf("ERROR", BodyOf("Status", status)));
  ASSERT_TRUE(text.ok()) << MessageOf(text.status());
  const json object = json::parse(*text)["object"];
  EXPECT_EQ(object["code"], 410);
  EXPECT_EQ(object["reason"], "Expired");
}

TEST(ProtobufJson, EveryCutAndEveryChangedByteIsAnErrorOrReadableJson) {
  const std::string whole = EventOf("ADDED", Captured("rich_pod.pb"));
  std::size_t refused = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (!WatchFrameToJson(whole.substr(0, i)).ok()) ++refused;
    for (const int change : {0x01, 0x80, 0xFF}) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ change);
      const StatusOr<std::string> text = WatchFrameToJson(damaged);
      if (!text.ok()) continue;
      // Text with a damaged byte may be no UTF-8; the JSON parser sees that.
      EXPECT_EQ(text->front(), '{');
      EXPECT_EQ(text->back(), '}');
    }
  }
  EXPECT_EQ(refused, whole.size());
}

TEST(ProtobufJson, WhatTheServerNeverSendsIsRefused) {
  const auto refusal = [](const std::string& pod) {
    return std::string(MessageOf(ProtobufBodyToJson(BodyOf("Pod", pod)).status()));
  };
  EXPECT_THAT(refusal(FieldOf(2, "") + FieldOf(1, "")), HasSubstr("out of order"));
  EXPECT_THAT(refusal(FieldOf(1, "") + FieldOf(1, "")), HasSubstr("twice"));
  EXPECT_THAT(refusal("\x08\x01"), HasSubstr("another type"));
  EXPECT_THAT(refusal("\x0A\x05x"), HasSubstr("longer than its message"));
  EXPECT_THAT(refusal(std::string(12, '\xFF')), HasSubstr("longer than 10 bytes"));
  // The creation time of its metadata: 2^56 seconds.
  EXPECT_THAT(refusal(FieldOf(1, FieldOf(8, "\x08\x80\x80\x80\x80\x80\x80\x80\x80\x01"))),
              HasSubstr("out of range"));
  EXPECT_FALSE(ProtobufBodyToJson("{}").ok());
  EXPECT_FALSE(ProtobufBodyToJson(BodyOf("Node", "")).ok());
}

TEST(ProtobufFrameSplitter, FramesAreTheSameHoweverTheBytesAreCut) {
  const std::vector<std::string> sent = {"one", "", std::string(300, 'x'), "four"};
  std::string stream;
  for (const std::string& frame : sent) stream += WithLength(frame);
  for (std::size_t chunk = 1; chunk <= stream.size(); ++chunk) {
    ProtobufFrameSplitter splitter(300);
    std::vector<std::string> frames;
    for (std::size_t at = 0; at < stream.size(); at += chunk) {
      const Status fed =
          splitter.Feed(std::string_view(stream).substr(at, chunk), [&](std::string_view frame) {
            frames.emplace_back(frame);
            return true;
          });
      ASSERT_TRUE(fed.ok());
    }
    EXPECT_EQ(frames, sent) << "chunks of " << chunk;
  }
}

TEST(ProtobufFrameSplitter, AFrameBeyondTheLimitIsAnErrorBeforeItsBytesCome) {
  ProtobufFrameSplitter splitter(300);
  EXPECT_FALSE(
      splitter.Feed(std::string("\0\0\x01\x2D", 4), [](std::string_view) { return true; }).ok());
}

TEST(ProtobufFrameSplitter, TheTakerEndsTheFeed) {
  ProtobufFrameSplitter splitter(300);
  std::vector<std::string> frames;
  const std::string stream = WithLength("one") + WithLength("two");
  ASSERT_TRUE(splitter
                  .Feed(stream,
                        [&](std::string_view frame) {
                          frames.emplace_back(frame);
                          return false;
                        })
                  .ok());
  EXPECT_THAT(frames, ElementsAre("one"));
}

}  // namespace
}  // namespace muster::kube
