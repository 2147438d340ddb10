// VolumeRestrictions, NodeVolumeLimits and VolumeZone.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/node_volume_limits/node_volume_limits.h"
#include "plugins/volume_restrictions/volume_restrictions.h"
#include "plugins/volume_zone/volume_zone.h"
#include "test/plugins/volume_cluster.h"

namespace muster::plugins {
namespace {

using testing::ClaimVolume;
using ::testing::ElementsAre;
using testing::MadeVolume;
using ::testing::Pair;
using testing::PodWith;
using testing::PredictedWith;
using ::testing::UnorderedElementsAre;

constexpr char kZone[] = "topology.kubernetes.io/zone";
constexpr char kBetaZone[] = "failure-domain.beta.kubernetes.io/zone";

api::Volume Disk(api::VolumeType type, const std::string& source, bool read_only) {
  api::Volume volume;
  volume.name = "disk";
  volume.type = type;
  volume.source = source;
  volume.read_only = read_only;
  if (type == api::VolumeType::kRbd) volume.monitors = {"m1"};
  return volume;
}

class VolumeRulesTest : public ::testing::Test {
 protected:
  VolumeRulesTest() {
    cluster_.AddNode("a");
    cluster_.AddNode("b");
  }
  void MakeOncePod(const std::string& name) {
    api::PersistentVolumeClaim claim = *cluster_.Storage().FindClaim({"ns", name});
    claim.spec.access_modes = {"ReadWriteOncePod"};
    cluster_.Storage().Upsert(claim);
  }

  std::unique_ptr<framework::FilterPlugin> restrictions_ = MakeVolumeRestrictions();
  std::unique_ptr<framework::FilterPlugin> limits_ = MakeNodeVolumeLimits();
  std::unique_ptr<framework::FilterPlugin> zone_ = MakeVolumeZone();
  testing::VolumeCluster cluster_;
};

TEST_F(VolumeRulesTest, ADiskIsSharedOnlyByReadersAndAnEbsVolumeByNobody) {
  using api::VolumeType;
  struct Case {
    VolumeType type;
    bool there_reads;
    bool here_reads;
    std::int64_t expected;
  };
  for (const Case& c :
       {Case{VolumeType::kGcePersistentDisk, true, true, 10},
        Case{VolumeType::kGcePersistentDisk, false, true, 0},
        Case{VolumeType::kIscsi, true, true, 10}, Case{VolumeType::kIscsi, true, false, 0},
        Case{VolumeType::kRbd, true, true, 10}, Case{VolumeType::kRbd, false, false, 0},
        Case{VolumeType::kAwsElasticBlockStore, true, true, 0}}) {
    testing::VolumeCluster cluster;
    cluster.AddNode("a");
    cluster.Place(PodWith("other", {Disk(c.type, "d", c.there_reads)}), "a");
    const api::Pod pod = PodWith("p", {Disk(c.type, "d", c.here_reads)});
    EXPECT_THAT(cluster.Judge(*restrictions_, pod), ElementsAre(Pair("a", c.expected)))
        << static_cast<int>(c.type);
    EXPECT_EQ(cluster.Reasons(*restrictions_, pod, "a").size(), c.expected == 0 ? 1u : 0u);
  }
}

TEST_F(VolumeRulesTest, RbdImagesOfOtherClustersDoNotCollide) {
  api::Volume other = Disk(api::VolumeType::kRbd, "rbd/image", false);
  other.monitors = {"m2"};
  cluster_.Place(PodWith("other", {other}), "a");
  const api::Pod pod = PodWith("p", {Disk(api::VolumeType::kRbd, "rbd/image", false)});
  EXPECT_THAT(cluster_.Judge(*restrictions_, pod),
              UnorderedElementsAre(Pair("a", 1), Pair("b", 1)));
}

TEST_F(VolumeRulesTest, MembersOfAGangWithTheSameDiskGoToDifferentNodes) {
  const api::Pod executor = PredictedWith({Disk(api::VolumeType::kGcePersistentDisk, "d", false)});
  EXPECT_THAT(cluster_.Judge(*restrictions_, executor),
              UnorderedElementsAre(Pair("a", 1), Pair("b", 1)));
}

TEST_F(VolumeRulesTest, AReadWriteOncePodClaimIsForOnePodOfTheCluster) {
  cluster_.AddClaim("c", "fast");
  MakeOncePod("c");
  const api::Pod pod = PodWith("p", {ClaimVolume("c")});
  EXPECT_THAT(cluster_.Judge(*restrictions_, pod),
              UnorderedElementsAre(Pair("a", 1), Pair("b", 1)));
  cluster_.Place(PodWith("other", {ClaimVolume("c")}), "a");
  EXPECT_THAT(cluster_.Judge(*restrictions_, pod),
              UnorderedElementsAre(Pair("a", 0), Pair("b", 0)));
  EXPECT_THAT(cluster_.Reasons(*restrictions_, pod, "b"),
              ElementsAre("node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod "
                          "access mode already in-use by another pod"));
}

TEST_F(VolumeRulesTest, MembersOfAGangSeeEachOthersReadWriteOncePodClaim) {
  cluster_.AddClaim("c", "fast");
  MakeOncePod("c");
  const api::Pod executor = PredictedWith({ClaimVolume("c")});
  const auto filter = cluster_.Prepare(*restrictions_, executor);
  ASSERT_TRUE(filter->CouplesNodes());
  cluster_.Hold(executor, "a", 1, filter.get());
  EXPECT_THAT(cluster_.Capacities(filter.get()), UnorderedElementsAre(Pair("a", 0), Pair("b", 0)));
}

TEST_F(VolumeRulesTest, AClaimThatDoesNotExistIsRefusedUnlessItComesWithThePod) {
  EXPECT_THAT(cluster_.Reasons(*restrictions_, PodWith("p", {ClaimVolume("c")}), "a"),
              ElementsAre("persistentvolumeclaim \"c\" not found"));
  EXPECT_EQ(cluster_.Prepare(*restrictions_, PredictedWith({MadeVolume("fast", "1Gi")})), nullptr);
}

TEST_F(VolumeRulesTest, VolumesOfADriverAreCountedOnceUpToTheLimitOfTheNode) {
  cluster_.SetLimit("a", 2);
  for (const char* name : {"v1", "v2", "v3"}) {
    cluster_.AddVolume(name, "", "1Gi");
    cluster_.AddBoundClaim(std::string("c-") + name, name);
  }
  cluster_.Place(PodWith("x", {ClaimVolume("c-v1"), ClaimVolume("c-v2")}), "a");
  const api::Pod third = PodWith("p", {ClaimVolume("c-v3")});
  EXPECT_THAT(cluster_.Judge(*limits_, third), UnorderedElementsAre(Pair("a", 0), Pair("b", 10)));
  EXPECT_THAT(cluster_.Reasons(*limits_, third, "a"),
              ElementsAre("node(s) exceed max volume count"));
  // A volume that is there already takes no more room.
  EXPECT_THAT(cluster_.Judge(*limits_, PodWith("q", {ClaimVolume("c-v2")})),
              UnorderedElementsAre(Pair("a", 10), Pair("b", 10)));
}

TEST_F(VolumeRulesTest, AttachmentsThatOutliveTheirPodsCount) {
  cluster_.SetLimit("a", 2);
  cluster_.AddVolume("v1", "", "1Gi");
  cluster_.AddVolume("v2", "", "1Gi");
  cluster_.AddBoundClaim("c1", "v1");
  cluster_.AddBoundClaim("c2", "v2");
  api::VolumeAttachment attachment;
  attachment.metadata.name = "x";
  attachment.attacher = "csi.example.com";
  attachment.node_name = "a";
  attachment.persistent_volume_name = "v1";
  cluster_.Storage().Upsert(attachment);
  const api::Pod pod = PodWith("p", {ClaimVolume("c2")});
  EXPECT_EQ(cluster_.Judge(*limits_, pod).at("a"), 10);
  cluster_.SetLimit("a", 1);
  EXPECT_EQ(cluster_.Judge(*limits_, pod).at("a"), 0);
}

TEST_F(VolumeRulesTest, EveryExecutorBringsTheVolumesThatAreMadeForIt) {
  cluster_.AddClass("fast", "WaitForFirstConsumer");
  cluster_.SetLimit("a", 7);
  const api::Pod executor = PredictedWith({MadeVolume("fast", "1Gi"), MadeVolume("fast", "1Gi")});
  EXPECT_THAT(cluster_.Judge(*limits_, executor),
              UnorderedElementsAre(Pair("a", 3), Pair("b", 10)));
  cluster_.Hold(executor, "a", 2);
  EXPECT_EQ(cluster_.Judge(*limits_, executor).at("a"), 1);
}

TEST_F(VolumeRulesTest, DisksOfOldPluginsCountForTheirCsiDriver) {
  cluster_.SetLimit("a", 1, "ebs.csi.aws.com");
  cluster_.Place(
      PodWith("x", {Disk(api::VolumeType::kAwsElasticBlockStore, "aws://zone/vol-1", false)}), "a");
  EXPECT_EQ(cluster_
                .Judge(*limits_,
                       PodWith("p", {Disk(api::VolumeType::kAwsElasticBlockStore, "vol-2", false)}))
                .at("a"),
            0);
  EXPECT_EQ(cluster_
                .Judge(*limits_,
                       PodWith("q", {Disk(api::VolumeType::kAwsElasticBlockStore, "vol-1", false)}))
                .at("a"),
            10);
}

TEST_F(VolumeRulesTest, AVolumeWithZonesKeepsItsPodInThem) {
  cluster_.AddNode("east", {{kZone, "east"}});
  cluster_.AddNode("west", {{kZone, "west"}});
  cluster_.AddNode("beta", {{kBetaZone, "east"}});
  cluster_.AddVolume("v", "", "1Gi");
  api::PersistentVolume volume = *cluster_.Storage().FindVolume("v");
  volume.metadata.labels[kBetaZone] = "east__north";
  cluster_.Storage().Upsert(volume);
  cluster_.AddBoundClaim("c", "v");
  const api::Pod pod = PodWith("p", {ClaimVolume("c")});
  // Nodes a and b say nothing about zones.
  EXPECT_THAT(cluster_.Judge(*zone_, pod),
              UnorderedElementsAre(Pair("a", 10), Pair("b", 10), Pair("east", 10), Pair("west", 0),
                                   Pair("beta", 10)));
  EXPECT_THAT(cluster_.Reasons(*zone_, pod, "west"),
              ElementsAre("node(s) had no available volume zone"));
}

TEST_F(VolumeRulesTest, AnUnboundClaimOfAClassThatWaitsHasNoZone) {
  cluster_.AddClass("wait", "WaitForFirstConsumer");
  cluster_.AddClass("now", "Immediate");
  cluster_.AddClaim("c", "wait");
  cluster_.AddClaim("d", "now");
  EXPECT_EQ(cluster_.Prepare(*zone_, PodWith("p", {ClaimVolume("c")})), nullptr);
  EXPECT_THAT(cluster_.Reasons(*zone_, PodWith("p", {ClaimVolume("d")}), "a"),
              ElementsAre("PersistentVolume had no name"));
}

}  // namespace
}  // namespace muster::plugins
