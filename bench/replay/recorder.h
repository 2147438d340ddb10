#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/replay/workload.h"

namespace muster::bench::replay {

/// What is integrated over time. CPU in millicores, memory in MiB.
enum class Level : std::size_t {
  kBoundCpu,
  kBoundMemory,
  kUsefulCpu,       // of gangs that are whole
  kIdleHoldCpu,     // of gangs that are not, and have no reservation
  kNoWorkHoldCpu,   // the part of kIdleHoldCpu of gangs that do not run at all
  kStartUpHoldCpu,  // of gangs that are not, whose missing members have their places reserved
  kPendingHoldCpu,  // of gangs of which a pod that exists waits for a node
  kReservedCpu,     // reserved and empty, and complete sets of placeholders
  kNodesUsed,
  kUsableFreeCpu,  // of which whole executors can be made
  kWaitingGangs,
  kRunningGangs,
};
inline constexpr std::size_t kLevels = 12;

/// One stretch of the timeline: means.
struct TimelinePoint {
  std::array<double, kLevels> mean{};
};

/// Integrates levels over time: whole run, the window between 5 % and 95 % of the arrivals, and
/// stretches of equal length for drawing. Sums are in units x seconds.
class Recorder {
 public:
  static constexpr Duration kStretch = std::chrono::minutes(5);

  Recorder(const Workload& workload, Time window_begin, Time window_end);

  void Add(Level level, std::int64_t change) { At(level) += change; }
  std::int64_t Now(Level level) const { return levels_[static_cast<std::size_t>(level)]; }
  /// A queue gets or gives back resources, or begins or ends to want some.
  void AddQueueShare(std::int32_t queue, std::int64_t milli_cpu, std::int64_t mebibytes);
  void AddQueueDemand(std::int32_t queue, std::int64_t change);
  /// Lets time pass with the levels as they are. Cost: O(levels + stretches passed).
  void AdvanceTo(Time now);

  double Total(Level level) const { return total_[static_cast<std::size_t>(level)]; }
  double InWindow(Level level) const { return window_[static_cast<std::size_t>(level)]; }
  double window_seconds() const { return window_seconds_; }
  double allocatable_milli_cpu() const { return cpu_; }
  double allocatable_mebibytes() const { return memory_; }
  /// Mean share of free CPU of which no executor can be made.
  double Fragmentation() const;
  /// Mean of ceil(bound CPU / largest node).
  double LeastNodes() const;
  /// Jain's index over the queues' dominant shares while they have demand.
  double Fairness() const;
  std::vector<TimelinePoint> Timeline() const;

 private:
  struct Queue {
    std::int64_t milli_cpu = 0;
    std::int64_t mebibytes = 0;
    std::int64_t demand = 0;
    double share_seconds = 0;
    double demand_seconds = 0;
  };
  std::int64_t& At(Level level) { return levels_[static_cast<std::size_t>(level)]; }
  void AddToTimeline(Time from, Time to);

  std::array<std::int64_t, kLevels> levels_{};
  std::array<double, kLevels> total_{};
  std::array<double, kLevels> window_{};
  std::vector<std::array<double, kLevels>> timeline_;
  std::vector<Queue> queues_;
  Time now_ = kTraceStart;
  Time window_begin_;
  Time window_end_;
  double window_seconds_ = 0;
  double cpu_ = 0;
  double memory_ = 0;
  double largest_node_cpu_ = 0;
  double fragmented_seconds_ = 0;
  double least_node_seconds_ = 0;
};

}  // namespace muster::bench::replay
