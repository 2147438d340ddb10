#include "test/core/autoscaled_world.h"

#include <utility>

#include "bench/simulation/core_scheduler.h"
#include "bench/simulation/pod_by_pod_scheduler.h"
#include "scheduler/capacity/stand_in.h"
#include "scheduler/gang/gang.h"

namespace muster::bench {
namespace {

/// Adds the condition that kube-scheduler writes when it records FailedScheduling.
class MarkingScheduler : public Scheduler {
 public:
  core::StepResult Step(Time now, std::span<const core::Event> events) override {
    core::StepResult result = pod_by_pod_.Step(now, events);
    std::vector<core::Effect> marks;
    for (const core::Effect& effect : result.effects) {
      const auto* event = std::get_if<core::RecordEvent>(&effect);
      if (event == nullptr || event->reason != "FailedScheduling") continue;
      marks.push_back(core::PatchPodCondition{++last_call_,
                                              event->pod,
                                              event->pod_uid,
                                              {"PodScheduled", "False", "Unschedulable", ""},
                                              now,
                                              std::nullopt});
    }
    result.effects.insert(result.effects.end(), marks.begin(), marks.end());
    return result;
  }

 private:
  PodByPodScheduler pod_by_pod_{"muster"};
  core::CallId last_call_ = core::CallId{1} << 40;  // its own are small
};

}  // namespace

NodeGroup MakeGroup(const std::string& name, std::int64_t cpus, std::int64_t nodes_max) {
  NodeGroup group;
  group.name = name;
  group.nodes_max = nodes_max;
  group.node.metadata.labels = {{"pool", name}};
  group.node.allocatable = {
      {"cpu", Quantity::FromUnits(cpus)},
      {"memory", Quantity::FromUnits(Mebibytes(cpus * 8 * 1024).value, Quantity::Form::kBinary)},
      {"pods", Quantity::FromUnits(110)}};
  return group;
}

WorldOptions HintingWorld(std::uint64_t seed, capacity::Autoscaler autoscaler) {
  core::CoreOptions core;
  core.capacity.autoscaler = autoscaler;
  return MusterWorld(seed, core);
}

WorldOptions PodByPodWorld(std::uint64_t seed) {
  WorldOptions options;
  options.seed = seed;
  options.audited = false;
  options.scheduler = [] { return std::make_unique<MarkingScheduler>(); };
  return options;
}

AutoscaledWorld::AutoscaledWorld(WorldOptions options, std::vector<NodeGroup> groups)
    : world_(std::move(options)),
      autoscaler_(world_.queue(), world_.api(), world_.random(), {.groups = std::move(groups)}),
      garbage_collector_(world_.queue(), world_.api(), world_.random()) {
  world_.api().Attach(autoscaler_);
  world_.api().Attach(garbage_collector_);
}

void AutoscaledWorld::Start() {
  world_.StartScheduler();
  autoscaler_.Start();
}

std::vector<const api::Pod*> AutoscaledWorld::StandIns() {
  std::vector<const api::Pod*> stand_ins;
  for (const auto& [name, pod] : world_.api().pods()) {
    if (capacity::IsStandIn(pod, "muster")) stand_ins.push_back(&pod);
  }
  return stand_ins;
}

std::vector<std::string> AutoscaledWorld::Orphans() {
  std::vector<std::string> orphans;
  for (const api::Pod* stand_in : StandIns()) {
    const auto owner = gang::ControllingPod(*stand_in);
    bool lives = false;
    for (const auto& [name, pod] : world_.api().pods()) {
      lives = lives || (pod.metadata.uid == owner && !api::IsTerminal(pod));
    }
    if (!lives) orphans.push_back(stand_in->metadata.name);
  }
  return orphans;
}

}  // namespace muster::bench
