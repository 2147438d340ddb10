#include "bench/replay/run_json.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "bench/replay/report/figures.h"

namespace muster::bench::replay {
namespace {

using Json = nlohmann::ordered_json;

double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

Json ToJson(const Distribution& one) {
  return {{"mean", one.mean}, {"p50", one.p50}, {"p95", one.p95},
          {"p99", one.p99},   {"max", one.max}, {"count", one.count}};
}

Json ToJson(const ShuffleBytes& bytes) {
  const auto share = [&](double part) { return bytes.all > 0 ? part / bytes.all : 0.0; };
  return {{"allBytes", bytes.all},
          {"crossNodeBytes", bytes.cross_node},
          {"crossNodeShare", share(bytes.cross_node)},
          {"leastCrossNodeShare", share(bytes.least_cross_node)},
          {"avoidableCrossNodeBytes", bytes.AvoidableNode()},
          {"avoidableCrossNodeShare", share(bytes.AvoidableNode())},
          {"crossZoneBytes", bytes.cross_zone},
          {"crossZoneShare", share(bytes.cross_zone)},
          {"avoidableCrossZoneBytes", bytes.AvoidableZone()},
          {"avoidableCrossZoneShare", share(bytes.AvoidableZone())}};
}

Json ToJson(const PodShape& shape) {
  return {{"milliCpu", shape.milli_cpu}, {"memoryMebibytes", shape.memory_mebibytes}};
}

Json ToJson(const WorldConstants& constants) {
  return {{"bytesPerExecutor", constants.bytes_per_executor},
          {"executorsMax", constants.executors_max},
          {"executorBytesPerSecond", constants.executor_bytes_per_second},
          {"runTimeBaseSeconds", Seconds(constants.run_time_base)},
          {"runTimeMaxSeconds", Seconds(constants.run_time_max)},
          {"driver", ToJson(constants.driver)},
          {"executor", ToJson(constants.executor)},
          {"driverStartupSeconds", Seconds(constants.driver_startup)},
          {"executorBatch", constants.executor_batch},
          {"batchIntervalSeconds", Seconds(constants.batch_interval)},
          {"executorStartupSeconds", Seconds(constants.executor_startup)},
          {"registeredRatio", constants.registered_ratio},
          {"registeredWaitSeconds", Seconds(constants.registered_wait)},
          {"nodesPerRack", constants.nodes_per_rack},
          {"zones", constants.zones},
          {"queues", constants.queues},
          {"hours", constants.hours},
          {"copies", constants.copies},
          {"drainMaxSeconds", Seconds(constants.drain_max)},
          {"deadlockAfterSeconds", Seconds(constants.deadlock_after)}};
}

Json ToJson(const ReadReport& report) {
  return {{"rows", report.rows}, {"rejected", report.rejected}, {"problems", report.problems}};
}

Json ToJson(const Inputs& inputs) {
  return {{"jobs", ToJson(inputs.jobs)}, {"nodes", ToJson(inputs.nodes)}};
}

Json Metrics(const RunResult& result) {
  Json by_class;
  for (std::size_t i = 0; i < kSizeClasses; ++i) {
    by_class[kSizeClassNames[i]] = ToJson(result.shuffle_by_class[i]);
  }
  return {{"gangs", result.gangs},
          {"neverAdmitted", result.never_admitted},
          {"neverAdmittedNames", result.never_admitted_names},
          {"endedIncomplete", result.ended_incomplete},
          {"queueingDelaySeconds", ToJson(result.delay_seconds)},
          {"completionSeconds", ToJson(result.completion_seconds)},
          {"boundedSlowdown", ToJson(result.slowdown)},
          {"makespanSeconds", result.makespan_seconds},
          {"utilisation", result.utilisation},
          {"memoryUtilisation", result.memory_utilisation},
          {"usefulUtilisation", result.useful_utilisation},
          {"idleInHoldCoreHours", result.idle_in_hold},
          {"holdWithoutWorkCoreHours", result.no_work_hold},
          {"holdWhilePodsPendCoreHours", result.pending_hold},
          {"startUpHoldCoreHours", result.start_up_hold},
          {"reservedNotUsedCoreHours", result.reserved_not_used},
          {"deadlocks", result.deadlocks},
          {"deadlockLostSeconds", result.deadlock_lost_seconds},
          {"starved", result.starved},
          {"shuffle", ToJson(result.shuffle)},
          {"shuffleByClass", by_class},
          {"concentration", result.concentration},
          {"nodesOverLeast", result.nodes_over_least},
          {"nodesUsed", result.nodes_used},
          {"leastNodes", result.least_nodes},
          {"fragmentation", result.fragmentation},
          {"fairness", result.fairness},
          {"binds", result.binds}};
}

Json Timeline(const RunResult& result) {
  constexpr std::pair<Level, const char*> kShown[] = {
      {Level::kBoundCpu, "boundCores"},         {Level::kUsefulCpu, "usefulCores"},
      {Level::kIdleHoldCpu, "idleInHoldCores"}, {Level::kReservedCpu, "reservedCores"},
      {Level::kWaitingGangs, "waitingGangs"},   {Level::kRunningGangs, "runningGangs"}};
  Json timeline = {{"stretchSeconds", Seconds(Recorder::kStretch)}};
  for (const auto& [level, name] : kShown) {
    const bool is_cpu = level != Level::kWaitingGangs && level != Level::kRunningGangs;
    std::vector<double> values;
    values.reserve(result.timeline.size());
    for (const TimelinePoint& point : result.timeline) {
      values.push_back(point.mean[static_cast<std::size_t>(level)] / (is_cpu ? 1000.0 : 1.0));
    }
    timeline[name] = values;
  }
  return timeline;
}

}  // namespace

std::string RunToJson(const RunResult& result, const WorldConstants& constants,
                      const Inputs& inputs) {
  const Json json = {{"policy", result.policy},
                     {"load", result.load},
                     {"offeredLoad", result.offered_load},
                     {"seed", result.seed},
                     {"constants", ToJson(constants)},
                     {"cluster", {{"nodes", result.nodes}, {"cores", result.cores}}},
                     {"input", ToJson(inputs)},
                     {"metrics", Metrics(result)},
                     {"delayQuantilesSeconds", result.delay_quantiles},
                     {"timeline", Timeline(result)},
                     {"wallClock",
                      {{"decisionMicroseconds", ToJson(result.decision_microseconds)},
                       {"policySeconds", result.policy_seconds},
                       {"seconds", result.wall_seconds}}}};
  return json.dump(1) + "\n";
}

std::string SummaryToJson(std::span<const RunResult> results, const WorldConstants& constants,
                          const Inputs& inputs) {
  Json rows = Json::array();
  for (const RunGroup& group : GroupRuns(results)) {
    Json row = {{"load", group.load}, {"policy", group.policy}, {"runs", group.runs.size()}};
    for (const Figure& figure : Figures()) {
      const Spread spread = SpreadOf(figure, group);
      row[figure.name] = {{"mean", spread.mean}, {"min", spread.least}, {"max", spread.most}};
    }
    rows.push_back(std::move(row));
  }
  const Json json = {
      {"constants", ToJson(constants)}, {"input", ToJson(inputs)}, {"summary", rows}};
  return json.dump(1) + "\n";
}

}  // namespace muster::bench::replay
