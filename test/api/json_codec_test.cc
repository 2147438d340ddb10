#include "scheduler/api/json_codec.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace muster::api {
namespace {

using nlohmann::json;

json Parse(std::string_view text) {
  auto parsed = ParseJson(text, 1 << 20);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return *std::move(parsed);
}

std::string PodError(std::string_view text) {
  const StatusOr<Pod> pod = DecodePod(Parse(text));
  return pod.ok() ? "no error" : std::string(MessageOf(pod.status()));
}

// Every field that DecodePod reads, in the form that EncodePod writes.
constexpr std::string_view kFullPod = R"({
  "apiVersion": "v1", "kind": "Pod",
  "metadata": {
    "name": "etl-driver", "namespace": "spark", "uid": "u1", "resourceVersion": "7", "generation": 3,
    "creationTimestamp": "2026-11-21T08:50:00Z", "deletionTimestamp": "2026-11-21T09:50:00Z",
    "labels": {"spark-role": "driver"}, "annotations": {"example.com/a": "b"},
    "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u0",
                         "controller": true}]},
  "spec": {
    "nodeName": "n1", "schedulerName": "muster", "nodeSelector": {"pool": "a"},
    "affinity": {"nodeAffinity": {
      "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
        {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}],
         "matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]}]},
      "preferredDuringSchedulingIgnoredDuringExecution": [
        {"weight": 5, "preference": {"matchExpressions": [{"key": "ssd",
                                                           "operator": "Exists"}]}}]},
      "podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"labelSelector": {"matchLabels": {"app": "x"}}, "namespaces": ["other"],
         "namespaceSelector": {}, "topologyKey": "zone", "matchLabelKeys": ["a"],
         "mismatchLabelKeys": ["b"]}]},
      "podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
        {"weight": 7, "podAffinityTerm": {
          "labelSelector": {"matchExpressions": [{"key": "k", "operator": "Exists"}]},
          "topologyKey": "host"}}]}},
    "topologySpreadConstraints": [{
      "maxSkew": 2, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule",
      "labelSelector": {}, "minDomains": 3, "nodeAffinityPolicy": "Honor",
      "nodeTaintsPolicy": "Honor", "matchLabelKeys": ["a"]}],
    "tolerations": [{"key": "k", "operator": "Equal", "value": "v", "effect": "NoExecute",
                     "tolerationSeconds": 300}],
    "containers": [{
      "name": "c", "image": "spark:4.1.4",
      "ports": [{"hostPort": 80, "protocol": "UDP", "hostIP": "10.0.0.1"}], "command": ["/bin/x"], "args": ["a", "b"],
      "env": [{"name": "A", "value": "1"}],
      "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
      "volumeMounts": [{"name": "v", "mountPath": "/v", "subPath": "s"}]}],
    "initContainers": [{"name": "i", "restartPolicy": "Always"}],
    "volumes": [{"name": "v", "configMap": {"name": "m",
                                            "items": [{"key": "k", "path": "p"}]}},
                {"name": "w"},
                {"name": "pvc", "persistentVolumeClaim": {"claimName": "c", "readOnly": true}},
                {"name": "e", "ephemeral": {"volumeClaimTemplate": {"spec": {
                  "storageClassName": "fast", "accessModes": ["ReadWriteOnce"],
                  "resources": {"requests": {"storage": "10Gi"}}, "volumeMode": "Block",
                  "selector": {"matchLabels": {"a": "b"}}, "volumeName": "v",
                  "volumeAttributesClassName": "gold"}}}},
                {"name": "az", "azureDisk": {"diskURI": "u"}}, {"name": "f", "ephemeral": {}}, {"name": "csi", "csi": {"driver": "d"}},
                {"name": "nfs", "nfs": {}}, {"name": "h", "hostPath": {}},
                {"name": "gce", "gcePersistentDisk": {"pdName": "p"}},
                {"name": "aws", "awsElasticBlockStore": {"volumeID": "i"}},
                {"name": "iscsi", "iscsi": {"iqn": "q"}},
                {"name": "rbd", "rbd": {"pool": "p", "image": "i", "monitors": ["m1", "m2"]}}],
    "overhead": {"cpu": "250m"}, "resources": {"requests": {"cpu": "2"}},
    "priorityClassName": "high", "priority": -5, "preemptionPolicy": "Never",
    "hostNetwork": true, "resourceClaims": [{"name": "gpu", "resourceClaimName": "c",
                                             "resourceClaimTemplateName": "t"}],
    "schedulingGates": [{"name": "g"}],
    "runtimeClassName": "gvisor"},
  "status": {"phase": "Pending", "podIP": "10.1.2.3", "nominatedNodeName": "n2",
    "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                    "message": "0/5 nodes"}]}})";

TEST(JsonCodec, APodSurvivesTheRoundTrip) {
  const json document = Parse(kFullPod);
  const StatusOr<Pod> pod = DecodePod(document);
  ASSERT_TRUE(pod.ok()) << pod.status();
  EXPECT_EQ(pod->metadata.namespace_name, "spark");
  EXPECT_EQ(pod->spec.containers[0].environment.at("A"), "1");
  EXPECT_EQ(pod->spec.priority, -5);
  EXPECT_EQ(EncodePod(*pod), document);
}

TEST(JsonCodec, ANodeSurvivesTheRoundTrip) {
  const json document = Parse(R"({
    "apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "labels": {"zone": "a"}},
    "spec": {"unschedulable": true, "taints": [{"key": "k", "value": "v",
                                                "effect": "NoExecute"}]},
    "status": {"allocatable": {"cpu": "4", "memory": "16Gi", "pods": "110"},
               "images": [{"names": ["spark:4.1.4"], "sizeBytes": 900000000}]}})");
  const StatusOr<Node> node = DecodeNode(document);
  ASSERT_TRUE(node.ok()) << node.status();
  EXPECT_TRUE(node->unschedulable);
  EXPECT_EQ(node->allocatable.at("pods").Value(), 110);
  EXPECT_EQ(EncodeNode(*node), document);
}

TEST(JsonCodec, UnknownFieldsAreSkippedAndNullsAreAbsent) {
  const StatusOr<Pod> pod = DecodePod(Parse(R"({
    "kind": "Pod", "future": {"x": 1},
    "metadata": {"name": "p", "creationTimestamp": null, "managedFields": [1], "labels": null},
    "spec": {"containers": null, "tolerations": [{"tolerationSeconds": 300}], "priority": null},
    "status": null})"));
  ASSERT_TRUE(pod.ok()) << pod.status();
  EXPECT_EQ(pod->metadata.creation_timestamp, Time());
  EXPECT_TRUE(pod->spec.containers.empty());
  EXPECT_EQ(pod->spec.tolerations.size(), 1u);
}

TEST(JsonCodec, AnEmptyRequiredAffinityIsNotTheSameAsNone) {
  const json document = Parse(R"({"apiVersion": "v1", "kind": "Pod", "spec": {"affinity": {
    "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
      "nodeSelectorTerms": []}}}}})");
  const StatusOr<Pod> pod = DecodePod(document);
  ASSERT_TRUE(pod.ok());
  ASSERT_TRUE(pod->spec.node_affinity.required.has_value());
  EXPECT_TRUE(pod->spec.node_affinity.required->empty());
  EXPECT_EQ(EncodePod(*pod), document);
}

TEST(JsonCodec, AnEmptySelectorIsNotTheSameAsNone) {
  const json document = Parse(R"({"apiVersion": "v1", "kind": "Pod", "spec": {
    "affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
      {"labelSelector": {}, "topologyKey": "a"}, {"topologyKey": "b"}]}}}})");
  const StatusOr<Pod> pod = DecodePod(document);
  ASSERT_TRUE(pod.ok()) << pod.status();
  EXPECT_TRUE(pod->spec.pod_affinity.required[0].label_selector.has_value());
  EXPECT_FALSE(pod->spec.pod_affinity.required[1].label_selector.has_value());
  EXPECT_EQ(EncodePod(*pod), document);
}

TEST(JsonCodec, OnlyPortsOfTheNodeAreRead) {
  constexpr std::string_view kContainers =
      R"("containers": [{"ports": [{"containerPort": 7079}, {"containerPort": 1, "hostPort": 2}]}])";
  const StatusOr<Pod> pod = DecodePod(Parse("{\"spec\": {" + std::string(kContainers) + "}}"));
  ASSERT_TRUE(pod.ok()) << pod.status();
  EXPECT_EQ(pod->spec.containers[0].host_ports, (std::vector<HostPort>{{2, "", ""}}));
  const StatusOr<Pod> on_host =
      DecodePod(Parse("{\"spec\": {\"hostNetwork\": true, " + std::string(kContainers) + "}}"));
  ASSERT_TRUE(on_host.ok()) << on_host.status();
  EXPECT_EQ(on_host->spec.containers[0].host_ports,
            (std::vector<HostPort>{{7079, "", ""}, {2, "", ""}}));
}

TEST(JsonCodec, QuantitiesMayBeNumbersAndStringsAreTrimmed) {
  const StatusOr<Pod> pod = DecodePod(Parse(
      R"({"spec": {"overhead": {"a": 2, "b": 0.5, "c": " 1Gi ", "d": null, "e": 1e3, "f": -1}}})"));
  ASSERT_TRUE(pod.ok()) << pod.status();
  EXPECT_EQ(EncodeResourceList(pod->spec.overhead).dump(),
            R"({"a":"2","b":"500m","c":"1Gi","d":"0","e":"1k","f":"-1"})");
}

TEST(JsonCodec, VariablesWithoutALiteralValueAreLeftOut) {
  const StatusOr<Pod> pod = DecodePod(Parse(R"({"spec": {"containers": [{"env": [
    {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
    {"name": "EMPTY"}, {"name": "TWICE", "value": "1"}, {"name": "TWICE", "value": "2"}]}]}})"));
  ASSERT_TRUE(pod.ok()) << pod.status();
  EXPECT_EQ(pod->spec.containers[0].environment, (StringMap{{"EMPTY", ""}, {"TWICE", "2"}}));
}

TEST(JsonCodec, ErrorsNameThePathOfTheField) {
  EXPECT_EQ(PodError("[]"), "an object is allowed here, not a JSON array");
  EXPECT_EQ(PodError(R"({"kind": "Node"})"), "kind: 'Node' given, Pod is allowed here");
  EXPECT_EQ(PodError(R"({"spec": {"containers": [{}, {"args": ["a", 1]}]}})"),
            "spec.containers[1].args[1]: a string is allowed here, not a JSON number");
  EXPECT_EQ(PodError(R"({"metadata": {"labels": {"a.b/c": true}}})"),
            "metadata.labels['a.b/c']: a string is allowed here, not a JSON boolean");
  EXPECT_EQ(PodError(R"({"spec": {"priority": 1.5}})"),
            "spec.priority: a whole number is allowed here, not a JSON number");
  EXPECT_EQ(PodError(R"({"spec": {"priority": 18446744073709551615}})"),
            "spec.priority: a whole number of 32 bits is allowed here, not 18446744073709551615");
  EXPECT_EQ(PodError(R"({"spec": {"tolerations": {}}})"),
            "spec.tolerations: a list is allowed here, not a JSON object");
  EXPECT_EQ(PodError(R"({"spec": {"containers": [null]}})"),
            "spec.containers[0]: an object is allowed here, not null");
  EXPECT_EQ(PodError(R"({"metadata": {"ownerReferences": [{"controller": "yes"}]}})"),
            "metadata.ownerReferences[0].controller: true or false is allowed here, not a JSON "
            "string");
}

TEST(JsonCodec, ErrorsOfQuantitiesAndTimesQuoteTheValue) {
  const std::string quantity =
      PodError(R"({"spec": {"containers": [{"resources": {"requests": {"memory": "4gb"}}}]}})");
  EXPECT_TRUE(quantity.starts_with("spec.containers[0].resources.requests.memory: '4gb' is not a"))
      << quantity;
  const std::string time = PodError(R"({"metadata": {"creationTimestamp": "yesterday"}})");
  EXPECT_TRUE(time.starts_with("metadata.creationTimestamp: 'yesterday' is not an RFC 3339 time"))
      << time;
  EXPECT_EQ(PodError(R"({"spec": {"overhead": {"cpu": []}}})"),
            "spec.overhead.cpu: a quantity (a string or a number) is allowed here, not a JSON "
            "array");
}

TEST(JsonCodec, OnlyTemplatesMayWriteNumbersWhereStringsBelong) {
  const json document = Parse(R"({"metadata": {"labels": {"version": 2, "ssd": true}}})");
  EXPECT_FALSE(DecodePod(document).ok());
  const StatusOr<Pod> pod = DecodePodTemplate(document);
  ASSERT_TRUE(pod.ok()) << pod.status();
  EXPECT_EQ(pod->metadata.labels, (StringMap{{"ssd", "true"}, {"version", "2"}}));
}

TEST(JsonCodec, AnEmptyTemplateIsAnEmptyPod) {
  EXPECT_TRUE(DecodePodTemplate(json::object()).ok());
  EXPECT_FALSE(DecodePodTemplate(json("text")).ok());
  EXPECT_FALSE(DecodePodTemplate(Parse(R"({"kind": "Deployment"})")).ok());
}

TEST(JsonCodec, ReadsConfigMaps) {
  const StatusOr<ConfigMap> config_map = DecodeConfigMap(Parse(
      R"({"metadata": {"name": "m"}, "data": {"a": "b", "c": ""}, "binaryData": {"d": "AA=="}})"));
  ASSERT_TRUE(config_map.ok()) << config_map.status();
  EXPECT_EQ(config_map->data, (StringMap{{"a", "b"}, {"c", ""}}));
  EXPECT_FALSE(DecodeConfigMap(Parse(R"({"data": {"a": 1}})")).ok());
}

}  // namespace
}  // namespace muster::api
