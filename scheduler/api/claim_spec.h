#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scheduler/api/constraints.h"
#include "scheduler/base/quantity.h"

namespace muster::api {

/// What a PersistentVolumeClaim asks for; also the template of a claim that is made for each pod.
struct PersistentVolumeClaimSpec {
  std::string volume_name;  // of the bound or chosen volume
  /// Absent: the API server or the controller manager fills in the default class. "": no class.
  std::optional<std::string> storage_class_name;
  std::vector<std::string> access_modes;
  std::optional<Quantity> storage_request;  // resources.requests.storage
  std::optional<LabelSelector> selector;    // of the labels of the volume
  std::string volume_mode;                  // "" means Filesystem
  std::string volume_attributes_class;
  auto operator<=>(const PersistentVolumeClaimSpec&) const = default;
};

}  // namespace muster::api
