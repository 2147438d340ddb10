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

/// `defaults`: what a container counts that does not name the resource.
ResourceList RequestsOf(const Container& container, const ResourceList& defaults) {
  ResourceList requests = container.resources.requests;
  requests.insert(defaults.begin(), defaults.end());
  return requests;
}

ResourceList SumRequests(const PodSpec& spec, const ResourceList& defaults) {
  ResourceList running;
  for (const Container& container : spec.containers) {
    AddTo(running, RequestsOf(container, defaults));
  }

  // Sidecars keep running, so each later init container runs beside all sidecars before it.
  ResourceList sidecars;
  ResourceList largest_start;
  for (const Container& container : spec.init_containers) {
    const ResourceList requests = RequestsOf(container, defaults);
    ResourceList at_this_point = requests;
    AddTo(at_this_point, sidecars);
    if (IsSidecar(container)) {
      AddTo(sidecars, requests);
      AddTo(running, requests);
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

ResourceList DefaultsForScoring() {
  return {{"cpu", Quantity::FromMilli(100)},
          {"memory", Quantity::FromUnits(Mebibytes(200).value, Quantity::Form::kBinary)}};
}

}  // namespace

ResourceList EffectiveRequests(const PodSpec& spec) { return SumRequests(spec, {}); }

ResourceList NonZeroRequestsOfPlaced(const PodSpec& spec) {
  ResourceList defaults = DefaultsForScoring();
  const bool pod_level =
      spec.pod_resources &&
      std::any_of(spec.pod_resources->requests.begin(), spec.pod_resources->requests.end(),
                  [](const auto& entry) { return MayBePodLevel(entry.first); });
  if (pod_level) {
    for (const auto& [name, quantity] : EffectiveRequests(spec)) defaults.erase(name);
  }
  return SumRequests(spec, defaults);
}

ResourceList NonZeroRequestsOfPending(const PodSpec& spec) {
  return SumRequests(spec, DefaultsForScoring());
}

}  // namespace muster::api
