#include "plugins/volumes/csi_migration.h"

#include <gtest/gtest.h>

namespace muster::plugins {
namespace {

constexpr char kZone[] = "topology.kubernetes.io/zone";

api::PersistentVolume Volume(api::VolumeSource source, const std::string& handle) {
  api::PersistentVolume volume;
  volume.source = source;
  volume.handle = handle;
  return volume;
}

TEST(CsiMigration, AnEbsVolumeIsKnownByTheEndOfItsAddress) {
  const auto handle = [](const std::string& id) {
    return CsiHandleOf(Volume(api::VolumeSource::kAwsElasticBlockStore, id));
  };
  EXPECT_EQ(handle("vol-1"), "vol-1");
  EXPECT_EQ(handle("aws://us-east-1a/vol-1"), "vol-1");
  EXPECT_EQ(handle("aws:///vol-1"), "vol-1");
  EXPECT_EQ(handle("aws://us-east-1a/disk"), std::nullopt);
  EXPECT_EQ(handle("aws://vol-1"), std::nullopt);
}

TEST(CsiMigration, AGceDiskIsKnownByItsZoneOrRegion) {
  api::PersistentVolume disk = Volume(api::VolumeSource::kGcePersistentDisk, "d");
  EXPECT_EQ(CsiHandleOf(disk), "projects/UNSPECIFIED/zones/UNSPECIFIED/disks/d");
  disk.metadata.labels[kZone] = "us-west1-a";
  EXPECT_EQ(CsiHandleOf(disk), "projects/UNSPECIFIED/zones/us-west1-a/disks/d");
  disk.metadata.labels[kZone] = "us-west1-a__us-west1-b";
  EXPECT_EQ(CsiHandleOf(disk), "projects/UNSPECIFIED/regions/us-west1/disks/d");
  disk.metadata.labels[kZone] = "us-west1-a__us-east1-b";
  EXPECT_EQ(CsiHandleOf(disk), std::nullopt);
}

TEST(CsiMigration, OnAMigratedNodeTheZoneHasTheDriversKey) {
  api::PersistentVolume volume = Volume(api::VolumeSource::kAwsElasticBlockStore, "vol-1");
  volume.node_affinity = {{{{{kZone, "In", {"a"}}}, {}}}};
  api::CsiNode csi_node;
  EXPECT_EQ(ReachableFrom(volume, &csi_node), volume.node_affinity);
  csi_node.metadata.annotations[api::kMigratedPluginsAnnotation] =
      "kubernetes.io/gce-pd,kubernetes.io/aws-ebs";
  EXPECT_EQ(ReachableFrom(volume, &csi_node)->front().match_expressions.front().key,
            "topology.ebs.csi.aws.com/zone");
  volume.node_affinity.reset();
  EXPECT_FALSE(ReachableFrom(volume, &csi_node).has_value());
  volume.metadata.labels[kZone] = "a__b";
  const auto terms = ReachableFrom(volume, &csi_node);
  ASSERT_TRUE(terms.has_value());
  EXPECT_EQ(terms->front().match_expressions.front().values, (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace muster::plugins
