#include "plugins/volumes/claims.h"

namespace muster::plugins {
namespace {

using api::VolumeType;

/// Spark's claimName=OnDemand says no more than a class and a size, and perhaps not even these.
const api::PersistentVolumeClaimSpec* TemplateOf(const api::Volume& volume) {
  static const api::PersistentVolumeClaimSpec unknown;
  return volume.claim_template ? &*volume.claim_template : &unknown;
}

}  // namespace

std::vector<ClaimUse> ClaimsOf(const api::Pod& pod) {
  const bool exists = !pod.metadata.name.empty();
  std::vector<ClaimUse> claims;
  for (const api::Volume& volume : pod.spec.volumes) {
    const bool is_ephemeral = volume.type == VolumeType::kEphemeral;
    if (!is_ephemeral && volume.type != VolumeType::kPersistentVolumeClaim) continue;
    ClaimUse& use = claims.emplace_back();
    use.is_ephemeral = is_ephemeral;
    use.name.namespace_name = pod.metadata.namespace_name;
    if (exists || !volume.source.empty()) {
      use.name.name =
          is_ephemeral ? api::EphemeralClaimName(pod.metadata.name, volume.name) : volume.source;
    }
    if (!exists && (is_ephemeral || volume.source.empty())) use.made_for_each = TemplateOf(volume);
  }
  return claims;
}

std::vector<ClaimUse> ClaimsOf(const model::PodInfo& info) {
  std::vector<ClaimUse> claims;
  for (const api::Volume& volume : info.RareOrEmpty().volumes) {
    const bool is_ephemeral = volume.type == VolumeType::kEphemeral;
    if (!is_ephemeral && volume.type != VolumeType::kPersistentVolumeClaim) continue;
    claims.push_back({{info.namespace_name, volume.source},
                      is_ephemeral,
                      volume.source.empty() ? TemplateOf(volume) : nullptr});
  }
  return claims;
}

bool NamesVolumesOfOthers(const model::PodInfo& info) {
  return !info.RareOrEmpty().volumes.empty();
}

std::string NotFound(const std::string& kind, const std::string& name) {
  return kind + " \"" + name + "\" not found";
}

}  // namespace muster::plugins
