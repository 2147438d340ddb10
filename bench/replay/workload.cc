#include "bench/replay/workload.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

namespace muster::bench::replay {
namespace {

// Own arithmetic instead of std::uniform_int_distribution and std::shuffle, which differ from one
// standard library to the next.
std::uint64_t Below(std::mt19937_64& random, std::uint64_t limit) { return random() % limit; }

Duration Seconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(seconds * 1000.0)));
}

GangSpec MakeGang(const TraceJob& job, const WorldConstants& constants) {
  GangSpec gang{.name = job.name};
  gang.shuffle_bytes = static_cast<double>(job.shuffle_bytes);
  const double worked =
      static_cast<double>(job.input_bytes) + static_cast<double>(job.shuffle_bytes);
  const double wanted = std::ceil(worked / static_cast<double>(constants.bytes_per_executor));
  gang.executors = static_cast<std::int32_t>(
      std::clamp(wanted, 1.0, static_cast<double>(constants.executors_max)));
  const double seconds = (worked + static_cast<double>(job.output_bytes)) /
                         (static_cast<double>(constants.executor_bytes_per_second) *
                          static_cast<double>(gang.executors));
  const double longest = std::chrono::duration<double>(constants.run_time_max).count();
  gang.run_time = std::min(constants.run_time_base + Seconds(std::min(seconds, longest)),
                           constants.run_time_max);
  return gang;
}

double CpuSeconds(const GangSpec& gang, const WorldConstants& constants) {
  const auto milli_cpu = constants.driver.milli_cpu + gang.executors * constants.executor.milli_cpu;
  return static_cast<double>(milli_cpu) / 1000.0 *
         std::chrono::duration<double>(gang.run_time).count();
}

/// Of those submitted at once, the first in the trace comes first.
std::vector<GangSpec> InOrderOfSubmission(const std::vector<GangSpec>& gangs) {
  std::vector<std::size_t> order(gangs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return gangs[a].submit != gangs[b].submit ? gangs[a].submit < gangs[b].submit : a < b;
  });
  std::vector<GangSpec> sorted;
  sorted.reserve(gangs.size());
  for (const std::size_t index : order) sorted.push_back(gangs[index]);
  return sorted;
}

}  // namespace

std::vector<GangSpec> MakeGangs(const std::vector<TraceJob>& jobs, const WorldConstants& constants,
                                std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto span = static_cast<std::uint64_t>(std::llround(constants.hours * 3600.0 * 1000.0));
  std::vector<GangSpec> gangs;
  for (std::int64_t copy = 0; copy < constants.copies; ++copy) {
    const std::uint64_t shift = copy == 0 ? 0 : Below(random, span);
    for (const TraceJob& job : jobs) {
      const auto submit = static_cast<std::uint64_t>(std::llround(job.submit_seconds * 1000.0));
      if (submit >= span) continue;
      GangSpec gang = MakeGang(job, constants);
      // What a shift moves past the end comes at the beginning.
      gang.submit = kTraceStart + std::chrono::milliseconds((submit + shift) % span);
      gang.queue =
          static_cast<std::int32_t>(Below(random, static_cast<std::uint64_t>(constants.queues)));
      if (copy > 0) gang.name += "-copy" + std::to_string(copy);
      gangs.push_back(std::move(gang));
    }
  }
  return InOrderOfSubmission(gangs);
}

Workload MakeWorkload(std::vector<GangSpec> gangs, const std::vector<TraceNode>& nodes,
                      const WorldConstants& constants, double load, std::uint64_t seed) {
  Workload workload{.gangs = std::move(gangs),
                    .driver = constants.driver,
                    .executor = constants.executor,
                    .span = Seconds(constants.hours * 3600.0)};
  double asked = 0;
  for (const GangSpec& gang : workload.gangs) asked += CpuSeconds(gang, constants);
  const double span_seconds = std::chrono::duration<double>(workload.span).count();
  const double wanted_cpu = asked / load / span_seconds;

  std::vector<TraceNode> order = nodes;
  std::mt19937_64 random(seed);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[Below(random, i)]);
  }
  double cpu = 0;
  for (const TraceNode& node : order) {
    const double more = static_cast<double>(node.milli_cpu) / 1000.0;
    if (!workload.nodes.empty() &&
        std::abs(cpu - wanted_cpu) <= std::abs(cpu + more - wanted_cpu)) {
      break;
    }
    const auto index = static_cast<std::int64_t>(workload.nodes.size());
    workload.nodes.push_back({node.name,
                              {node.milli_cpu, node.memory_mebibytes},
                              static_cast<std::int32_t>(index / constants.nodes_per_rack),
                              static_cast<std::int32_t>(index % constants.zones)});
    cpu += more;
  }
  workload.offered_load = asked / (cpu * span_seconds);

  std::int32_t fits = 0;  // the largest gang known to fit
  for (std::size_t i = 0; i < workload.gangs.size(); ++i) {
    const std::int32_t executors = workload.gangs[i].executors;
    if (executors <= fits) continue;
    if (FitsEmptyCluster(workload, executors)) {
      fits = executors;
    } else {
      workload.never_fit.push_back(static_cast<GangIndex>(i));
    }
  }
  return workload;
}

std::int64_t CapacityFor(const PodShape& free, const PodShape& pod) {
  return std::max<std::int64_t>(
      0, std::min(free.milli_cpu / pod.milli_cpu, free.memory_mebibytes / pod.memory_mebibytes));
}

bool FitsEmptyCluster(const Workload& workload, std::int64_t executors) {
  std::int64_t places = 0;
  std::int64_t least_loss = -1;  // executors that the driver costs on its best node
  for (const NodeSpec& node : workload.nodes) {
    const std::int64_t all = CapacityFor(node.allocatable, workload.executor);
    places += all;
    if (CapacityFor(node.allocatable, workload.driver) == 0) continue;
    const PodShape beside{node.allocatable.milli_cpu - workload.driver.milli_cpu,
                          node.allocatable.memory_mebibytes - workload.driver.memory_mebibytes};
    const std::int64_t loss = all - CapacityFor(beside, workload.executor);
    if (least_loss < 0 || loss < least_loss) least_loss = loss;
  }
  return least_loss >= 0 && places - least_loss >= executors;
}

}  // namespace muster::bench::replay
