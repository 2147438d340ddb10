#include "bench/simulation/simulated_autoscaler.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "plugins/builtin_plugins.h"
#include "scheduler/api/pod_requests.h"
#include "scheduler/capacity/stand_in.h"
#include "scheduler/gang/gang.h"

namespace muster::bench {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLoopTime = 100ms;
constexpr Duration kNewPod = 2s;
constexpr std::int64_t kNodesPerScaleUpMax = 1000;

bool IsUnschedulable(const api::Pod& pod) {
  return pod.spec.node_name.empty() && !pod.metadata.deletion_timestamp && !api::IsTerminal(pod) &&
         std::any_of(pod.status.conditions.begin(), pod.status.conditions.end(),
                     [](const api::PodCondition& condition) {
                       return condition.type == "PodScheduled" && condition.status == "False" &&
                              condition.reason == "Unschedulable";
                     });
}

Duration DelayOf(const api::Pod& pod) {
  const auto annotation =
      pod.metadata.annotations.find(std::string(capacity::kScaleUpDelayAnnotation));
  if (annotation == pod.metadata.annotations.end()) return {};
  const StatusOr<Duration> delay = ParseDuration(annotation->second);
  return delay.ok() ? *delay : Duration{};
}

std::int64_t AmountOf(const api::Pod& pod, const char* resource) {
  const api::ResourceList requests = api::EffectiveRequests(pod.spec);
  const auto amount = requests.find(resource);
  return amount == requests.end() ? 0 : amount->second.MilliValue();
}

}  // namespace

SimulatedAutoscaler::SimulatedAutoscaler(EventQueue& queue, SimulatedApi& api, Random& random,
                                         AutoscalerOptions options)
    : queue_(queue),
      api_(api),
      random_(random),
      options_(std::move(options)),
      profile_(plugins::DefaultProfile()) {
  for (const NodeGroup& group : options_.groups) groups_.push_back({group});
}

void SimulatedAutoscaler::Start() { ScheduleLoop(random_.Draw({0s, options_.scan_interval})); }

std::map<std::string, std::int64_t> SimulatedAutoscaler::CallsByGroup() const {
  std::map<std::string, std::int64_t> counts;
  for (const ScaleUpCall& call : calls_) counts[call.group] += call.is_done ? 1 : 0;
  return counts;
}

void SimulatedAutoscaler::OnPodChanged(const api::Pod* before, const api::Pod& after) {
  const bool becomes = IsUnschedulable(after) && (before == nullptr || !IsUnschedulable(*before));
  if (becomes && options_.frequent_loops) ScheduleLoop(0s);
}

/// The earliest of those asked for is run, and it asks for the next.
void SimulatedAutoscaler::ScheduleLoop(Duration delay) {
  const Time at = queue_.now() + delay;
  if (planned_at_ > queue_.now() && planned_at_ <= at) return;
  planned_at_ = at;
  queue_.At(at, [this, number = ++planned_loop_] {
    if (number == planned_loop_) Loop();
  });
}

void SimulatedAutoscaler::Loop() {
  planned_at_ = {};
  const bool productive = RunOnce();
  ScheduleLoop(productive && options_.frequent_loops ? kLoopTime : options_.scan_interval);
}

bool SimulatedAutoscaler::RunOnce() {
  model::ClusterModel snapshot = Snapshot();
  Pods left;
  Time oldest = queue_.now();
  for (const api::Pod* pod : UnschedulablePods()) {
    if (TryPlaceAgain(*pod, snapshot)) continue;
    const Duration age = queue_.now() - pod->metadata.creation_timestamp;
    if (age <= DelayOf(*pod)) continue;
    oldest = std::min(oldest, pod->metadata.creation_timestamp);
    left.push_back(pod);
  }
  if (left.empty() || queue_.now() - oldest < kNewPod) return false;
  const auto largest_first = [](const api::Pod* pod) {
    return std::tuple(-AmountOf(*pod, "cpu"), -AmountOf(*pod, "memory"), pod->metadata.name);
  };
  std::sort(left.begin(), left.end(), [&](const api::Pod* a, const api::Pod* b) {
    return largest_first(a) < largest_first(b);
  });
  std::vector<Option> options;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (const auto option = Estimate(i, left)) options.push_back(*option);
  }
  if (options.empty()) return false;
  const auto last = static_cast<std::int64_t>(options.size()) - 1;
  const Option& chosen = options[static_cast<std::size_t>(random_.Between(0, last))];
  IncreaseSize(groups_[chosen.group], chosen.nodes);
  return true;
}

/// Highest priority first, then the oldest, then by name.
SimulatedAutoscaler::Pods SimulatedAutoscaler::UnschedulablePods() const {
  Pods pods;
  for (const auto& [name, pod] : api_.pods()) {
    if (IsUnschedulable(pod) && pod.spec.priority >= capacity::kExpendableBelow) {
      pods.push_back(&pod);
    }
  }
  const auto order = [](const api::Pod* pod) {
    return std::tuple(-pod->spec.priority, pod->metadata.creation_timestamp, pod->metadata.name);
  };
  std::sort(pods.begin(), pods.end(),
            [&](const api::Pod* a, const api::Pod* b) { return order(a) < order(b); });
  return pods;
}

/// The nodes that are there with what runs on them, and those on their way, empty.
model::ClusterModel SimulatedAutoscaler::Snapshot() const {
  model::ClusterModel model;
  for (const auto& [name, node] : api_.nodes()) model.Nodes().Upsert(node, model.Names());
  for (const Group& group : groups_) {
    for (std::int64_t i = 0; i < group.ordered - group.booted; ++i) {
      const std::string name = "upcoming-" + group.settings.name + "-" + std::to_string(i);
      model.Nodes().Upsert(NodeOf(group, name), model.Names());
    }
  }
  for (const auto& [name, pod] : api_.pods()) {
    if (pod.spec.node_name.empty() || api::IsTerminal(pod)) continue;
    model.PlacePod(pod.metadata.uid, model.Nodes().FindOrAddGhost(pod.spec.node_name),
                   model::MakePodInfo(pod, model.Names()));
  }
  return model;
}

/// Where it was found to fit in the last loop, if it still does.
/// Source: simulator/scheduling/hinting_simulator.go.
bool SimulatedAutoscaler::TryPlaceAgain(const api::Pod& pod, model::ClusterModel& model) {
  std::string& hint = hints_[pod.metadata.uid];
  const model::NodeIndex node = model.Nodes().Find(hint);
  const bool placed = node == model::kNoNode
                          ? TryPlace(pod, model)
                          : TryPlace(pod, model, {&node, 1}) || TryPlace(pod, model);
  hint = placed ? model.Nodes().Name(model.NodeOfPod(pod.metadata.uid)) : "";
  return placed;
}

bool SimulatedAutoscaler::TryPlace(const api::Pod& pod, model::ClusterModel& model) const {
  return TryPlace(pod, model, model.Nodes().ByName());
}

/// On the first of these nodes that can take it.
bool SimulatedAutoscaler::TryPlace(const api::Pod& pod, model::ClusterModel& model,
                                   std::span<const model::NodeIndex> nodes) const {
  const model::PodInfoPtr info = model::MakePodInfo(pod, model.Names());
  const framework::PreparedFilters filters(profile_, {pod, *info}, model);
  for (const model::NodeIndex node : nodes) {
    if (!model.Nodes().IsPresent(node) || filters.CapacityOf(model, node, 1) == 0) continue;
    model.PlacePod(pod.metadata.uid, node, info);
    return true;
  }
  return false;
}

std::optional<SimulatedAutoscaler::Option> SimulatedAutoscaler::Estimate(std::size_t index,
                                                                         const Pods& pods) const {
  const Group& group = groups_[index];
  if (queue_.now() < group.not_before) return std::nullopt;
  const std::int64_t most = std::min(group.settings.nodes_max - group.ordered, kNodesPerScaleUpMax);
  model::ClusterModel model;
  Option option{index};
  for (const api::Pod* pod : pods) {
    bool placed = TryPlace(*pod, model);
    if (!placed && option.nodes < most) {
      const std::string name = "template-" + std::to_string(option.nodes);
      model.Nodes().Upsert(NodeOf(group, name), model.Names());
      placed = TryPlace(*pod, model);
      if (placed) {
        ++option.nodes;
      } else {
        model.Nodes().Remove(name);
      }
    }
    option.pods += placed ? 1 : 0;
  }
  return option.pods == 0 ? std::nullopt : std::optional(option);
}

void SimulatedAutoscaler::IncreaseSize(Group& group, std::int64_t delta) {
  const bool is_done = !group.settings.is_out_of_stock;
  calls_.push_back({queue_.now(), group.settings.name, delta, is_done});
  if (!is_done) {
    group.not_before = queue_.now() + options_.group_back_off;
    return;
  }
  for (std::int64_t i = 0; i < delta; ++i) {
    const std::string name = group.settings.name + "-" + std::to_string(group.ordered++);
    queue_.After(random_.Draw(group.settings.boot), [this, &group, name] {
      ++group.booted;
      api_.ApplyNode(NodeOf(group, name));
    });
  }
}

api::Node SimulatedAutoscaler::NodeOf(const Group& group, const std::string& name) const {
  api::Node node = group.settings.node;
  node.metadata.name = name;
  node.metadata.labels["kubernetes.io/hostname"] = name;
  return node;
}

void SimulatedGarbageCollector::OnPodChanged(const api::Pod* before, const api::Pod& after) {
  if (before != nullptr) return;
  const auto owner = gang::ControllingPod(after);
  if (owner && !Exists(*owner)) CollectLater(*owner);
}

void SimulatedGarbageCollector::OnPodDeleted(const api::Pod& pod) {
  CollectLater(pod.metadata.uid);
}

void SimulatedGarbageCollector::CollectLater(const std::string& owner_uid) {
  queue_.After(random_.Draw({100ms, 2s}), [this, owner_uid] {
    std::vector<api::NamespacedName> owned;
    for (const auto& [name, pod] : api_.pods()) {
      if (gang::ControllingPod(pod) == owner_uid) owned.push_back(name);
    }
    for (const api::NamespacedName& name : owned) api_.DeletePod(name);
  });
}

bool SimulatedGarbageCollector::Exists(const std::string& uid) const {
  return std::any_of(api_.pods().begin(), api_.pods().end(),
                     [&](const auto& entry) { return entry.second.metadata.uid == uid; });
}

}  // namespace muster::bench
