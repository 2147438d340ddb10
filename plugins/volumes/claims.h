#pragma once

#include <string>
#include <vector>

#include "scheduler/api/storage_objects.h"
#include "scheduler/model/pod_info.h"

namespace muster::plugins {

/// A claim as a pod names it.
struct ClaimUse {
  api::NamespacedName name;
  bool is_ephemeral = false;
  /// Set when the claim comes into being with its pod, which does not exist yet: each pod of the
  /// set gets one of its own, and nothing but this is known of it.
  const api::PersistentVolumeClaimSpec* made_for_each = nullptr;
};

/// The claims of a pod in the order of its volumes. Borrows the templates.
std::vector<ClaimUse> ClaimsOf(const api::Pod& pod);
/// The same of what the model keeps of a pod; a claim that is made for each pod has no name.
std::vector<ClaimUse> ClaimsOf(const model::PodInfo& info);

/// True when the pod has a volume that other pods or objects can matter for.
bool NamesVolumesOfOthers(const model::PodInfo& info);

/// What the API server says of an object that is not there.
std::string NotFound(const std::string& kind, const std::string& name);

}  // namespace muster::plugins
