#include "scheduler/api/json_workload.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "scheduler/api/json_codec.h"

namespace muster::api {
namespace {

nlohmann::json Parse(std::string_view text) {
  auto parsed = ParseJson(text, 1 << 20);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return *std::move(parsed);
}

TEST(JsonWorkload, AServiceSelectsByLabelsAndOfItsMetadataOnlyTheIdentityIsKept) {
  const auto service = DecodeWorkload(WorkloadKind::kService, Parse(R"({
    "kind": "Service", "apiVersion": "v1",
    "metadata": {"name": "web", "namespace": "shop", "uid": "u", "resourceVersion": "7",
                 "labels": {"team": "a"}, "annotations": {"long": "text"}},
    "spec": {"selector": {"app": "web"}, "clusterIP": "10.0.0.1", "ports": [{"port": 80}]}})"));
  ASSERT_TRUE(service.ok()) << service.status();
  Workload expected;
  expected.kind = WorkloadKind::kService;
  expected.metadata.name = "web";
  expected.metadata.namespace_name = "shop";
  expected.metadata.uid = "u";
  expected.metadata.resource_version = "7";
  expected.selector = LabelSelector{{{"app", "web"}}, {}};
  EXPECT_EQ(*service, expected);
}

TEST(JsonWorkload, AReplicationControllerSelectsByLabelsToo) {
  const auto controller = DecodeWorkload(WorkloadKind::kReplicationController, Parse(R"({
    "metadata": {"name": "c"}, "spec": {"replicas": 3, "selector": {"app": "web"}}})"));
  ASSERT_TRUE(controller.ok()) << controller.status();
  EXPECT_EQ(controller->selector, (LabelSelector{{{"app", "web"}}, {}}));
}

TEST(JsonWorkload, ReplicaSetsAndStatefulSetsSelectByExpressionsAsWell) {
  for (const WorkloadKind kind : {WorkloadKind::kReplicaSet, WorkloadKind::kStatefulSet}) {
    const auto workload = DecodeWorkload(kind, Parse(R"({
      "metadata": {"name": "w"},
      "spec": {"selector": {"matchLabels": {"app": "web"}, "matchExpressions":
        [{"key": "tier", "operator": "In", "values": ["front"]}]}}})"));
    ASSERT_TRUE(workload.ok()) << workload.status();
    EXPECT_EQ(workload->selector, (LabelSelector{{{"app", "web"}}, {{"tier", "In", {"front"}}}}));
  }
}

TEST(JsonWorkload, WithoutASelectorItSelectsNothing) {
  for (const char* text : {R"({"metadata": {"name": "w"}})", R"({"spec": {}})",
                           R"({"spec": {"selector": null}})", R"({"spec": null})"}) {
    const auto service = DecodeWorkload(WorkloadKind::kService, Parse(text));
    ASSERT_TRUE(service.ok()) << service.status();
    EXPECT_FALSE(service->selector) << text;
  }
}

std::string ProblemOf(WorkloadKind kind, std::string_view text) {
  return std::string(MessageOf(DecodeWorkload(kind, Parse(text)).status()));
}

TEST(JsonWorkload, WhatIsWrongIsNamedByItsPath) {
  EXPECT_EQ(ProblemOf(WorkloadKind::kService, R"({"spec": {"selector": {"app": 1}}})"),
            "spec.selector.app: a string is allowed here, not a JSON number");
  EXPECT_EQ(ProblemOf(WorkloadKind::kReplicaSet, R"({"spec": {"selector": {"matchLabels": "x"}}})"),
            "spec.selector.matchLabels: an object is allowed here, not a JSON string");
  EXPECT_EQ(ProblemOf(WorkloadKind::kStatefulSet, R"({"kind": "Service"})"),
            "kind: 'Service' given, StatefulSet is allowed here");
}

TEST(JsonWorkload, KindsHaveTheirNames) {
  EXPECT_EQ(WorkloadKindNamed("ReplicaSet"), WorkloadKind::kReplicaSet);
  EXPECT_EQ(WorkloadKindNamed("StatefulSet"), WorkloadKind::kStatefulSet);
  EXPECT_EQ(WorkloadKindNamed("Deployment"), std::nullopt);
}

}  // namespace
}  // namespace muster::api
