#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "scheduler/capacity/options.h"
#include "scheduler/core/effects.h"
#include "scheduler/core/events.h"
#include "scheduler/framework/profile.h"
#include "scheduler/history/shuffle_profile.h"
#include "scheduler/topology/packing_policy.h"

namespace muster::core {

/// What the core is told at its start; the runtime reads it from MusterConfiguration.
struct CoreOptions {
  std::string scheduler_name = "muster";
  /// A driver whose ConfigMap is missing this long gets an event that says so; it goes on waiting.
  Duration shape_timeout = std::chrono::seconds(60);
  /// A reserved slot that no executor has taken after this long is given back.
  Duration gang_timeout = std::chrono::minutes(30);
  std::int64_t gang_members_max = 10'000;
  /// Younger gangs may pass one that waits. After this long, and for as long, the room that it
  /// needs is kept for it where it will come free soonest, so that large gangs are not starved by
  /// small ones; then others may have it again, and so on. Zero: nothing is ever kept.
  Duration backfill_patience = std::chrono::minutes(60);
  /// A large application that shuffles and would be torn over many more nodes than need be waits
  /// this long, from its creation, for a better place. Zero: it takes what there is.
  Duration packing_patience = std::chrono::minutes(5);
  /// What the labels of nodes mean: how near they are, and which may be taken away.
  topology::TopologySettings topology = topology::DefaultTopologySettings();
  /// What earlier runs of applications shuffled, from `musterctl profile`; empty: not known.
  history::ShuffleProfile shuffle_profile;
  /// Who is told of gangs that wait for room, and how.
  capacity::CapacityOptions capacity = {};
};

/// Figures for metrics; counters since the start, gauges as of the last Step.
struct CoreStatistics {
  std::uint64_t gangs_admitted = 0;
  std::uint64_t gangs_refused = 0;
  std::uint64_t pods_bound = 0;
  std::uint64_t bind_failures = 0;
  std::uint64_t binds_unknown = 0;
  std::uint64_t slots_taken = 0;
  std::uint64_t slots_lost = 0;
  std::uint64_t preemption_rounds = 0;
  std::uint64_t pods_preempted = 0;
  std::uint64_t predictions_exact = 0;    // executor sets whose first executor was as predicted
  std::uint64_t predictions_unknown = 0;  // drivers scheduled alone, their executors not knowable
  std::uint64_t shape_mismatches = 0;
  std::uint64_t mismatch_cpu_millicores = 0;  // sums of the absolute differences
  std::uint64_t mismatch_memory_bytes = 0;
  std::uint64_t capacity_requests = 0;  // gangs shown whole to an autoscaler
  std::uint64_t capacity_expired = 0;   // of these, for which no node came
  std::uint64_t capacity_refused = 0;   // stand-ins were not allowed
  std::size_t stand_ins = 0;
  std::size_t gangs_gathering = 0;
  std::size_t gangs_waiting = 0;
  std::size_t gangs_reserved = 0;
  std::size_t pods_pending = 0;
  std::size_t slots_empty = 0;
  std::size_t nodes = 0;
};

/// The whole scheduler as a state machine: events in, effects out. No I/O, no clock, no lock, no
/// randomness; ties end in names.
/// Threading: one thread. Cost of a Step: O(events + waiting gangs x nodes).
class SchedulerCore {
 public:
  /// `profile` says which plugins judge the nodes; plugins::DefaultProfile() is the usual one.
  SchedulerCore(CoreOptions options, framework::Profile profile);
  ~SchedulerCore();
  SchedulerCore(const SchedulerCore&) = delete;
  SchedulerCore& operator=(const SchedulerCore&) = delete;

  /// Applies the events, in order, then decides. `now` must not go back.
  StepResult Step(Time now, std::span<const Event> events);

  /// True once every watched resource has been listed: from then on it decides.
  bool Synced() const;
  CoreStatistics Statistics() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace muster::core
