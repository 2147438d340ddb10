#include "scheduler/api/json_storage.h"

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

TEST(JsonStorage, AClaimSaysWhatItAsksForAndWhatItGot) {
  const auto claim = DecodePersistentVolumeClaim(Parse(R"({
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "c", "namespace": "n", "uid": "u",
                 "annotations": {"pv.kubernetes.io/bind-completed": "yes"}},
    "spec": {"volumeName": "v", "storageClassName": "fast", "accessModes": ["ReadWriteOncePod"],
             "resources": {"requests": {"storage": "5Gi"}}, "volumeMode": "Filesystem"},
    "status": {"phase": "Bound"}})"));
  ASSERT_TRUE(claim.ok()) << claim.status();
  EXPECT_EQ(claim->phase, "Bound");
  EXPECT_EQ(claim->spec.storage_request->Value(), 5LL << 30);
  EXPECT_EQ(StorageClassOf(*claim), "fast");
  EXPECT_TRUE(IsFullyBound(*claim));
}

TEST(JsonStorage, TheOldAnnotationOfAClassGoesBeforeTheField) {
  const auto claim = DecodePersistentVolumeClaim(Parse(R"({
    "metadata": {"annotations": {"volume.beta.kubernetes.io/storage-class": "old"}},
    "spec": {"storageClassName": "new"}})"));
  ASSERT_TRUE(claim.ok());
  EXPECT_EQ(StorageClassOf(*claim), "old");
}

TEST(JsonStorage, AVolumeSaysWhereItIsAndWhoseItIs) {
  const auto volume = DecodePersistentVolume(Parse(R"({
    "metadata": {"name": "v", "labels": {"topology.kubernetes.io/zone": "a"}},
    "spec": {"capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"],
      "storageClassName": "fast", "claimRef": {"namespace": "n", "name": "c", "uid": "u"},
      "nodeAffinity": {"required": {"nodeSelectorTerms": [
        {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}]}},
      "csi": {"driver": "d", "volumeHandle": "h"}},
    "status": {"phase": "Bound"}})"));
  ASSERT_TRUE(volume.ok()) << volume.status();
  EXPECT_EQ(volume->source, VolumeSource::kCsi);
  EXPECT_EQ(volume->driver, "d");
  EXPECT_EQ(volume->handle, "h");
  EXPECT_EQ(volume->claim->uid, "u");
  EXPECT_EQ(volume->node_affinity->front().match_expressions.front().key, "zone");
}

TEST(JsonStorage, AVolumeWithoutAffinityIsNotOneWithAnEmptyAffinity) {
  const auto free = DecodePersistentVolume(Parse(R"({"spec": {"nodeAffinity": {}}})"));
  const auto nowhere =
      DecodePersistentVolume(Parse(R"({"spec": {"nodeAffinity": {"required": {}}}})"));
  ASSERT_TRUE(free.ok() && nowhere.ok());
  EXPECT_FALSE(free->node_affinity.has_value());
  EXPECT_TRUE(nowhere->node_affinity.has_value());
}

TEST(JsonStorage, ClassesDriversAndCapacitiesKeepWhatSchedulingReads) {
  const auto storage_class = DecodeStorageClass(Parse(R"({
    "provisioner": "p", "volumeBindingMode": "WaitForFirstConsumer",
    "allowedTopologies": [{"matchLabelExpressions": [{"key": "zone", "values": ["a", "b"]}]}]})"));
  ASSERT_TRUE(storage_class.ok()) << storage_class.status();
  EXPECT_EQ(storage_class->volume_binding_mode, kWaitForFirstConsumer);
  EXPECT_EQ(storage_class->allowed_topologies[0].match_label_expressions[0].values.size(), 2u);

  const auto node = DecodeCsiNode(Parse(R"({
    "spec": {"drivers": [{"name": "d", "allocatable": {"count": 25}}, {"name": "e"}]}})"));
  ASSERT_TRUE(node.ok()) << node.status();
  EXPECT_EQ(node->drivers[0].allocatable_count, 25);
  EXPECT_FALSE(node->drivers[1].allocatable_count.has_value());

  const auto driver = DecodeCsiDriver(Parse(R"({"spec": {"storageCapacity": true}})"));
  ASSERT_TRUE(driver.ok());
  EXPECT_TRUE(driver->storage_capacity);

  const auto capacity = DecodeCsiStorageCapacity(Parse(R"({
    "storageClassName": "fast", "nodeTopology": {}, "capacity": "1Ti",
    "maximumVolumeSize": "100Gi"})"));
  ASSERT_TRUE(capacity.ok()) << capacity.status();
  EXPECT_TRUE(capacity->node_topology.has_value());
  EXPECT_EQ(capacity->maximum_volume_size->Value(), 100LL << 30);

  const auto attachment = DecodeVolumeAttachment(Parse(R"({
    "spec": {"attacher": "d", "nodeName": "n", "source": {"persistentVolumeName": "v"}}})"));
  ASSERT_TRUE(attachment.ok());
  EXPECT_EQ(attachment->persistent_volume_name, "v");
}

TEST(JsonStorage, ABudgetNamesThePodsThatItHasCountedAlready) {
  const auto budget = DecodePodDisruptionBudget(Parse(R"({
    "spec": {"selector": {"matchLabels": {"app": "x"}}},
    "status": {"disruptionsAllowed": 2, "disruptedPods": {"b": "2026-11-21T08:50:00Z",
                                                          "a": "2026-11-21T08:50:00Z"}}})"));
  ASSERT_TRUE(budget.ok()) << budget.status();
  EXPECT_EQ(budget->disruptions_allowed, 2);
  EXPECT_EQ(budget->disrupted_pods, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(budget->selector->match_labels.at("app"), "x");
}

TEST(JsonStorage, AFieldOfTheWrongTypeIsNamedByItsPath) {
  const auto volume =
      DecodePersistentVolume(Parse(R"({"spec": {"capacity": {"storage": "much"}}})"));
  ASSERT_FALSE(volume.ok());
  EXPECT_NE(MessageOf(volume.status()).find("spec.capacity.storage"), std::string::npos);
  const auto node = DecodeCsiNode(
      Parse(R"({"spec": {"drivers": [{"name": "d", "allocatable": {"count": "many"}}]}})"));
  ASSERT_FALSE(node.ok());
  EXPECT_NE(MessageOf(node.status()).find("spec.drivers[0].allocatable.count"), std::string::npos);
  EXPECT_FALSE(DecodeNamespace(Parse(R"({"kind": "Pod"})")).ok());
}

TEST(JsonStorage, AnEphemeralClaimBelongsToThePodThatControlsIt) {
  PersistentVolumeClaim claim;
  claim.metadata.namespace_name = "n";
  claim.metadata.owner_references.push_back({"v1", "Pod", "p", "u1", true});
  ObjectMeta pod;
  pod.namespace_name = "n";
  pod.uid = "u1";
  EXPECT_TRUE(IsMadeForPod(claim, pod));
  pod.uid = "u2";
  EXPECT_FALSE(IsMadeForPod(claim, pod));
  EXPECT_EQ(EphemeralClaimName("p", "scratch"), "p-scratch");
}

TEST(JsonStorage, APriorityClassSaysItsValueAndWhetherItIsTheDefault) {
  const auto priority_class = DecodePriorityClass(Parse(R"({
    "kind": "PriorityClass", "metadata": {"name": "high"}, "value": 1000, "globalDefault": true})"));
  ASSERT_TRUE(priority_class.ok()) << priority_class.status();
  EXPECT_EQ(priority_class->metadata.name, "high");
  EXPECT_EQ(priority_class->value, 1000);
  EXPECT_TRUE(priority_class->global_default);
}

}  // namespace
}  // namespace muster::api
