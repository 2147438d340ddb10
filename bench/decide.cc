#include "bench/decide.h"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "plugins/builtin_plugins.h"
#include "scheduler/placement/engine.h"

namespace muster::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct GangCount {
  std::int64_t gangs = 0;
  std::int64_t pods = 0;
};

std::optional<GangCount> ParseGangs(const std::string& text) {
  GangCount count;
  const char* end = text.data() + text.size();
  const auto [cross, first] = std::from_chars(text.data(), end, count.gangs);
  if (first != std::errc() || cross == end || *cross != 'x') return std::nullopt;
  const auto [rest, second] = std::from_chars(cross + 1, end, count.pods);
  if (second != std::errc() || rest != end || count.gangs < 1 || count.pods < 1) {
    return std::nullopt;
  }
  return count;
}

api::Pod MakePod(std::int64_t milli_cpu, std::int64_t mebibytes) {
  api::Pod pod;
  pod.metadata.namespace_name = "bench";
  api::Container& container = pod.spec.containers.emplace_back();
  container.resources.requests = {
      {"cpu", Quantity::FromMilli(milli_cpu)},
      {"memory", Quantity::FromUnits(mebibytes << 20, Quantity::Form::kBinary)}};
  return pod;
}

double FillOfNode(double fill, std::mt19937_64& random) {
  if (fill <= 0.8) return fill;
  const double share_with_room = (1 - fill) / 0.4;
  return std::uniform_real_distribution<double>(0, 1)(random) < share_with_room ? 0.6 : 1.0;
}

/// The cluster of performance comparisons elsewhere, filled with pods of 1 to 4 cpu.
model::ClusterModel MakeCluster(const DecideOptions& options) {
  model::ClusterModel model;
  std::mt19937_64 random(options.seed);
  for (std::int64_t i = 0; i < options.nodes; ++i) {
    api::Node node;
    node.metadata.name = "node-" + std::to_string(i);
    node.metadata.labels = {{"kubernetes.io/hostname", node.metadata.name},
                            {"kubernetes.io/arch", "amd64"},
                            {"topology.kubernetes.io/region", "region"},
                            {"topology.kubernetes.io/zone", "zone-" + std::to_string(i % 3)},
                            {"topology.kubernetes.io/rack", "rack-" + std::to_string(i / 96)}};
    node.allocatable = {{"cpu", Quantity::FromUnits(32)},
                        {"memory", Quantity::FromUnits(std::int64_t{256} << 30)},
                        {"pods", Quantity::FromUnits(110)}};
    model.Nodes().Upsert(node, model.Names());
  }
  std::int64_t serial = 0;
  for (model::NodeIndex node = 0; node < model.Nodes().Size(); ++node) {
    const auto wanted = static_cast<std::int64_t>(FillOfNode(options.fill, random) * 32'000.0);
    std::int64_t used = 0;
    while (used < wanted) {
      const std::int64_t milli =
          std::min(std::uniform_int_distribution<std::int64_t>(2, 8)(random) * 500, wanted - used);
      api::Pod pod = MakePod(milli, milli * 4 / 1000 * 1024 + 256);
      pod.metadata.labels = {{"app", "other-" + std::to_string(serial % 50)}};
      model.PlacePod("pod-" + std::to_string(serial++), node, MakePodInfo(pod, model.Names()));
      used += milli;
    }
  }
  return model;
}

struct Round {
  std::vector<double> microseconds;  // of each gang
  double seconds = 0;
  std::int64_t placed_gangs = 0;
};

Round PlaceAll(const DecideOptions& options, const GangCount& count) {
  model::ClusterModel model = MakeCluster(options);
  const framework::Profile profile = plugins::DefaultProfile();
  const bool spark = options.shape == "spark";
  const api::Pod driver = spark ? MakePod(1000, 2048) : MakePod(1000, 200);
  const api::Pod executor = spark ? MakePod(4000, 16384) : MakePod(1000, 200);
  placement::PlacementCache cache;
  cache.Topology(model);  // known to a daemon that runs; changes with the nodes, not with gangs
  Round round;
  for (std::int64_t i = 0; i < count.gangs; ++i) {
    const auto start = Clock::now();
    std::vector<placement::PodSetDemand> demands;
    demands.push_back({"driver", driver, MakePodInfo(driver, model.Names()), 1});
    demands.back().is_driver = true;
    if (count.pods > 1) {
      demands.push_back(
          {"executors", executor, MakePodInfo(executor, model.Names()), count.pods - 1});
    }
    model::Statement statement(model);
    const placement::Attempt attempt =
        placement::PlaceGang({profile, model, cache}, statement, {demands});
    std::move(statement).Commit();
    if (!attempt.shares) break;
    ++round.placed_gangs;
    round.microseconds.push_back(
        std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  round.seconds = std::accumulate(round.microseconds.begin(), round.microseconds.end(), 0.0) / 1e6;
  return round;
}

double Percentile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

double PeakMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace

std::optional<Measurement> MeasureDecisions(const DecideOptions& options) {
  const auto count = ParseGangs(options.gangs);
  if (!count) return std::nullopt;
  std::vector<Round> rounds;
  rounds.reserve(static_cast<std::size_t>(options.rounds));
  for (int i = 0; i < options.rounds; ++i) rounds.push_back(PlaceAll(options, *count));
  std::sort(rounds.begin(), rounds.end(),
            [](const Round& a, const Round& b) { return a.seconds < b.seconds; });
  Round& median = rounds[rounds.size() / 2];
  Measurement measured{.gangs_placed = median.placed_gangs, .peak_megabytes = PeakMegabytes()};
  if (median.placed_gangs == 0) return measured;
  std::sort(median.microseconds.begin(), median.microseconds.end());
  const double pods = static_cast<double>(median.placed_gangs * count->pods);
  measured.pods_per_second = pods / median.seconds;
  measured.pods_per_second_low = pods / rounds.back().seconds;
  measured.pods_per_second_high = pods / rounds.front().seconds;
  measured.gang_microseconds_p50 = Percentile(median.microseconds, 0.5);
  measured.gang_microseconds_p99 = Percentile(median.microseconds, 0.99);
  measured.gang_microseconds_max = median.microseconds.back();
  return measured;
}

int RunDecide(const DecideOptions& options, std::ostream& out, std::ostream& errors) {
  const auto measured = MeasureDecisions(options);
  if (!measured) {
    errors << "--gangs " << options.gangs
           << ": not of the form GANGSxPODS with both at least 1, such as 500x20\n";
    return 2;
  }
  const nlohmann::ordered_json result = {{"nodes", options.nodes},
                                         {"gangs", options.gangs},
                                         {"shape", options.shape},
                                         {"fill", options.fill},
                                         {"gangsPlaced", measured->gangs_placed},
                                         {"podsPerSecond", measured->pods_per_second},
                                         {"podsPerSecondLow", measured->pods_per_second_low},
                                         {"podsPerSecondHigh", measured->pods_per_second_high},
                                         {"gangMicrosecondsP50", measured->gang_microseconds_p50},
                                         {"gangMicrosecondsP99", measured->gang_microseconds_p99},
                                         {"gangMicrosecondsMax", measured->gang_microseconds_max},
                                         {"peakMegabytes", measured->peak_megabytes}};
  if (options.json) {
    out << result.dump() << "\n";
    return 0;
  }
  for (const auto& [key, value] : result.items()) {
    out << std::left << std::setw(22) << key << " " << value << "\n";
  }
  return 0;
}

}  // namespace muster::bench
