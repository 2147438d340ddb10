#include "test/sim/random_world.h"

#include <algorithm>
#include <utility>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

class StepCounter : public StepObserver {
 public:
  void OnStep(Time, const core::StepResult&) override { ++steps_; }
  std::int64_t steps() const { return steps_; }

 private:
  std::int64_t steps_ = 0;
};

bool AllEnded(SimulatedWorld& world) {
  return std::all_of(world.spark().records().begin(), world.spark().records().end(),
                     [](const ApplicationRecord& record) { return record.ended_at.has_value(); });
}

/// Pods were evicted for it, so it must have got its place, unless it ended before.
void CheckPreemptorsBound(SimulatedWorld& world, std::vector<std::string>& problems) {
  for (const core::RecordEvent& event : world.api().events()) {
    if (event.reason != "Preempted") continue;
    for (const ApplicationRecord& record : world.spark().records()) {
      const bool has_gained =
          record.driver_bound_at || record.state == ApplicationRecord::State::kDead;
      if (has_gained || event.note.find(record.driver_uid) == std::string::npos) continue;
      problems.push_back(event.pod.ToString() + " left for nothing");
    }
  }
}

}  // namespace

RandomWorldResult RunRandomWorld(const RandomWorldOptions& options) {
  RandomWorldResult result;
  StepCounter counter;
  SimulatedWorld world(MusterWorld(options.seed));
  world.SetStepObserver(&counter);
  Random& random = world.random();
  const bool has_call_faults = random.OneIn(2);
  Disturber disturber(world, {options.has_priorities, has_call_faults});
  world.StartScheduler();
  for (std::int64_t applications = random.Between(1, 4); applications > 0; --applications) {
    disturber.Submit();
    world.RunFor(milliseconds(random.Between(0, 5000)));
  }
  const auto drawn = static_cast<int>(random.Between(0, RandomWorldOptions::kDisturbancesMax));
  for (int i = 0; i < std::min(drawn, options.disturbances_max); ++i) {
    ++result.disturbances[static_cast<std::size_t>(disturber.DisturbOnce())];
    world.RunFor(milliseconds(random.Between(0, 8000)));
  }
  disturber.ComeToAnEnd();
  world.RunFor(minutes(2));
  if (!world.RunUntil([&] { return AllEnded(world); }, minutes(60))) {
    result.problems.push_back("some application has not ended an hour after the last disturbance");
  } else {
    const ApplicationRecord& all = disturber.SubmitOneThatNeedsAll();
    if (!world.RunUntil([&] { return all.state == ApplicationRecord::State::kSucceeded; },
                        minutes(60))) {
      result.problems.push_back("an application that needs the whole empty cluster does not run");
    }
  }
  result.problems.insert(result.problems.end(), world.violations().begin(),
                         world.violations().end());
  CheckPreemptorsBound(world, result.problems);
  result.steps = counter.steps();
  result.effect_log = world.effect_log();
  return result;
}

RandomWorldOptions Minimise(RandomWorldOptions options) {
  const int all = options.disturbances_max;
  for (options.disturbances_max = 0; options.disturbances_max < all; ++options.disturbances_max) {
    if (!RunRandomWorld(options).problems.empty()) break;
  }
  return options;
}

std::string Describe(const RandomWorldOptions& options) {
  return "seed " + std::to_string(options.seed) +
         (options.has_priorities ? ", priorities" : ", no priorities") + ", first " +
         std::to_string(options.disturbances_max) + " disturbances";
}

}  // namespace muster::bench
