#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "plugins/volume_binding/volume_matching.h"

/// Room for volumes that are still to be made, as far as their drivers publish it
/// (CSIStorageCapacity). Source: kube-scheduler 1.36, plugins/volumebinding/binder.go, which judges
/// each claim alone: enough for one pod, whose claims are few, but not for a gang. Threading: pure
/// functions.
namespace muster::plugins {

/// Some storage that the node can reach is large enough for the claim, as kube-scheduler judges.
bool HasCapacity(const WaitingClaim& waiting, const api::StorageClass& storage_class,
                 const model::StorageTable& storage, const api::StringMap& node_labels);

/// Bytes of volumes to be made, by class.
using BytesByClass = std::map<std::string, std::int64_t, std::less<>>;

/// Adds what is made for `pods` pods with this plan. Claims that exist do not count: pods that
/// share them get one volume.
void AddMade(const VolumePlan& plan, std::int64_t pods, BytesByClass& made);

/// How many pods with this plan, at most `most`, the storage that the node can reach has room for
/// beside `made`. At least one where nothing is spoken for: that is HasCapacity's to judge. Storage
/// of several nodes is counted for each of them.
std::int64_t CountWithRoom(const VolumePlan& plan, const model::ClusterModel& model,
                           model::NodeIndex node, const BytesByClass& made, std::int64_t most);

}  // namespace muster::plugins
