#include "scheduler/capacity/stand_in.h"

#include <algorithm>
#include <charconv>

#include "scheduler/api/pod_requests.h"
#include "scheduler/gang/gang.h"

namespace muster::capacity {
namespace {

constexpr std::size_t kNameMax = 63;  // of a label value, so that no name of ours is ever too long
constexpr std::size_t kUidPart = 8;
constexpr std::string_view kNumberMark = "-standin-";

template <class Number>
Number Parse(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0 ? number : 0;
}

std::string_view LabelOf(const api::Pod& pod, std::string_view key) {
  const auto found = pod.metadata.labels.find(std::string(key));
  return found == pod.metadata.labels.end() ? std::string_view() : found->second;
}

/// The requests as limits too: quotas on limits are then satisfied, and extended resources need it.
api::Container PauseContainer(const api::PodSpec& executor, const std::string& image) {
  api::PodSpec without_overhead = executor;
  without_overhead.overhead.clear();  // comes with the runtime class again
  api::Container container;
  container.name = "stand-in";
  container.image = image;
  container.resources.requests = api::EffectiveRequests(without_overhead);
  container.resources.limits = container.resources.requests;
  for (const api::Container& original : executor.containers) {
    container.host_ports.insert(container.host_ports.end(), original.host_ports.begin(),
                                original.host_ports.end());
  }
  return container;
}

}  // namespace

api::Pod BuildStandIn(const api::Pod& driver, const spark::ExecutorSet& executor_set,
                      const CapacityOptions& options) {
  api::Pod pod;
  pod.metadata.namespace_name = driver.metadata.namespace_name;
  pod.metadata.labels = {{std::string(kStandInLabel), "true"},
                         {std::string(kProfileLabel), std::to_string(executor_set.profile)}};
  pod.metadata.owner_references = {
      {"v1", "Pod", driver.metadata.name, driver.metadata.uid, /*controller=*/true}};
  const api::PodSpec& spec = executor_set.pod.spec;
  pod.spec.scheduler_name = driver.spec.scheduler_name;
  pod.spec.node_selector = spec.node_selector;
  pod.spec.node_affinity = spec.node_affinity;
  pod.spec.tolerations = spec.tolerations;
  pod.spec.runtime_class_name = spec.runtime_class_name;
  pod.spec.host_network = spec.host_network;
  // Admission computes the number and the policy from the name; sending them could contradict it.
  pod.spec.priority_class_name = spec.priority_class_name;
  pod.spec.containers = {PauseContainer(spec, options.stand_in_image)};
  for (const api::Volume& volume : spec.volumes) {
    // A claim may say in which zone the node has to be; those yet to be made say nothing.
    const bool named = volume.type == api::VolumeType::kPersistentVolumeClaim;
    if (named && !volume.source.empty()) pod.spec.volumes.push_back(volume);
  }
  return pod;
}

std::string StandInName(const api::ObjectMeta& driver, std::int64_t generation,
                        std::int64_t number) {
  const std::string end = "-" + driver.uid.substr(0, kUidPart) + "-" + std::to_string(generation) +
                          std::string(kNumberMark) + std::to_string(number);
  std::string name = driver.name.substr(0, kNameMax - std::min(end.size(), kNameMax));
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.pop_back();
  return name + end;
}

bool IsStandIn(const api::Pod& pod, std::string_view scheduler_name) {
  return LabelOf(pod, kStandInLabel) == "true" && pod.spec.scheduler_name == scheduler_name &&
         pod.spec.node_name.empty() && gang::ControllingPod(pod).has_value();
}

std::int32_t ProfileOf(const api::Pod& stand_in) {
  return Parse<std::int32_t>(LabelOf(stand_in, kProfileLabel));
}

std::int64_t GenerationOf(const api::Pod& stand_in) {
  return Parse<std::int64_t>(LabelOf(stand_in, kGenerationLabel));
}

std::int64_t NumberOf(const api::Pod& stand_in) {
  const std::string_view name = stand_in.metadata.name;
  const std::size_t mark = name.rfind(kNumberMark);
  return mark == name.npos ? 0 : Parse<std::int64_t>(name.substr(mark + kNumberMark.size()));
}

}  // namespace muster::capacity
