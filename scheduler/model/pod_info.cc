#include "scheduler/model/pod_info.h"

#include <utility>

#include "scheduler/api/pod_requests.h"
#include "scheduler/api/storage_objects.h"

namespace muster::model {
namespace {

bool OthersCanCollideWith(const api::Volume& volume) {
  switch (volume.type) {
    case api::VolumeType::kOther:
    case api::VolumeType::kConfigMap:
    case api::VolumeType::kNfs:
    case api::VolumeType::kHostPath:
    case api::VolumeType::kImage:
      return false;
    default:
      return true;
  }
}

std::shared_ptr<const PodInfo::Rare> MakeRare(const api::Pod& pod) {
  const api::PodSpec& spec = pod.spec;
  PodInfo::Rare rare{spec.pod_affinity, spec.pod_anti_affinity, {}, {}};
  // A sidecar holds its ports for as long as the pod runs, other init containers do not
  // (kube-scheduler, framework/plugins/nodeports).
  for (const api::Container& container : spec.init_containers) {
    if (container.restart_policy != "Always") continue;
    rare.host_ports.insert(rare.host_ports.end(), container.host_ports.begin(),
                           container.host_ports.end());
  }
  for (const api::Container& container : spec.containers) {
    rare.host_ports.insert(rare.host_ports.end(), container.host_ports.begin(),
                           container.host_ports.end());
  }
  for (const api::Volume& volume : spec.volumes) {
    if (!OthersCanCollideWith(volume)) continue;
    rare.volumes.push_back(volume);
    if (pod.metadata.name.empty()) continue;
    if (volume.type == api::VolumeType::kEphemeral) {
      rare.volumes.back().source = api::EphemeralClaimName(pod.metadata.name, volume.name);
    }
    rare.volumes.back().claim_template.reset();  // the claim itself tells
  }
  if (rare == PodInfo::Rare{}) return nullptr;
  return std::make_shared<const PodInfo::Rare>(std::move(rare));
}

}  // namespace

const PodInfo::Rare& PodInfo::RareOrEmpty() const {
  static const Rare empty;
  return rare == nullptr ? empty : *rare;
}

PodInfoPtr MakePodInfo(const api::Pod& pod, ResourceNames& names) {
  auto info = std::make_shared<PodInfo>();
  if (const api::ResourceList* requests = api::OnlyRequests(pod);
      requests != nullptr && requests->contains("cpu") && requests->contains("memory")) {
    info->amounts = PodAmounts(*requests, names);
    info->non_zero = NonZeroAmounts(*requests);
  } else {
    info->amounts = PodAmounts(api::EffectiveRequests(pod), names);
    info->non_zero = NonZeroAmounts(api::NonZeroRequestsOfPlaced(pod));
  }
  info->namespace_name = pod.metadata.namespace_name;
  info->name = pod.metadata.name;
  info->created = pod.metadata.creation_timestamp;
  info->labels = LabelSet(pod.metadata.labels);
  info->priority = pod.spec.priority;
  info->terminating = pod.metadata.deletion_timestamp.has_value();
  info->rare = MakeRare(pod);
  return info;
}

PodInfoPtr MakePodInfo(const api::ResourceList& requests, std::string namespace_name,
                       ResourceNames& names) {
  auto info = std::make_shared<PodInfo>();
  info->amounts = PodAmounts(requests, names);
  info->non_zero = NonZeroAmounts(requests);
  info->namespace_name = std::move(namespace_name);
  return info;
}

bool SameForOthers(const PodInfo& a, const PodInfo& b) {
  return a.amounts == b.amounts && a.non_zero == b.non_zero &&
         a.namespace_name == b.namespace_name && a.labels == b.labels && a.priority == b.priority &&
         a.terminating == b.terminating && a.RareOrEmpty() == b.RareOrEmpty();
}

}  // namespace muster::model
