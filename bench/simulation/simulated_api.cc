#include "bench/simulation/simulated_api.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "scheduler/api/pod_requests.h"
#include "scheduler/base/check.h"

namespace muster::bench {
namespace {

/// UUIDs in form, counted in content, so that a seed repeats them.
std::string FormatUid(std::uint64_t number) {
  char text[40];
  std::snprintf(text, sizeof(text), "%08llx-0000-4000-8000-%012llx",
                static_cast<unsigned long long>(number * 2654435761U & 0xffffffffU),
                static_cast<unsigned long long>(number));
  return text;
}

core::CallOutcome Conflict(std::string message) {
  return {core::CallResult::kConflict, std::move(message)};
}

core::CallOutcome PodNotFound(const api::NamespacedName& name) {
  return {core::CallResult::kNotFound, "pods \"" + name.name + "\" not found"};
}

std::string UidMismatch(const std::string& wanted, const std::string& actual) {
  return "Precondition failed: UID in precondition: " + wanted + ", UID in object meta: " + actual;
}

void AddPod(api::ResourceList& used, const api::Pod& pod) {
  for (const auto& [resource, quantity] : api::EffectiveRequests(pod.spec)) {
    used[resource] = used[resource] + quantity;
  }
  used["pods"] = used["pods"] + Quantity::FromUnits(1);
}

api::ResourceList UseOf(const SimulatedApi& api, const std::string& node) {
  api::ResourceList used;
  for (const auto& [name, pod] : api.pods()) {
    if (pod.spec.node_name == node && !api::IsTerminal(pod)) AddPod(used, pod);
  }
  return used;
}

/// The first resource of which more is used than the node has, or "".
std::string ResourceOver(const api::Node& node, const api::ResourceList& used) {
  for (const auto& [resource, quantity] : used) {
    const auto limit = node.allocatable.find(resource);
    const Quantity allowed = limit == node.allocatable.end() ? Quantity() : limit->second;
    if (quantity > allowed) return resource;
  }
  return "";
}

}  // namespace

void SimulatedApi::Detach(ApiObserver& observer) { std::erase(observers_, &observer); }

template <class Change>
void SimulatedApi::UpdatePod(api::Pod& pod, Change change) {
  const api::Pod before = pod;
  change(pod);
  pod.metadata.resource_version = NextVersion();
  for (ApiObserver* observer : observers_) observer->OnPodChanged(&before, pod);
}

const api::Pod& SimulatedApi::CreatePod(api::Pod pod) {
  pod.metadata.uid = FormatUid(++uid_count_);
  pod.metadata.resource_version = NextVersion();
  // The API server keeps whole seconds.
  pod.metadata.creation_timestamp = std::chrono::floor<std::chrono::seconds>(queue_.now());
  pod.status.phase = "Pending";
  const api::NamespacedName name = api::NameOf(pod.metadata);
  const auto [position, inserted] = pods_.emplace(name, std::move(pod));
  MUSTER_CHECK(inserted, "a pod of this name exists: " + name.ToString());
  for (ApiObserver* observer : observers_) observer->OnPodChanged(nullptr, position->second);
  return position->second;
}

void SimulatedApi::CreateConfigMap(api::ConfigMap config_map) {
  config_map.metadata.uid = FormatUid(++uid_count_);
  config_map.metadata.resource_version = NextVersion();
  const api::NamespacedName name = api::NameOf(config_map.metadata);
  config_maps_.insert_or_assign(name, std::move(config_map));
}

void SimulatedApi::CreateCustomResource(const std::string& plural, const api::NamespacedName& name,
                                        std::string json) {
  custom_resources_.insert_or_assign({plural, name}, std::move(json));
}

void SimulatedApi::ApplyNode(api::Node node) {
  const auto old = nodes_.find(node.metadata.name);
  node.metadata.uid = old == nodes_.end() ? FormatUid(++uid_count_) : old->second.metadata.uid;
  node.metadata.creation_timestamp = old == nodes_.end()
                                         ? std::chrono::floor<std::chrono::seconds>(queue_.now())
                                         : old->second.metadata.creation_timestamp;
  node.metadata.resource_version = NextVersion();
  const std::string name = node.metadata.name;
  const auto [position, inserted] = nodes_.insert_or_assign(name, std::move(node));
  for (ApiObserver* observer : observers_) observer->OnNodeChanged(position->second);
}

void SimulatedApi::DeleteNode(const std::string& name) {
  const auto entry = nodes_.extract(name);
  if (entry.empty()) return;
  for (ApiObserver* observer : observers_) observer->OnNodeDeleted(entry.mapped());
}

core::CallOutcome SimulatedApi::Bind(const core::BindPod& binding) {
  const auto position = pods_.find(binding.pod);
  if (position == pods_.end()) return PodNotFound(binding.pod);
  api::Pod& pod = position->second;
  if (!binding.uid.empty() && binding.uid != pod.metadata.uid) {
    return Conflict(UidMismatch(binding.uid, pod.metadata.uid));
  }
  if (pod.metadata.deletion_timestamp) {
    return Conflict("pod " + binding.pod.name + " is being deleted, cannot be assigned to a host");
  }
  if (!pod.spec.node_name.empty()) {
    return Conflict("pod " + binding.pod.name + " is already assigned to node \"" +
                    pod.spec.node_name + "\"");
  }
  if (!pod.spec.scheduling_gates.empty()) {
    return Conflict("pod " + binding.pod.name + " has non-empty .spec.schedulingGates");
  }
  UpdatePod(pod, [&](api::Pod& changed) {
    changed.spec.node_name = binding.node;
    for (const auto& [key, value] : binding.annotations) changed.metadata.annotations[key] = value;
    SetCondition(changed, {.type = "PodScheduled", .status = "True", .reason = "", .message = ""});
    changed.status.nominated_node_name.clear();
  });
  return {};
}

core::CallOutcome SimulatedApi::PatchCondition(const core::PatchPodCondition& patch) {
  const auto position = pods_.find(patch.pod);
  if (position == pods_.end()) return PodNotFound(patch.pod);
  api::Pod& pod = position->second;
  if (!patch.uid.empty() && patch.uid != pod.metadata.uid) {
    return Conflict(UidMismatch(patch.uid, pod.metadata.uid));
  }
  UpdatePod(pod, [&](api::Pod& changed) {
    SetCondition(changed, patch.condition);
    if (patch.nominated_node) changed.status.nominated_node_name = *patch.nominated_node;
  });
  return {};
}

core::CallOutcome SimulatedApi::Delete(const core::DeletePod& deletion) {
  const auto position = pods_.find(deletion.pod);
  if (position == pods_.end()) return PodNotFound(deletion.pod);
  const api::Pod& pod = position->second;
  if (deletion.uid != pod.metadata.uid) {
    return Conflict(UidMismatch(deletion.uid, pod.metadata.uid));
  }
  DeletePod(deletion.pod);
  return {};
}

core::CallOutcome SimulatedApi::Create(const core::CreateStandIn& creation) {
  const api::NamespacedName name = api::NameOf(creation.pod.metadata);
  if (pods_.contains(name)) return Conflict("pods \"" + name.name + "\" already exists");
  CreatePod(creation.pod);
  return {};
}

core::CallOutcome SimulatedApi::Annotate(const core::AnnotatePod& annotation) {
  const auto position = pods_.find(annotation.pod);
  if (position == pods_.end()) return PodNotFound(annotation.pod);
  api::Pod& pod = position->second;
  if (annotation.uid != pod.metadata.uid) {
    return Conflict(UidMismatch(annotation.uid, pod.metadata.uid));
  }
  UpdatePod(pod, [&](api::Pod& changed) {
    for (const auto& [key, value] : annotation.annotations) {
      changed.metadata.annotations[key] = value;
    }
  });
  return {};
}

void SimulatedApi::SetPhase(const api::NamespacedName& name, const std::string& uid,
                            const std::string& phase) {
  const auto position = pods_.find(name);
  if (position == pods_.end() || position->second.metadata.uid != uid) return;
  if (api::IsTerminal(position->second)) return;
  UpdatePod(position->second, [&](api::Pod& changed) {
    changed.status.phase = phase;
    if (!changed.status.start_time) {
      changed.status.start_time = std::chrono::floor<std::chrono::seconds>(queue_.now());
    }
  });
}

void SimulatedApi::DeletePod(const api::NamespacedName& name) {
  const auto position = pods_.find(name);
  if (position == pods_.end()) return;
  api::Pod& pod = position->second;
  if (pod.spec.node_name.empty() || api::IsTerminal(pod)) {
    RemovePod(name, pod.metadata.uid);
    return;
  }
  if (pod.metadata.deletion_timestamp) return;
  UpdatePod(pod, [&](api::Pod& changed) { changed.metadata.deletion_timestamp = queue_.now(); });
}

void SimulatedApi::RemovePod(const api::NamespacedName& name, const std::string& uid) {
  const auto position = pods_.find(name);
  if (position == pods_.end() || position->second.metadata.uid != uid) return;
  auto entry = pods_.extract(position);
  entry.mapped().metadata.resource_version = NextVersion();
  for (ApiObserver* observer : observers_) observer->OnPodDeleted(entry.mapped());
}

const api::Pod* SimulatedApi::FindPod(const api::NamespacedName& name) const {
  const auto position = pods_.find(name);
  return position == pods_.end() ? nullptr : &position->second;
}

const api::Node* SimulatedApi::FindNode(const std::string& name) const {
  const auto position = nodes_.find(name);
  return position == nodes_.end() ? nullptr : &position->second;
}

const api::ConfigMap* SimulatedApi::FindConfigMap(const api::NamespacedName& name) const {
  const auto position = config_maps_.find(name);
  return position == config_maps_.end() ? nullptr : &position->second;
}

const std::string* SimulatedApi::FindCustomResource(const std::string& plural,
                                                    const api::NamespacedName& name) const {
  const auto position = custom_resources_.find({plural, name});
  return position == custom_resources_.end() ? nullptr : &position->second;
}

void SetCondition(api::Pod& pod, const api::PodCondition& condition) {
  for (api::PodCondition& present : pod.status.conditions) {
    if (present.type == condition.type) {
      present = condition;
      return;
    }
  }
  pod.status.conditions.push_back(condition);
}

std::string OverAllocatedResource(const SimulatedApi& api, const std::string& node_name) {
  const api::Node* node = api.FindNode(node_name);
  return node == nullptr ? "" : ResourceOver(*node, UseOf(api, node_name));
}

bool HasRoomFor(const SimulatedApi& api, const api::Pod& pod) {
  const api::Node* node = api.FindNode(pod.spec.node_name);
  if (node == nullptr) return false;
  api::ResourceList used = UseOf(api, pod.spec.node_name);
  AddPod(used, pod);
  return ResourceOver(*node, used).empty();
}

}  // namespace muster::bench
