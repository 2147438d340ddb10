#include "test/plugins/volume_cluster.h"

#include <algorithm>

#include "test/support/builders.h"

namespace muster::testing {

void VolumeCluster::AddNode(const std::string& name, const api::StringMap& labels) {
  api::Node node = MakeNode(name, "64", "256Gi");
  node.metadata.labels = labels;
  model_.Nodes().Upsert(node, model_.Names());
}

void VolumeCluster::AddClass(const std::string& name, const std::string& mode,
                             const std::string& provisioner) {
  api::StorageClass storage_class;
  storage_class.metadata.name = name;
  storage_class.provisioner = provisioner;
  storage_class.volume_binding_mode = mode;
  Storage().Upsert(storage_class);
}

void VolumeCluster::AddClaim(const std::string& name, const std::string& storage_class,
                             const std::string& size) {
  api::PersistentVolumeClaim claim;
  claim.metadata.namespace_name = "ns";
  claim.metadata.name = name;
  claim.metadata.uid = "uid-" + name;
  claim.phase = "Pending";
  claim.spec.storage_class_name = storage_class;
  claim.spec.access_modes = {"ReadWriteOnce"};
  claim.spec.storage_request = Q(size);
  Storage().Upsert(claim);
}

void VolumeCluster::AddBoundClaim(const std::string& name, const std::string& volume) {
  AddClaim(name, "");
  api::PersistentVolumeClaim claim = *Storage().FindClaim({"ns", name});
  claim.phase = "Bound";
  claim.spec.volume_name = volume;
  claim.metadata.annotations[api::kBindCompletedAnnotation] = "yes";
  Storage().Upsert(claim);
}

void VolumeCluster::AddVolume(const std::string& name, const std::string& storage_class,
                              const std::string& size, const std::string& key,
                              const std::vector<std::string>& values) {
  api::PersistentVolume volume;
  volume.metadata.name = name;
  volume.storage_class_name = storage_class;
  volume.capacity = Q(size);
  volume.access_modes = {"ReadWriteOnce"};
  volume.phase = "Available";
  volume.source = api::VolumeSource::kCsi;
  volume.driver = "csi.example.com";
  volume.handle = "handle-" + name;
  if (!key.empty()) volume.node_affinity = {{{{{key, "In", values}}, {}}}};
  Storage().Upsert(volume);
}

void VolumeCluster::SetLimit(const std::string& node, std::int32_t count,
                             const std::string& driver) {
  api::CsiNode csi_node;
  csi_node.metadata.name = node;
  csi_node.drivers.push_back({driver, count});
  Storage().Upsert(csi_node);
}

void VolumeCluster::Place(const api::Pod& pod, const std::string& node) {
  model_.PlacePod(pod.metadata.uid, model_.Nodes().Find(node),
                  model::MakePodInfo(pod, model_.Names()));
}

void VolumeCluster::Hold(const api::Pod& pod, const std::string& node, std::int64_t count,
                         framework::NodeFilter* filter) {
  const model::PodInfoPtr& info = infos_.emplace_back(model::MakePodInfo(pod, model_.Names()));
  model_.HoldPlaces(model_.Nodes().Find(node), info, count);
  if (filter != nullptr) filter->OnPlaced(model_, model_.Nodes().Find(node), *info, count);
}

std::map<std::string, std::int64_t> VolumeCluster::Capacities(
    const framework::NodeFilter* filter) const {
  std::map<std::string, std::int64_t> named;
  if (filter == nullptr) return named;
  if (filter->RefusesEverywhere()) return {{"*", 0}};
  std::vector<std::int64_t> capacity(model_.Nodes().Size(), 10);
  filter->LimitCapacity(model_, 0, capacity);
  for (model::NodeIndex node = 0; node < capacity.size(); ++node) {
    named[model_.Nodes().Name(node)] = capacity[node];
  }
  return named;
}

std::unique_ptr<framework::NodeFilter> VolumeCluster::Prepare(const framework::FilterPlugin& plugin,
                                                              const api::Pod& pod) {
  const model::PodInfoPtr& info = infos_.emplace_back(model::MakePodInfo(pod, model_.Names()));
  return plugin.Prepare({pod, *info}, model_);
}

std::map<std::string, std::int64_t> VolumeCluster::Judge(const framework::FilterPlugin& plugin,
                                                         const api::Pod& pod) {
  return Capacities(Prepare(plugin, pod).get());
}

std::vector<std::string> VolumeCluster::Reasons(const framework::FilterPlugin& plugin,
                                                const api::Pod& pod, const std::string& node) {
  const auto filter = Prepare(plugin, pod);
  if (filter == nullptr) return {};
  if (const auto everywhere = filter->RefusesEverywhere()) return {everywhere->reason};
  std::vector<framework::Refusal> refusals;
  filter->Explain(model_, model_.Nodes().Find(node), refusals);
  std::vector<std::string> reasons;
  reasons.reserve(refusals.size());
  for (const framework::Refusal& refusal : refusals) reasons.push_back(refusal.reason);
  return reasons;
}

api::Pod PodWith(const std::string& name, const std::vector<api::Volume>& volumes) {
  api::Pod pod = PredictedWith(volumes);
  pod.metadata.name = name;
  pod.metadata.uid = "uid-" + name;
  return pod;
}

api::Pod PredictedWith(const std::vector<api::Volume>& volumes) {
  api::Pod pod;
  pod.metadata.namespace_name = "ns";
  pod.spec = MakeSpec("1", "1Gi");
  pod.spec.volumes = volumes;
  return pod;
}

api::Volume ClaimVolume(const std::string& claim) {
  api::Volume volume;
  volume.name = "v-" + claim;
  volume.type = api::VolumeType::kPersistentVolumeClaim;
  volume.source = claim;
  return volume;
}

api::Volume MadeVolume(const std::string& storage_class, const std::string& size) {
  api::Volume volume = ClaimVolume("");
  volume.claim_template.emplace();
  volume.claim_template->storage_class_name = storage_class;
  volume.claim_template->storage_request = Q(size);
  volume.claim_template->access_modes = {"ReadWriteOnce"};
  return volume;
}

}  // namespace muster::testing
