#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/model/label_set.h"
#include "scheduler/model/resource_vector.h"

namespace muster::model {

/// What the model keeps of a pod: what it takes from its node, and what other pods can notice of
/// it. The term is kube-scheduler's (framework/types.go, PodInfo). Immutable and shared: all empty
/// slots of a pod set are one of it.
struct PodInfo {
  ResourceVector amounts;
  NonZeroRequests non_zero;
  std::string namespace_name;
  std::string name;  // "" of pods that do not exist yet
  Time created{};
  LabelSet labels;
  std::int32_t priority = 0;
  bool terminating = false;  // has a deletion timestamp
  /// What few pods have; null for all others.
  struct Rare {
    api::PodAffinity pod_affinity;
    api::PodAffinity pod_anti_affinity;
    std::vector<api::HostPort> host_ports;
    /// Volumes that other pods can collide with: claims, inline CSI and disks. Of an ephemeral one
    /// `source` is the claim's name. Of a pod without a name, which does not exist yet, the claims
    /// that will be made for it have their template instead.
    std::vector<api::Volume> volumes;
    bool operator==(const Rare&) const = default;
  };
  std::shared_ptr<const Rare> rare;

  /// The rare part, an empty one where there is none.
  const Rare& RareOrEmpty() const;
};

using PodInfoPtr = std::shared_ptr<const PodInfo>;

/// The requests are the effective ones (api::EffectiveRequests).
PodInfoPtr MakePodInfo(const api::Pod& pod, ResourceNames& names);
/// Of a pod of which no more than its requests is known.
PodInfoPtr MakePodInfo(const api::ResourceList& requests, std::string namespace_name,
                       ResourceNames& names);

/// True when exchanging one for the other changes nothing for anybody.
bool SameForOthers(const PodInfo& a, const PodInfo& b);

}  // namespace muster::model
