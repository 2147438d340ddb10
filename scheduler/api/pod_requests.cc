#include "scheduler/api/pod_requests.h"

#include <algorithm>

namespace muster::api {
namespace {

void AddTo(ResourceList& total, const ResourceList& more) {
  for (const auto& [name, quantity] : more) {
    const auto [position, inserted] = total.try_emplace(name, quantity);
    if (!inserted) position->second = position->second + quantity;
  }
}

void RaiseTo(ResourceList& total, const ResourceList& floor) {
  for (const auto& [name, quantity] : floor) {
    const auto [position, inserted] = total.try_emplace(name, quantity);
    if (!inserted) position->second = std::max(position->second, quantity);
  }
}

bool IsSidecar(const Container& init_container) {
  return init_container.restart_policy == "Always";
}

/// Pod-level requests replace the sum only for these resources.
bool MayBePodLevel(const std::string& resource) {
  return resource == "cpu" || resource == "memory" || resource.starts_with("hugepages-");
}

}  // namespace

ResourceList EffectiveRequests(const PodSpec& spec) {
  ResourceList running;
  for (const Container& container : spec.containers) AddTo(running, container.resources.requests);

  // Sidecars keep running, so each later init container runs beside all sidecars before it.
  ResourceList sidecars;
  ResourceList largest_start;
  for (const Container& container : spec.init_containers) {
    ResourceList at_this_point = container.resources.requests;
    AddTo(at_this_point, sidecars);
    if (IsSidecar(container)) {
      AddTo(sidecars, container.resources.requests);
      AddTo(running, container.resources.requests);
    }
    RaiseTo(largest_start, at_this_point);
  }
  RaiseTo(running, largest_start);

  if (spec.pod_resources) {
    for (const auto& [name, quantity] : spec.pod_resources->requests) {
      if (MayBePodLevel(name)) running[name] = quantity;
    }
  }
  AddTo(running, spec.overhead);
  return running;
}

}  // namespace muster::api
