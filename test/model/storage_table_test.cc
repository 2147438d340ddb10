#include "scheduler/model/storage_table.h"

#include <gtest/gtest.h>

namespace muster::model {
namespace {

api::PersistentVolume Volume(const std::string& name, const std::string& storage_class) {
  api::PersistentVolume volume;
  volume.metadata.name = name;
  volume.storage_class_name = storage_class;
  return volume;
}

TEST(StorageTable, AVersionThatChangesNothingThatIsReadIsNoChange) {
  StorageTable table;
  api::PersistentVolumeClaim claim;
  claim.metadata.name = "c";
  claim.metadata.resource_version = "1";
  EXPECT_TRUE(table.Upsert(claim));
  claim.metadata.resource_version = "2";
  claim.metadata.annotations["somebody.example/note"] = "x";
  EXPECT_FALSE(table.Upsert(claim));
  EXPECT_EQ(table.FindClaim({"", "c"})->metadata.resource_version, "2");
  EXPECT_TRUE(table.FindClaim({"", "c"})->metadata.annotations.empty());
  claim.phase = "Lost";
  EXPECT_TRUE(table.Upsert(claim));
}

TEST(StorageTable, VolumesAreFoundByTheirClassAlsoAfterItChanged) {
  StorageTable table;
  table.Upsert(Volume("b", "fast"));
  table.Upsert(Volume("a", "fast"));
  EXPECT_EQ(table.VolumesOfClass("fast"), (StorageTable::Names{"a", "b"}));
  table.Upsert(Volume("a", "slow"));
  EXPECT_EQ(table.VolumesOfClass("fast"), StorageTable::Names{"b"});
  table.RemoveVolume("b");
  EXPECT_TRUE(table.VolumesOfClass("fast").empty());
  EXPECT_EQ(table.FindVolume("b"), nullptr);
}

TEST(StorageTable, AttachmentsAreFoundByTheirNode) {
  StorageTable table;
  api::VolumeAttachment attachment;
  attachment.metadata.name = "a";
  attachment.node_name = "n1";
  table.Upsert(attachment);
  EXPECT_EQ(table.AttachmentsTo("n1").size(), 1u);
  table.RemoveAttachment("a");
  EXPECT_TRUE(table.AttachmentsTo("n1").empty());
}

TEST(StorageTable, AnAssumptionLiesOverWhatTheWatchShows) {
  StorageTable table;
  api::PersistentVolumeClaim claim;
  claim.metadata.namespace_name = "n";
  claim.metadata.name = "c";
  table.Upsert(claim);
  EXPECT_FALSE(table.SelectedNode(claim).has_value());
  table.AssumeNode({"n", "c"}, "n1");
  EXPECT_EQ(table.SelectedNode(claim), "n1");
  table.ForgetAssumedNode({"n", "c"});
  EXPECT_FALSE(table.SelectedNode(claim).has_value());

  const api::PersistentVolume volume = Volume("v", "fast");
  table.AssumeClaim("v", {"n", "c", "u"});
  EXPECT_EQ(table.ClaimOf(volume)->name, "c");
  table.ForgetAssumedClaim("v");
  EXPECT_FALSE(table.ClaimOf(volume).has_value());
}

TEST(StorageTable, TheNewestClassMarkedAsDefaultIsTheDefault) {
  StorageTable table;
  EXPECT_EQ(table.DefaultClass(), nullptr);
  api::StorageClass storage_class;
  storage_class.metadata.annotations[api::kDefaultClassAnnotation] = "true";
  storage_class.metadata.name = "older";
  table.Upsert(storage_class);
  storage_class.metadata.name = "newer";
  storage_class.metadata.creation_timestamp = Time(std::chrono::seconds(5));
  table.Upsert(storage_class);
  EXPECT_EQ(table.DefaultClass()->metadata.name, "newer");
}

}  // namespace
}  // namespace muster::model
