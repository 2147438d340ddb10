#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>

#include "scheduler/api/objects.h"

/// Private to the codec: the JSON form of volumes.
namespace muster::api {

/// The field of a volume that makes it of a type, and the field in that for Volume::source.
struct VolumeField {
  VolumeType type;
  const char* key;
  const char* source;
};

/// The frequent ones first.
inline constexpr std::array<VolumeField, 14> kVolumeFields{{
    {VolumeType::kConfigMap, "configMap", nullptr},
    {VolumeType::kPersistentVolumeClaim, "persistentVolumeClaim", "claimName"},
    {VolumeType::kHostPath, "hostPath", nullptr},
    {VolumeType::kEphemeral, "ephemeral", nullptr},
    {VolumeType::kCsi, "csi", "driver"},
    {VolumeType::kNfs, "nfs", nullptr},
    {VolumeType::kGcePersistentDisk, "gcePersistentDisk", "pdName"},
    {VolumeType::kAwsElasticBlockStore, "awsElasticBlockStore", "volumeID"},
    {VolumeType::kIscsi, "iscsi", "iqn"},
    {VolumeType::kRbd, "rbd", nullptr},
    {VolumeType::kAzureDisk, "azureDisk", "diskURI"},
    {VolumeType::kCinder, "cinder", "volumeID"},
    {VolumeType::kPortworx, "portworxVolume", "volumeID"},
    {VolumeType::kImage, "image", "reference"},
}};

nlohmann::json EncodeVolume(const Volume& volume);

}  // namespace muster::api
