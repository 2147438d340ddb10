#include "scheduler/spark/pod_template.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace muster::spark {
namespace {

std::string Yaml(std::string_view text) {
  const auto json = ParseYaml(text);
  return json.ok() ? json->dump() : std::string(MessageOf(json.status()));
}

TEST(Yaml, BecomesJson) {
  EXPECT_EQ(Yaml("a: 1\nb: [x, 'y', \"z\", ~, null]\nc: {d: true}\n"),
            R"({"a":1,"b":["x","y","z",null,null],"c":{"d":true}})");
  EXPECT_EQ(Yaml("- a\n-\n- |\n  text\n  more\n"), R"(["a",null,"text\nmore\n"])");
  EXPECT_EQ(Yaml(R"({"json": ["is", "YAML", 1.5]})"), R"({"json":["is","YAML",1.5]})");
}

TEST(Yaml, QuotedScalarsStayStrings) {
  EXPECT_EQ(Yaml("[\"1\", '1', 1, !!str 1, 'null', \"\", 'yes']"),
            R"(["1","1",1,"1","null","","yes"])");
}

TEST(Yaml, KeysAreText) {
  EXPECT_EQ(Yaml("1: a\ntrue: b\nnull: c\n'q': d\n"), R"({"1":"a","null":"c","q":"d","true":"b"})");
  EXPECT_NE(Yaml("[a, b]: c").find("a mapping key that is not text"), std::string::npos);
}

TEST(Yaml, TheLaterOfTwoEqualKeysCounts) { EXPECT_EQ(Yaml("a: 1\na: 2"), R"({"a":2})"); }

TEST(Yaml, AliasesAndMergeKeysAreExpanded) {
  EXPECT_EQ(Yaml("a: &x {b: 1}\nc: *x\n"), R"({"a":{"b":1},"c":{"b":1}})");
  EXPECT_EQ(Yaml("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n"),
            R"({"a":{"b":1,"c":2},"d":{"b":1,"c":3}})");
  EXPECT_EQ(Yaml("a: &x {b: 1}\nc: &y {d: 2}\ne:\n  <<: [*x, *y]\n  d: 4\n"),
            R"({"a":{"b":1},"c":{"d":2},"e":{"b":1,"d":4}})");
  EXPECT_EQ(Yaml("- &s text\n- *s\n"), R"(["text","text"])");
  EXPECT_EQ(Yaml("&k key: 1\nb: *k\n"), R"({"b":"key","key":1})");
  EXPECT_NE(Yaml("a: {<<: 1}").find("merge key"), std::string::npos);
}

TEST(Yaml, AnEmptyTextIsNull) {
  EXPECT_EQ(Yaml(""), "null");
  EXPECT_EQ(Yaml("# only a comment\n"), "null");
  EXPECT_EQ(Yaml("---\n"), "null");
}

TEST(Yaml, OneDocumentIsAllowed) {
  EXPECT_EQ(Yaml("---\na: 1\n...\n"), R"({"a":1})");
  EXPECT_EQ(Yaml("a: 1\n---\n"), R"({"a":1})");
  EXPECT_NE(Yaml("a: 1\n---\nb: 2\n").find("a second document"), std::string::npos);
}

TEST(Yaml, ErrorsNameLineAndColumn) {
  const std::string error = Yaml("a: 1\nb: [1, 2\nc: 3\n");
  EXPECT_NE(error.find("not the YAML of a pod: line "), std::string::npos) << error;
  EXPECT_NE(Yaml("a: *nobody").find("line 1, column 4"), std::string::npos);
}

TEST(PodTemplate, ReadsAPod) {
  const StatusOr<api::Pod> pod = ParsePodTemplate(
      "apiVersion: v1\nkind: Pod\nmetadata: {labels: {team: etl, version: 2, fast: true}}\n"
      "spec:\n  nodeSelector: {pool: a}\n  containers:\n  - name: spark\n"
      "    resources: {requests: {cpu: 0.5, memory: 1Gi, example.com/x: 1}}\n");
  ASSERT_TRUE(pod.ok()) << pod.status();
  EXPECT_EQ(pod->metadata.labels,
            (api::StringMap{{"fast", "true"}, {"team", "etl"}, {"version", "2"}}));
  const api::ResourceList& requests = pod->spec.containers.at(0).resources.requests;
  EXPECT_EQ(requests.at("cpu").MilliValue(), 500);
  EXPECT_EQ(requests.at("memory").ToString(), "1Gi");
  EXPECT_EQ(requests.at("example.com/x").Value(), 1);
}

TEST(PodTemplate, ErrorsNameThePathOfTheField) {
  const auto error = [](std::string_view yaml) {
    return std::string(MessageOf(ParsePodTemplate(yaml).status()));
  };
  EXPECT_EQ(error("just text"), "an object is allowed here, not a JSON string");
  EXPECT_EQ(error(""), "an object is allowed here, not null");
  EXPECT_EQ(error("kind: Deployment"), "kind: 'Deployment' given, Pod is allowed here");
  EXPECT_EQ(error("spec: {containers: {name: a}}"),
            "spec.containers: a list is allowed here, not a JSON object");
  EXPECT_TRUE(
      error("spec: {containers: [{resources: {limits: {cpu: lots}}}]}")
          .starts_with("spec.containers[0].resources.limits.cpu: 'lots' is not a quantity"));
}

}  // namespace
}  // namespace muster::spark
