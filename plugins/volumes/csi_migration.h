#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/storage_objects.h"

/// Volumes of plugins that were once built into Kubernetes and are served by a CSI driver today.
/// Not a plugin itself: what the plugins about volumes share.
/// Source: k8s.io/csi-translation-lib; the scheduler's isCSIMigrationOn.
namespace muster::plugins {

struct MigratedPlugin {
  const char* name;          // kubernetes.io/aws-ebs
  const char* driver;        // of CSI
  const char* topology_key;  // in place of the zone; "" where it stays
};

/// Each is nullptr when it belongs to no plugin whose migration is on.
const MigratedPlugin* MigrationOf(api::VolumeSource source);
const MigratedPlugin* MigrationOf(api::VolumeType inline_volume);
const MigratedPlugin* MigrationOf(std::string_view provisioner);

/// The provisioner is built in, but its migration is not on in the scheduler: its volumes are not
/// counted (azure-file, vsphere-volume).
bool IsUnmigratedPlugin(std::string_view provisioner);

/// What tells the volume apart under its CSI driver; absent when it cannot be translated.
std::optional<std::string> CsiHandleOf(const api::PersistentVolume& volume);
std::optional<std::string> CsiHandleOf(const api::Volume& inline_volume);

/// True when the node says that the volume's plugin has been migrated, but the volume is not one
/// that can be: kube-scheduler then refuses the node for a pod that has it.
bool CannotBeMigrated(const api::PersistentVolume& volume, const api::CsiNode* csi_node);

/// The nodes from which a volume can be reached, as its CSI driver writes them, when the node says
/// in its CSINode that the plugin has been migrated; else as they are. Absent: all nodes.
std::optional<std::vector<api::NodeSelectorTerm>> ReachableFrom(const api::PersistentVolume& volume,
                                                                const api::CsiNode* csi_node);

}  // namespace muster::plugins
