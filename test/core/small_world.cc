#include "test/core/small_world.h"

#include <algorithm>
#include <cstdlib>

#include "bench/simulation/core_scheduler.h"
#include "bench/simulation/plan.h"
#include "scheduler/base/check.h"

namespace muster::bench {

WorldOptions MusterWorld(std::uint64_t seed, const core::CoreOptions& core) {
  WorldOptions options;
  options.seed = seed;
  options.scheduler = MusterFactory(core);
  options.scheduler_name = core.scheduler_name;
  options.gang_timeout = core.gang_timeout;
  return options;
}

WorldOptions WorldWithoutDelays(std::uint64_t seed) {
  WorldOptions options = MusterWorld(seed);
  options.process.client.latency = {};
  options.process.watch_latency = {};
  options.process.batch_delay = {};
  return options;
}

void AddNodes(SimulatedWorld& world, std::int64_t count, std::int64_t cpus) {
  for (std::int64_t i = 0; i < count; ++i) {
    world.AddNode("node-" + std::string(1, static_cast<char>('a' + i)), cpus, 64);
  }
}

bool RunUntilDriverBound(SimulatedWorld& world, const ApplicationRecord& record) {
  return world.RunUntil([&] { return record.driver_bound_at.has_value(); }, kLongEnough);
}

bool RunUntilState(SimulatedWorld& world, const ApplicationRecord& record,
                   ApplicationRecord::State state) {
  return world.RunUntil([&] { return record.state == state; }, kLongEnough);
}

bool RunUntilAllSucceeded(SimulatedWorld& world) {
  return world.RunUntil(
      [&] {
        return std::all_of(world.spark().records().begin(), world.spark().records().end(),
                           [](const ApplicationRecord& record) {
                             return record.state == ApplicationRecord::State::kSucceeded;
                           });
      },
      kLongEnough);
}

const api::Pod& DriverOf(SimulatedWorld& world, const ApplicationRecord& record) {
  const api::Pod* driver = world.api().FindPod(record.driver);
  MUSTER_CHECK(driver != nullptr, "the driver is gone: " + record.driver.ToString());
  return *driver;
}

std::map<std::string, std::int64_t> PlannedSlots(SimulatedWorld& world,
                                                 const ApplicationRecord& record) {
  std::map<std::string, std::int64_t> slots;
  const api::StringMap& annotations = DriverOf(world, record).metadata.annotations;
  const auto annotation = annotations.find(kPlanAnnotation);
  if (annotation == annotations.end()) return slots;
  const StatusOr<ReadPlan> plan = ParsePlan(annotation->second);
  MUSTER_CHECK(plan.ok(), MessageOf(plan.status()));
  for (const ReadPlan::Set& set : plan->sets) {
    for (const auto& [node, count] : set.slots) slots[node] += count;
  }
  return slots;
}

std::map<std::string, std::int64_t> ExecutorsByNode(SimulatedWorld& world,
                                                    const ApplicationRecord& record) {
  std::map<std::string, std::int64_t> executors;
  for (const auto& [name, pod] : world.api().pods()) {
    const bool is_mine = spark::IsExecutor(pod) && ControllerUid(pod) == record.driver_uid;
    if (is_mine && !api::IsTerminal(pod)) ++executors[pod.spec.node_name];
  }
  return executors;
}

api::PodCondition ScheduledCondition(SimulatedWorld& world, const ApplicationRecord& record) {
  for (const api::PodCondition& condition : DriverOf(world, record).status.conditions) {
    if (condition.type == "PodScheduled") return condition;
  }
  return {};
}

std::vector<std::string> Notes(SimulatedWorld& world, const api::NamespacedName& pod,
                               const std::string& reason) {
  std::vector<std::string> notes;
  for (const core::RecordEvent& event : world.api().events()) {
    if (event.pod == pod && event.reason == reason) notes.push_back(event.note);
  }
  return notes;
}

std::uint64_t NumberFromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string Join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace muster::bench
