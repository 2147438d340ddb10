#include "bench/replay/run_result.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "bench/replay/shuffle.h"

namespace muster::bench::replay {
namespace {

constexpr double kSlowdownBoundSeconds = 60;
constexpr double kStarvedFactor = 10;
constexpr std::size_t kNamesKept = 20;

double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

double AtRank(const std::vector<double>& sorted, double share) {
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

std::vector<SizeClass> Classify(const Workload& workload) {
  const std::size_t count = workload.gangs.size();
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const double lead = workload.gangs[a].shuffle_bytes - workload.gangs[b].shuffle_bytes;
    return lead != 0 ? lead > 0 : a < b;
  });
  std::vector<SizeClass> classes(count, SizeClass::kRest);
  for (std::size_t i = 0; i < count; ++i) {
    if (i * 100 < count) {
      classes[order[i]] = SizeClass::kTop1;
    } else if (i * 10 < count) {
      classes[order[i]] = SizeClass::kTop10;
    }
  }
  return classes;
}

void AddDelays(const World& world, const Workload& workload, RunResult& result) {
  std::vector<double> delays;
  std::vector<double> completions;
  std::vector<double> slowdowns;
  Time last_end = kTraceStart;
  for (std::size_t i = 0; i < workload.gangs.size(); ++i) {
    const GangSpec& spec = workload.gangs[i];
    const GangOutcome& outcome = world.outcomes()[i];
    // One that never was whole waited to its end, or to that of the run.
    const Time end = std::max(outcome.is_ended ? outcome.ended_at : world.end(), spec.submit);
    const double run = Seconds(spec.run_time);
    delays.push_back(Seconds(outcome.whole_at.value_or(end) - spec.submit));
    completions.push_back(Seconds(end - spec.submit));
    slowdowns.push_back(std::max(1.0, completions.back() / std::max(run, kSlowdownBoundSeconds)));
    last_end = std::max(last_end, end);
    if (outcome.whole_at) continue;
    if (outcome.is_ended) {
      ++result.ended_incomplete;
    } else {
      ++result.never_admitted;
      if (result.never_admitted_names.size() < kNamesKept) {
        result.never_admitted_names.push_back(spec.name);
      }
    }
  }
  if (delays.empty()) return;
  const std::vector<SizeClass> classes = Classify(workload);
  for (std::size_t kind = 0; kind < kSizeClasses; ++kind) {
    std::vector<double> of_class;
    for (std::size_t i = 0; i < delays.size(); ++i) {
      if (classes[i] == static_cast<SizeClass>(kind)) of_class.push_back(delays[i]);
    }
    const double limit = kStarvedFactor * Describe(of_class).p95;
    result.starved += std::count_if(of_class.begin(), of_class.end(),
                                    [limit](double delay) { return delay > limit; });
  }
  result.makespan_seconds = Seconds(last_end - workload.gangs.front().submit);
  result.completion_seconds = Describe(std::move(completions));
  result.slowdown = Describe(std::move(slowdowns));
  result.delay_seconds = Describe(delays);
  std::sort(delays.begin(), delays.end());
  for (int percent = 0; percent <= 100; ++percent) {
    result.delay_quantiles.push_back(AtRank(delays, percent / 100.0));
  }
}

void AddShuffle(const World& world, const Workload& workload, RunResult& result) {
  const std::vector<SizeClass> classes = Classify(workload);
  LeastCrossingTable least_of(workload);
  double concentrated = 0;
  double ratios = 0;
  double ratio_count = 0;
  for (std::size_t i = 0; i < workload.gangs.size(); ++i) {
    const GangSpec& spec = workload.gangs[i];
    const GangOutcome& outcome = world.outcomes()[i];
    if (!outcome.is_ended) continue;
    const LeastCrossing& least = least_of.Of(spec.executors);
    // One that ran with few of its executors may cross less than the whole gang ever could: that is
    // no merit, so it counts as the least.
    const double node = std::max(outcome.node_crossing, least.node_share);
    const double zone = std::max(outcome.zone_crossing, least.zone_share);
    for (ShuffleBytes* bytes :
         {&result.shuffle, &result.shuffle_by_class[static_cast<std::size_t>(classes[i])]}) {
      bytes->all += spec.shuffle_bytes;
      bytes->cross_node += spec.shuffle_bytes * node;
      bytes->least_cross_node += spec.shuffle_bytes * least.node_share;
      bytes->cross_zone += spec.shuffle_bytes * zone;
      bytes->least_cross_zone += spec.shuffle_bytes * least.zone_share;
    }
    concentrated += spec.shuffle_bytes * (1 - outcome.node_crossing);
    if (spec.executors >= 2 && least.nodes > 0) {
      ratios += static_cast<double>(outcome.nodes) / static_cast<double>(least.nodes);
      ++ratio_count;
    }
  }
  if (result.shuffle.all > 0) result.concentration = concentrated / result.shuffle.all;
  if (ratio_count > 0) result.nodes_over_least = ratios / ratio_count;
}

void AddIntegrals(const Recorder& recorder, RunResult& result) {
  const double window = recorder.window_seconds();
  if (window > 0) {
    const double cpu = recorder.allocatable_milli_cpu() * window;
    result.utilisation = recorder.InWindow(Level::kBoundCpu) / cpu;
    result.useful_utilisation = recorder.InWindow(Level::kUsefulCpu) / cpu;
    result.memory_utilisation =
        recorder.InWindow(Level::kBoundMemory) / (recorder.allocatable_mebibytes() * window);
    result.nodes_used = recorder.InWindow(Level::kNodesUsed) / window;
  }
  const auto core_hours = [&](Level level) { return recorder.Total(level) / 1000.0 / 3600.0; };
  result.idle_in_hold = core_hours(Level::kIdleHoldCpu);
  result.no_work_hold = core_hours(Level::kNoWorkHoldCpu);
  result.pending_hold = core_hours(Level::kPendingHoldCpu);
  result.start_up_hold = core_hours(Level::kStartUpHoldCpu);
  result.reserved_not_used = core_hours(Level::kReservedCpu);
  result.least_nodes = recorder.LeastNodes();
  result.fragmentation = recorder.Fragmentation();
  result.fairness = recorder.Fairness();
  result.timeline = recorder.Timeline();
}

}  // namespace

Distribution Describe(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  return {sum / static_cast<double>(values.size()),
          AtRank(values, 0.50),
          AtRank(values, 0.95),
          AtRank(values, 0.99),
          values.back(),
          static_cast<std::int64_t>(values.size())};
}

RunResult Summarise(const World& world, const Workload& workload) {
  RunResult result;
  result.offered_load = workload.offered_load;
  result.nodes = static_cast<std::int64_t>(workload.nodes.size());
  result.cores = world.recorder().allocatable_milli_cpu() / 1000.0;
  result.gangs = static_cast<std::int64_t>(workload.gangs.size());
  result.deadlocks = world.deadlocks();
  result.deadlock_lost_seconds = world.deadlock_lost_seconds();
  result.binds = world.binds();
  result.decision_microseconds = Describe(world.admission_microseconds());
  result.policy_seconds = world.policy_seconds();
  AddDelays(world, workload, result);
  AddShuffle(world, workload, result);
  AddIntegrals(world.recorder(), result);
  return result;
}

}  // namespace muster::bench::replay
