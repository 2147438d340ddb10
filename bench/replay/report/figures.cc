#include "bench/replay/report/figures.h"

#include <algorithm>

#include "scheduler/base/check.h"

namespace muster::bench::replay {
namespace {

using Better = Figure::Better;

double ShareOf(double part, double all) { return all > 0 ? 100 * part / all : 0; }

constexpr Figure kFigures[] = {
    {"delayMeanSeconds", "delay, mean", "s", Better::kLess, 1,
     [](const RunResult& r) { return r.delay_seconds.mean; }},
    {"delayP50Seconds", "delay, p50", "s", Better::kLess, 1,
     [](const RunResult& r) { return r.delay_seconds.p50; }},
    {"delayP95Seconds", "delay, p95", "s", Better::kLess, 1,
     [](const RunResult& r) { return r.delay_seconds.p95; }},
    {"delayP99Seconds", "delay, p99", "s", Better::kLess, 0,
     [](const RunResult& r) { return r.delay_seconds.p99; }},
    {"delayMaxSeconds", "delay, max", "s", Better::kLess, 0,
     [](const RunResult& r) { return r.delay_seconds.max; }},
    {"completionMeanSeconds", "completion, mean", "s", Better::kLess, 0,
     [](const RunResult& r) { return r.completion_seconds.mean; }},
    {"slowdownMean", "slowdown, mean", "", Better::kLess, 2,
     [](const RunResult& r) { return r.slowdown.mean; }},
    {"avoidableCrossNodeTerabytes", "avoidable cross-node", "TB", Better::kLess, 2,
     [](const RunResult& r) { return r.shuffle.AvoidableNode() / 1e12; }},
    {"crossNodePercent", "cross-node", "%", Better::kLess, 2,
     [](const RunResult& r) { return ShareOf(r.shuffle.cross_node, r.shuffle.all); }},
    {"crossZonePercent", "cross-zone", "%", Better::kLess, 2,
     [](const RunResult& r) { return ShareOf(r.shuffle.cross_zone, r.shuffle.all); }},
    {"utilisationPercent", "utilisation", "%", Better::kMore, 1,
     [](const RunResult& r) { return 100 * r.utilisation; }},
    {"usefulUtilisationPercent", "useful utilisation", "%", Better::kMore, 1,
     [](const RunResult& r) { return 100 * r.useful_utilisation; }},
    {"idleInHoldCoreHours", "idle-in-hold", "core-h", Better::kLess, 0,
     [](const RunResult& r) { return r.idle_in_hold; }},
    {"holdWithoutWorkCoreHours", "of it without any work", "core-h", Better::kLess, 0,
     [](const RunResult& r) { return r.no_work_hold; }},
    {"startUpHoldCoreHours", "start-up hold", "core-h", Better::kNeither, 0,
     [](const RunResult& r) { return r.start_up_hold; }},
    {"reservedNotUsedCoreHours", "reserved, not used", "core-h", Better::kLess, 0,
     [](const RunResult& r) { return r.reserved_not_used; }},
    {"deadlocks", "deadlocks", "", Better::kLess, 1,
     [](const RunResult& r) { return static_cast<double>(r.deadlocks); }},
    {"starved", "starved", "gangs", Better::kLess, 0,
     [](const RunResult& r) { return static_cast<double>(r.starved); }},
    {"endedIncomplete", "never whole", "gangs", Better::kLess, 0,
     [](const RunResult& r) { return static_cast<double>(r.ended_incomplete); }},
    {"neverAdmitted", "never ended", "gangs", Better::kLess, 0,
     [](const RunResult& r) { return static_cast<double>(r.never_admitted); }},
    {"makespanHours", "makespan", "h", Better::kLess, 2,
     [](const RunResult& r) { return r.makespan_seconds / 3600; }},
    {"nodesOverLeast", "nodes per gang / least", "", Better::kLess, 2,
     [](const RunResult& r) { return r.nodes_over_least; }},
    {"nodesUsed", "nodes used", "", Better::kLess, 1,
     [](const RunResult& r) { return r.nodes_used; }},
    {"fragmentationPercent", "fragmentation", "%", Better::kLess, 1,
     [](const RunResult& r) { return 100 * r.fragmentation; }},
    {"fairness", "fairness (Jain)", "", Better::kMore, 3,
     [](const RunResult& r) { return r.fairness; }},
};

}  // namespace

std::vector<RunGroup> GroupRuns(std::span<const RunResult> results) {
  std::vector<RunGroup> groups;
  for (const RunResult& result : results) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const RunGroup& one) {
      return one.load == result.load && one.policy == result.policy;
    });
    if (group == groups.end()) {
      group = groups.insert(groups.end(), {result.load, result.policy, {}});
    }
    group->runs.push_back(&result);
  }
  return groups;
}

std::span<const Figure> Figures() { return kFigures; }

const Figure& FigureNamed(const std::string& name) {
  const auto* found = std::find_if(std::begin(kFigures), std::end(kFigures),
                                   [&](const Figure& figure) { return figure.name == name; });
  MUSTER_CHECK(found != std::end(kFigures), "no such figure");
  return *found;
}

Spread SpreadOf(const Figure& figure, const RunGroup& group) {
  std::vector<double> values;
  values.reserve(group.runs.size());
  for (const RunResult* run : group.runs) values.push_back(figure.of(*run));
  if (values.empty()) return {};
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return {Describe(values).mean, *least, *most};
}

}  // namespace muster::bench::replay
