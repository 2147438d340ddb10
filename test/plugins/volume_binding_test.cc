#include "plugins/volume_binding/volume_binding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/plugins/volume_cluster.h"
#include "test/support/builders.h"

namespace muster::plugins {
namespace {

using testing::ClaimVolume;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MadeVolume;
using ::testing::Pair;
using testing::PodWith;
using testing::PredictedWith;
using testing::Q;
using ::testing::UnorderedElementsAre;

constexpr char kHost[] = "kubernetes.io/hostname";
constexpr char kNoVolume[] = "node(s) didn't find available persistent volumes to bind";

class VolumeBindingTest : public ::testing::Test {
 protected:
  VolumeBindingTest() {
    cluster_.AddNode("a", {{kHost, "a"}, {"zone", "east"}});
    cluster_.AddNode("b", {{kHost, "b"}, {"zone", "west"}});
    cluster_.AddClass("made", "WaitForFirstConsumer");
    cluster_.AddClass("local", "WaitForFirstConsumer", api::kNoProvisioner);
    cluster_.AddClass("now", "Immediate");
  }

  auto Judge(const api::Pod& pod) { return cluster_.Judge(*plugin_, pod); }
  auto Reasons(const api::Pod& pod, const std::string& node = "a") {
    return cluster_.Reasons(*plugin_, pod, node);
  }
  api::PersistentVolumeClaim Claim(const std::string& name) {
    return *cluster_.Storage().FindClaim({"ns", name});
  }

  std::unique_ptr<framework::FilterPlugin> plugin_ = MakeVolumeBinding();
  testing::VolumeCluster cluster_;
};

TEST_F(VolumeBindingTest, APodWithoutClaimsCostsNothing) {
  EXPECT_EQ(cluster_.Prepare(*plugin_, PodWith("p", {})), nullptr);
}

TEST_F(VolumeBindingTest, ABoundVolumeBindsThePodToItsNodes) {
  cluster_.AddVolume("v", "", "1Gi", "zone", {"east"});
  cluster_.AddBoundClaim("c", "v");
  const api::Pod pod = PodWith("p", {ClaimVolume("c")});
  EXPECT_THAT(Judge(pod), UnorderedElementsAre(Pair("a", 10), Pair("b", 0)));
  EXPECT_THAT(Reasons(pod, "a"), IsEmpty());
  EXPECT_THAT(Reasons(pod, "b"),
              ElementsAre("node(s) didn't match PersistentVolume's node affinity"));
}

TEST_F(VolumeBindingTest, AClaimBoundToAVolumeThatIsGoneIsRefusedInKubernetesWords) {
  cluster_.AddBoundClaim("c", "gone");
  EXPECT_THAT(
      Reasons(PodWith("p", {ClaimVolume("c")})),
      ElementsAre("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"));
}

TEST_F(VolumeBindingTest, WhatIsWrongWithAClaimIsSaidForAllNodes) {
  const api::Pod pod = PodWith("p", {ClaimVolume("c")});
  EXPECT_THAT(Reasons(pod), ElementsAre("persistentvolumeclaim \"c\" not found"));
  cluster_.AddClaim("c", "now");
  EXPECT_THAT(Reasons(pod), ElementsAre("pod has unbound immediate PersistentVolumeClaims"));
  api::PersistentVolumeClaim claim = Claim("c");
  claim.metadata.deletion_timestamp = Time(std::chrono::seconds(1));
  cluster_.Storage().Upsert(claim);
  EXPECT_THAT(Reasons(pod), ElementsAre("persistentvolumeclaim \"c\" is being deleted"));
  claim.phase = "Lost";
  claim.spec.volume_name = "v";
  cluster_.Storage().Upsert(claim);
  EXPECT_THAT(Reasons(pod), ElementsAre("persistentvolumeclaim \"c\" bound to non-existent "
                                        "persistentvolume \"v\""));
  EXPECT_THAT(Judge(pod), ElementsAre(Pair("*", 0)));
}

TEST_F(VolumeBindingTest, AnEphemeralClaimMustBeThePodsOwn) {
  api::Volume volume;
  volume.name = "scratch";
  volume.type = api::VolumeType::kEphemeral;
  const api::Pod pod = PodWith("p", {volume});
  EXPECT_THAT(Reasons(pod), ElementsAre("waiting for ephemeral volume controller to create the "
                                        "persistentvolumeclaim \"p-scratch\""));
  cluster_.AddClaim("p-scratch", "made");
  EXPECT_THAT(Reasons(pod),
              ElementsAre("PVC ns/p-scratch was not created for pod ns/p (pod is not owner)"));
  api::PersistentVolumeClaim claim = Claim("p-scratch");
  claim.metadata.owner_references.push_back({"v1", "Pod", "p", "uid-p", true});
  cluster_.Storage().Upsert(claim);
  EXPECT_THAT(Judge(pod), UnorderedElementsAre(Pair("a", 10), Pair("b", 10)));
}

TEST_F(VolumeBindingTest, AClaimThatWaitsTakesAVolumeOfTheNode) {
  cluster_.AddVolume("small", "local", "1Gi", kHost, {"a"});
  cluster_.AddClaim("c", "local", "1Gi");
  cluster_.AddClaim("d", "local", "2Gi");
  EXPECT_THAT(Judge(PodWith("p", {ClaimVolume("c")})),
              UnorderedElementsAre(Pair("a", 10), Pair("b", 0)));
  EXPECT_THAT(Reasons(PodWith("p", {ClaimVolume("c")}), "b"), ElementsAre(kNoVolume));
  EXPECT_THAT(Reasons(PodWith("p", {ClaimVolume("d")}), "a"), ElementsAre(kNoVolume));
}

TEST_F(VolumeBindingTest, TwoClaimsOfAPodDoNotGetTheSameVolume) {
  cluster_.AddVolume("only", "local", "1Gi", kHost, {"a"});
  cluster_.AddClaim("c", "local");
  cluster_.AddClaim("d", "local");
  const api::Pod pod = PodWith("p", {ClaimVolume("c"), ClaimVolume("d")});
  EXPECT_THAT(Judge(pod), UnorderedElementsAre(Pair("a", 0), Pair("b", 0)));
  cluster_.AddVolume("second", "local", "1Gi", kHost, {"a"});
  EXPECT_THAT(Judge(pod), UnorderedElementsAre(Pair("a", 10), Pair("b", 0)));
}

TEST_F(VolumeBindingTest, AVolumeKeptForAClaimIsItsAndNobodyElses) {
  cluster_.AddVolume("kept", "local", "5Gi", kHost, {"b"});
  cluster_.AddVolume("free", "local", "1Gi", kHost, {"a"});
  api::PersistentVolume kept = *cluster_.Storage().FindVolume("kept");
  kept.claim = {"ns", "c", ""};
  cluster_.Storage().Upsert(kept);
  cluster_.AddClaim("c", "local");
  cluster_.AddClaim("d", "local");
  EXPECT_THAT(Judge(PodWith("p", {ClaimVolume("c")})),
              UnorderedElementsAre(Pair("a", 0), Pair("b", 10)));
  EXPECT_THAT(Judge(PodWith("p", {ClaimVolume("d")})),
              UnorderedElementsAre(Pair("a", 10), Pair("b", 0)));
}

TEST_F(VolumeBindingTest, AProvisionerMakesVolumesWhereItsTopologyAllows) {
  cluster_.AddClaim("c", "made");
  api::StorageClass made = *cluster_.Storage().FindClass("made");
  made.allowed_topologies = {{{{"zone", {"west", "north"}}}}};
  cluster_.Storage().Upsert(made);
  const api::Pod pod = PodWith("p", {ClaimVolume("c")});
  EXPECT_THAT(Judge(pod), UnorderedElementsAre(Pair("a", 0), Pair("b", 10)));
  EXPECT_THAT(Reasons(pod, "a"), ElementsAre(kNoVolume));
}

TEST_F(VolumeBindingTest, AClaimGoesToTheNodeThatItsProvisionerWasTold) {
  cluster_.AddClaim("c", "made");
  cluster_.Storage().AssumeNode({"ns", "c"}, "b");
  EXPECT_THAT(Judge(PodWith("p", {ClaimVolume("c")})),
              UnorderedElementsAre(Pair("a", 0), Pair("b", 10)));
}

TEST_F(VolumeBindingTest, CapacityCountsOnlyForDriversThatPublishIt) {
  cluster_.AddClaim("c", "made", "5Gi");
  const api::Pod pod = PodWith("p", {ClaimVolume("c")});
  api::CsiStorageCapacity capacity;
  capacity.metadata.name = "pool";
  capacity.storage_class_name = "made";
  capacity.node_topology = api::LabelSelector{{{"zone", "west"}}, {}};
  capacity.capacity = Q("10Gi");
  cluster_.Storage().Upsert(capacity);
  EXPECT_THAT(Judge(pod), UnorderedElementsAre(Pair("a", 10), Pair("b", 10)));
  api::CsiDriver driver;
  driver.metadata.name = "csi.example.com";
  driver.storage_capacity = true;
  cluster_.Storage().Upsert(driver);
  EXPECT_THAT(Judge(pod), UnorderedElementsAre(Pair("a", 0), Pair("b", 10)));
  EXPECT_THAT(Reasons(pod, "a"), ElementsAre("node(s) did not have enough free storage"));
  capacity.maximum_volume_size = Q("4Gi");
  cluster_.Storage().Upsert(capacity);
  EXPECT_THAT(Judge(pod), UnorderedElementsAre(Pair("a", 0), Pair("b", 0)));
}

/// The class "made" has room where `topology` matches, and its driver says so.
void PublishRoom(model::StorageTable& storage, const std::string& name,
                 const api::StringMap& topology, const std::string& size) {
  api::CsiDriver driver;
  driver.metadata.name = "csi.example.com";
  driver.storage_capacity = true;
  storage.Upsert(driver);
  api::CsiStorageCapacity capacity;
  capacity.metadata.name = name;
  capacity.storage_class_name = "made";
  capacity.node_topology = api::LabelSelector{topology, {}};
  capacity.capacity = Q(size);
  storage.Upsert(capacity);
}

TEST_F(VolumeBindingTest, ExecutorsShareTheRoomForVolumesToBeMadeOnANode) {
  PublishRoom(cluster_.Storage(), "pool-a", {{kHost, "a"}}, "10Gi");
  PublishRoom(cluster_.Storage(), "pool-b", {{kHost, "b"}}, "3Gi");
  const api::Pod executor = PredictedWith({MadeVolume("made", "2Gi"), MadeVolume("made", "2Gi")});
  // On b the claims fit one by one, which is all that kube-scheduler asks of a pod.
  EXPECT_THAT(Judge(executor), UnorderedElementsAre(Pair("a", 2), Pair("b", 1)));
  cluster_.Hold(executor, "a", 1);  // of another application
  cluster_.Hold(executor, "b", 1);
  EXPECT_THAT(Judge(executor), UnorderedElementsAre(Pair("a", 1), Pair("b", 0)));
  EXPECT_THAT(Reasons(executor, "b"), ElementsAre("node(s) did not have enough free storage"));
}

TEST_F(VolumeBindingTest, RoomForVolumesIsTheSumOfAllThatANodeReaches) {
  PublishRoom(cluster_.Storage(), "host", {{kHost, "a"}}, "5Gi");
  PublishRoom(cluster_.Storage(), "zone", {{"zone", "east"}}, "4Gi");
  const api::Pod executor = PredictedWith({MadeVolume("made", "3Gi")});
  EXPECT_THAT(Judge(executor), UnorderedElementsAre(Pair("a", 3), Pair("b", 0)));
}

TEST_F(VolumeBindingTest, AClaimThatExistsIsOneVolumeForAllPodsThatShareIt) {
  PublishRoom(cluster_.Storage(), "pool-a", {{kHost, "a"}}, "3Gi");
  cluster_.AddClaim("c", "made", "2Gi");
  EXPECT_THAT(Judge(PodWith("p", {ClaimVolume("c")})),
              UnorderedElementsAre(Pair("a", 10), Pair("b", 0)));
}

TEST_F(VolumeBindingTest, ExecutorsWhoseClaimsWillBeMadeGoWhereTheirClassAllows) {
  EXPECT_THAT(Judge(PredictedWith({MadeVolume("made", "1Gi")})),
              UnorderedElementsAre(Pair("a", 10), Pair("b", 10)));
  EXPECT_EQ(cluster_.Prepare(*plugin_, PredictedWith({MadeVolume("now", "1Gi")})), nullptr);
  EXPECT_THAT(Reasons(PredictedWith({MadeVolume("none", "1Gi")})),
              ElementsAre("storageclass.storage.k8s.io \"none\" not found"));
}

TEST_F(VolumeBindingTest, ExecutorsShareTheVolumesOfANode) {
  for (const char* name : {"v1", "v2", "v3"}) {
    cluster_.AddVolume(name, "local", "1Gi", kHost, {"a"});
  }
  const api::Pod executor = PredictedWith({MadeVolume("local", "1Gi")});
  EXPECT_THAT(Judge(executor), UnorderedElementsAre(Pair("a", 3), Pair("b", 0)));
  cluster_.Hold(executor, "a", 2);  // of another application
  EXPECT_THAT(Judge(executor), UnorderedElementsAre(Pair("a", 1), Pair("b", 0)));
}

TEST_F(VolumeBindingTest, AVolumeThatSeveralNodesReachIsGivenOutOnce) {
  cluster_.AddVolume("v1", "local", "1Gi", "zone", {"east", "west"});
  const api::Pod executor = PredictedWith({MadeVolume("local", "1Gi")});
  const auto filter = cluster_.Prepare(*plugin_, executor);
  ASSERT_TRUE(filter->CouplesNodes());
  EXPECT_THAT(cluster_.Capacities(filter.get()), UnorderedElementsAre(Pair("a", 1), Pair("b", 1)));
  cluster_.Hold(executor, "a", 1, filter.get());
  EXPECT_THAT(cluster_.Capacities(filter.get()), UnorderedElementsAre(Pair("a", 0), Pair("b", 0)));
}

}  // namespace
}  // namespace muster::plugins
