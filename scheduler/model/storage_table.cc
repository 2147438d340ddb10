#include "scheduler/model/storage_table.h"

#include <algorithm>
#include <array>
#include <utility>

namespace muster::model {
namespace {

/// All that placement reads of an annotation map.
constexpr std::array<std::string_view, 6> kKnownAnnotations = {
    api::kSelectedNodeAnnotation,      api::kBindCompletedAnnotation,
    api::kBoundByControllerAnnotation, api::kBetaStorageClassAnnotation,
    api::kDefaultClassAnnotation,      api::kMigratedPluginsAnnotation};

void DropUnknownAnnotations(api::ObjectMeta& metadata) {
  std::erase_if(metadata.annotations, [](const auto& entry) {
    return std::find(kKnownAnnotations.begin(), kKnownAnnotations.end(), entry.first) ==
           kKnownAnnotations.end();
  });
}

template <class Object>
bool IsSame(Object known, const Object& seen) {
  // The version changes with everything, also with what nobody reads.
  known.metadata.resource_version = seen.metadata.resource_version;
  known.metadata.generation = seen.metadata.generation;
  return known == seen;
}

template <class Map, class Object>
bool Put(Map& map, const typename Map::key_type& name, Object object) {
  DropUnknownAnnotations(object.metadata);
  const auto [position, inserted] = map.try_emplace(name);
  const bool changed = inserted || !IsSame(position->second, object);
  position->second = std::move(object);
  return changed;
}

template <class Map, class Key>
const typename Map::mapped_type* FindIn(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

template <class Map>
void RemoveFrom(Map& map, std::string_view name) {
  if (const auto found = map.find(name); found != map.end()) map.erase(found);
}

using Names = StorageTable::Names;
using NamesByKey = StorageTable::ByName<Names>;

void RemoveFromIndex(NamesByKey& index, std::string_view key, std::string_view name) {
  const auto entry = index.find(key);
  if (entry == index.end()) return;
  if (const auto found = entry->second.find(name); found != entry->second.end()) {
    entry->second.erase(found);
  }
  if (entry->second.empty()) index.erase(entry);
}

const Names& NamesOf(const NamesByKey& index, std::string_view key) {
  static const Names none;
  const Names* names = FindIn(index, key);
  return names == nullptr ? none : *names;
}

}  // namespace

bool StorageTable::Upsert(api::PersistentVolumeClaim claim) {
  const api::NamespacedName name = api::NameOf(claim.metadata);
  return Put(claims_, name, std::move(claim));
}

bool StorageTable::Upsert(api::PersistentVolume volume) {
  const std::string name = volume.metadata.name;
  if (const api::PersistentVolume* before = FindVolume(name)) {
    RemoveFromIndex(volumes_by_class_, api::StorageClassOf(*before), name);
  }
  volumes_by_class_[api::StorageClassOf(volume)].insert(name);
  return Put(volumes_, name, std::move(volume));
}

bool StorageTable::Upsert(api::StorageClass storage_class) {
  const std::string name = storage_class.metadata.name;
  return Put(classes_, name, std::move(storage_class));
}

bool StorageTable::Upsert(api::CsiNode node) {
  const std::string name = node.metadata.name;
  return Put(csi_nodes_, name, std::move(node));
}

bool StorageTable::Upsert(api::CsiDriver driver) {
  const std::string name = driver.metadata.name;
  return Put(csi_drivers_, name, std::move(driver));
}

bool StorageTable::Upsert(api::CsiStorageCapacity capacity) {
  const api::NamespacedName name = api::NameOf(capacity.metadata);
  return Put(capacities_, name, std::move(capacity));
}

bool StorageTable::Upsert(api::VolumeAttachment attachment) {
  const std::string name = attachment.metadata.name;
  if (const api::VolumeAttachment* before = FindAttachment(name)) {
    RemoveFromIndex(attachments_by_node_, before->node_name, name);
  }
  attachments_by_node_[attachment.node_name].insert(name);
  return Put(attachments_, name, std::move(attachment));
}

void StorageTable::RemoveClaim(const api::NamespacedName& name) { claims_.erase(name); }

void StorageTable::RemoveVolume(std::string_view name) {
  if (const api::PersistentVolume* volume = FindVolume(name)) {
    RemoveFromIndex(volumes_by_class_, api::StorageClassOf(*volume), name);
  }
  RemoveFrom(volumes_, name);
}

void StorageTable::RemoveClass(std::string_view name) { RemoveFrom(classes_, name); }

void StorageTable::RemoveCsiNode(std::string_view name) { RemoveFrom(csi_nodes_, name); }

void StorageTable::RemoveCsiDriver(std::string_view name) { RemoveFrom(csi_drivers_, name); }

void StorageTable::RemoveCapacity(const api::NamespacedName& name) { capacities_.erase(name); }

void StorageTable::RemoveAttachment(std::string_view name) {
  if (const api::VolumeAttachment* attachment = FindAttachment(name)) {
    RemoveFromIndex(attachments_by_node_, attachment->node_name, name);
  }
  RemoveFrom(attachments_, name);
}

const api::PersistentVolumeClaim* StorageTable::FindClaim(const api::NamespacedName& name) const {
  return FindIn(claims_, name);
}

const api::PersistentVolume* StorageTable::FindVolume(std::string_view name) const {
  return FindIn(volumes_, name);
}

const api::StorageClass* StorageTable::FindClass(std::string_view name) const {
  return FindIn(classes_, name);
}

const api::CsiNode* StorageTable::FindCsiNode(std::string_view node) const {
  return FindIn(csi_nodes_, node);
}

const api::CsiDriver* StorageTable::FindCsiDriver(std::string_view name) const {
  return FindIn(csi_drivers_, name);
}

const api::VolumeAttachment* StorageTable::FindAttachment(std::string_view name) const {
  return FindIn(attachments_, name);
}

const api::StorageClass* StorageTable::DefaultClass() const {
  const api::StorageClass* newest = nullptr;
  for (const auto& [name, storage_class] : classes_) {
    const auto mark = storage_class.metadata.annotations.find(api::kDefaultClassAnnotation);
    if (mark == storage_class.metadata.annotations.end() || mark->second != "true") continue;
    if (newest == nullptr ||
        storage_class.metadata.creation_timestamp > newest->metadata.creation_timestamp) {
      newest = &storage_class;
    }
  }
  return newest;
}

const StorageTable::Names& StorageTable::VolumesOfClass(std::string_view storage_class) const {
  return NamesOf(volumes_by_class_, storage_class);
}

const StorageTable::Names& StorageTable::AttachmentsTo(std::string_view node) const {
  return NamesOf(attachments_by_node_, node);
}

void StorageTable::AssumeNode(const api::NamespacedName& claim, std::string node) {
  assumed_nodes_[claim] = std::move(node);
}

void StorageTable::AssumeClaim(const std::string& volume, api::ClaimReference claim) {
  assumed_claims_[volume] = std::move(claim);
}

std::optional<std::string> StorageTable::SelectedNode(
    const api::PersistentVolumeClaim& claim) const {
  if (const std::string* assumed = FindIn(assumed_nodes_, api::NameOf(claim.metadata))) {
    return *assumed;
  }
  const auto annotation = claim.metadata.annotations.find(api::kSelectedNodeAnnotation);
  if (annotation == claim.metadata.annotations.end()) return std::nullopt;
  return annotation->second;
}

std::optional<api::ClaimReference> StorageTable::ClaimOf(
    const api::PersistentVolume& volume) const {
  if (const auto* assumed = FindIn(assumed_claims_, volume.metadata.name)) return *assumed;
  return volume.claim;
}

}  // namespace muster::model
