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

/// What a container or a whole pod counts as: its spec's requests.
struct FromSpec {
  const ResourceList& Container(const api::Container& container) const {
    return container.resources.requests;
  }
  const ResourceList& Initial(const api::Container& container) const {
    return container.resources.requests;
  }
  ResourceList Pod(const ResourceList& requests) const { return requests; }
};

/// The same with what the node says of it.
class FromStatus {
 public:
  explicit FromStatus(const PodStatus& status) : status_(status) {
    for (const PodCondition& condition : status.conditions) {
      if (condition.type != "PodResizePending") continue;
      is_infeasible_ = condition.reason == "Infeasible";
      break;
    }
  }

  ResourceList Container(const api::Container& container) const {
    const ResourceList& requests = container.resources.requests;
    // Of two statuses with one name the later counts.
    const auto found = std::find_if(
        status_.containers.rbegin(), status_.containers.rend(),
        [&container](const ContainerStatus& status) { return status.name == container.name; });
    if (found == status_.containers.rend() || !found->actual) return requests;
    return Largest(requests, *found->actual, found->allocated);
  }
  const ResourceList& Initial(const api::Container& container) const {
    return container.resources.requests;
  }
  ResourceList Pod(const ResourceList& requests) const {
    if (!status_.actual) return requests;
    return Largest(requests, *status_.actual, status_.allocated);
  }

 private:
  ResourceList Largest(const ResourceList& requests, const ResourceList& actual,
                       const ResourceList& allocated) const {
    ResourceList largest = actual;
    RaiseTo(largest, allocated);
    if (!is_infeasible_) RaiseTo(largest, requests);
    return largest;
  }

  const PodStatus& status_;
  bool is_infeasible_ = false;
};

/// Either of them, where a container does not name some resource.
template <class Source>
class WithDefaults {
 public:
  WithDefaults(Source source, ResourceList defaults)
      : source_(std::move(source)), defaults_(std::move(defaults)) {}

  ResourceList Container(const api::Container& container) const {
    return Completed(source_.Container(container));
  }
  ResourceList Initial(const api::Container& container) const {
    return Completed(source_.Initial(container));
  }
  ResourceList Pod(const ResourceList& requests) const { return source_.Pod(requests); }

 private:
  ResourceList Completed(ResourceList requests) const {
    requests.insert(defaults_.begin(), defaults_.end());
    return requests;
  }

  Source source_;
  ResourceList defaults_;
};

template <class Source>
ResourceList Sum(const PodSpec& spec, const Source& source) {
  ResourceList running;
  for (const Container& container : spec.containers) {
    if (running.empty()) {
      running = source.Container(container);
    } else {
      AddTo(running, source.Container(container));
    }
  }

  // Sidecars keep running, so each later init container runs beside all sidecars before it.
  ResourceList sidecars;
  ResourceList largest_start;
  for (const Container& container : spec.init_containers) {
    if (IsSidecar(container)) {
      AddTo(sidecars, source.Container(container));
      AddTo(running, source.Container(container));
      RaiseTo(largest_start, sidecars);
    } else {
      ResourceList at_this_point = source.Initial(container);
      AddTo(at_this_point, sidecars);
      RaiseTo(largest_start, at_this_point);
    }
  }
  RaiseTo(running, largest_start);

  if (spec.pod_resources) {
    const ResourceList whole = source.Pod(spec.pod_resources->requests);
    for (const auto& [name, quantity] : spec.pod_resources->requests) {
      if (!MayBePodLevel(name)) continue;
      const auto found = whole.find(name);
      running[name] = found == whole.end() ? Quantity() : found->second;
    }
  }
  AddTo(running, spec.overhead);
  return running;
}

/// Nearly all pods do, and many have no status yet.
bool RunsAsItsSpecSays(const PodStatus& status) {
  const auto says_more = [](const ContainerStatus& container) {
    return container.actual.has_value();
  };
  return !status.actual &&
         std::none_of(status.containers.begin(), status.containers.end(), says_more);
}

/// Nearly all do; the defaults for scoring change nothing for them.
bool NameCpuAndMemory(const std::vector<Container>& containers) {
  return std::all_of(containers.begin(), containers.end(), [](const Container& container) {
    const ResourceList& requests = container.resources.requests;
    return requests.contains("cpu") && requests.contains("memory");
  });
}

ResourceList DefaultsForScoring() {
  return {{"cpu", Quantity::FromMilli(100)},
          {"memory", Quantity::FromUnits(Mebibytes(200).value, Quantity::Form::kBinary)}};
}

}  // namespace

ResourceList EffectiveRequests(const PodSpec& spec) { return Sum(spec, FromSpec()); }

ResourceList EffectiveRequests(const Pod& pod) {
  return RunsAsItsSpecSays(pod.status) ? EffectiveRequests(pod.spec)
                                       : Sum(pod.spec, FromStatus(pod.status));
}

const ResourceList* OnlyRequests(const Pod& pod) {
  const PodSpec& spec = pod.spec;
  const bool is_only = spec.containers.size() == 1 && spec.init_containers.empty() &&
                       spec.overhead.empty() && !spec.pod_resources &&
                       RunsAsItsSpecSays(pod.status);
  return is_only ? &spec.containers.front().resources.requests : nullptr;
}

ResourceList NonZeroRequestsOfPlaced(const Pod& pod) {
  const PodSpec& spec = pod.spec;
  const bool as_spec = RunsAsItsSpecSays(pod.status);
  if (as_spec && NameCpuAndMemory(spec.containers) && NameCpuAndMemory(spec.init_containers)) {
    return EffectiveRequests(spec);
  }
  ResourceList defaults = DefaultsForScoring();
  const bool pod_level =
      spec.pod_resources &&
      std::any_of(spec.pod_resources->requests.begin(), spec.pod_resources->requests.end(),
                  [](const auto& entry) { return MayBePodLevel(entry.first); });
  if (pod_level) {
    for (const auto& [name, quantity] : EffectiveRequests(pod)) defaults.erase(name);
  }
  if (as_spec) return Sum(spec, WithDefaults(FromSpec(), std::move(defaults)));
  return Sum(spec, WithDefaults(FromStatus(pod.status), std::move(defaults)));
}

ResourceList NonZeroRequestsOfPending(const PodSpec& spec) {
  const WithDefaults source(FromSpec(), DefaultsForScoring());
  if (!spec.pod_resources) return Sum(spec, source);
  PodSpec containers_only = spec;
  containers_only.pod_resources.reset();
  return Sum(containers_only, source);
}

}  // namespace muster::api
