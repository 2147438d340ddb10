#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "scheduler/api/storage_objects.h"

namespace muster::model {

/// The objects about volumes, as the watch shows them, with what the scheduler has decided and the
/// API server does not show yet laid over them (*assumptions*, as kube-scheduler's assume cache).
/// Walks are in the order of names. Cost: O(log n) a look-up. Ownership: copies what it keeps;
/// annotations that nobody reads are dropped. Pointers are valid until the next change.
/// Threading: one thread.
class StorageTable {
 public:
  template <class Object>
  using ByName = std::map<std::string, Object, std::less<>>;
  using Names = std::set<std::string, std::less<>>;

  // Each takes over the state of one object; true when something that placement reads has changed.
  bool Upsert(api::PersistentVolumeClaim claim);
  bool Upsert(api::PersistentVolume volume);
  bool Upsert(api::StorageClass storage_class);
  bool Upsert(api::CsiNode node);
  bool Upsert(api::CsiDriver driver);
  bool Upsert(api::CsiStorageCapacity capacity);
  bool Upsert(api::VolumeAttachment attachment);

  void RemoveClaim(const api::NamespacedName& name);
  void RemoveVolume(std::string_view name);
  void RemoveClass(std::string_view name);
  void RemoveCsiNode(std::string_view name);
  void RemoveCsiDriver(std::string_view name);
  void RemoveCapacity(const api::NamespacedName& name);
  void RemoveAttachment(std::string_view name);

  // Each is nullptr when there is none.
  const api::PersistentVolumeClaim* FindClaim(const api::NamespacedName& name) const;
  const api::PersistentVolume* FindVolume(std::string_view name) const;
  const api::StorageClass* FindClass(std::string_view name) const;
  const api::CsiNode* FindCsiNode(std::string_view node) const;
  const api::CsiDriver* FindCsiDriver(std::string_view name) const;
  const api::VolumeAttachment* FindAttachment(std::string_view name) const;
  /// The class of claims that name none: marked as default, the newest, then the first by name.
  const api::StorageClass* DefaultClass() const;

  /// Names of the volumes of a class, and of the attachments to a node.
  const Names& VolumesOfClass(std::string_view storage_class) const;
  const Names& AttachmentsTo(std::string_view node) const;
  const std::map<api::NamespacedName, api::CsiStorageCapacity>& Capacities() const {
    return capacities_;
  }

  /// The claim has been given to a node, and a provisioner will be told; until it is forgotten.
  void AssumeNode(const api::NamespacedName& claim, std::string node);
  /// The volume is being bound to the claim.
  void AssumeClaim(const std::string& volume, api::ClaimReference claim);
  void ForgetAssumedNode(const api::NamespacedName& claim) { assumed_nodes_.erase(claim); }
  void ForgetAssumedClaim(const std::string& volume) { assumed_claims_.erase(volume); }

  /// The node that a provisioner was or will be told; nullopt when none has been chosen.
  std::optional<std::string> SelectedNode(const api::PersistentVolumeClaim& claim) const;
  /// The claim that a volume is bound to, kept for or being bound to.
  std::optional<api::ClaimReference> ClaimOf(const api::PersistentVolume& volume) const;

 private:
  std::map<api::NamespacedName, api::PersistentVolumeClaim> claims_;
  ByName<api::PersistentVolume> volumes_;
  ByName<api::StorageClass> classes_;
  ByName<api::CsiNode> csi_nodes_;
  ByName<api::CsiDriver> csi_drivers_;
  ByName<api::VolumeAttachment> attachments_;
  std::map<api::NamespacedName, api::CsiStorageCapacity> capacities_;
  ByName<Names> volumes_by_class_;
  ByName<Names> attachments_by_node_;
  std::map<api::NamespacedName, std::string> assumed_nodes_;
  std::map<std::string, api::ClaimReference> assumed_claims_;
};

}  // namespace muster::model
