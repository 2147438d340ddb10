#include "bench/demo.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "bench/simulation/core_scheduler.h"
#include "bench/simulation/pod_by_pod_scheduler.h"
#include "bench/simulation/simulated_world.h"
#include "bench/timeline.h"

namespace muster::bench {
namespace {

using Colour = ReportStream::Colour;

constexpr Duration kPatience = std::chrono::minutes(10);
constexpr std::int64_t kNodes = 4;
constexpr std::int64_t kCpusPerNode = 8;
constexpr std::int64_t kMemoryPerNodeGibibytes = 32;

/// Two large applications that need 21 of the 32 CPUs each, and a small one of 5.
std::vector<SparkApplication> Workload() {
  std::vector<SparkApplication> workload = {
      StaticApplication("train-a", 10, 2, "4g"),
      StaticApplication("train-b", 10, 2, "4g"),
      StaticApplication("report", 2, 2, "4g"),
  };
  for (SparkApplication& application : workload) {
    // A barrier stage needs all executors at once; do not start with fewer.
    application.properties["spark.scheduler.minRegisteredResourcesRatio"] = "1.0";
  }
  return workload;
}

/// One run of the workload, as far as the closing table needs it.
struct Run {
  std::vector<ApplicationRecord> records;
  std::vector<std::int64_t> executors_running;
  bool is_complete = false;
  std::vector<std::string> violations;
};

Run RunWorkload(WorldOptions options, ReportStream& report) {
  SimulatedWorld world(std::move(options));
  Timeline timeline(world, report);
  for (std::int64_t i = 0; i < kNodes; ++i) {
    world.AddNode("node-" + std::string(1, static_cast<char>('a' + i)), kCpusPerNode,
                  kMemoryPerNodeGibibytes);
  }
  world.StartScheduler();
  world.RunFor(std::chrono::seconds(1));
  for (const SparkApplication& application : Workload()) {
    world.spark().Submit(application);
    world.RunFor(std::chrono::milliseconds(100));
  }
  const auto all_done = [&] {
    return std::all_of(
        world.spark().records().begin(), world.spark().records().end(),
        [](const auto& record) { return record.state == ApplicationRecord::State::kSucceeded; });
  };
  Run run;
  run.is_complete = world.RunUntil(all_done, kPatience);
  world.RunFor(std::chrono::seconds(1));
  run.records.assign(world.spark().records().begin(), world.spark().records().end());
  for (const ApplicationRecord& record : run.records) {
    run.executors_running.push_back(std::count_if(
        record.executors.begin(), record.executors.end(), [&](const api::NamespacedName& name) {
          const api::Pod* pod = world.api().FindPod(name);
          return pod != nullptr && pod->status.phase == "Running";
        }));
  }
  run.violations = world.violations();
  return run;
}

void TellDeadlock(const Run& run, ReportStream& report) {
  for (std::size_t i = 0; i < run.records.size(); ++i) {
    const ApplicationRecord& record = run.records[i];
    if (record.state == ApplicationRecord::State::kSucceeded) continue;
    report.Line(report.Paint(Colour::kBad, FormatSeconds(kPatience) + "  " +
                                               Pad(record.application.name, 12) + Pad("STUCK", 11) +
                                               "holds " + std::to_string(run.executors_running[i]) +
                                               " of " + std::to_string(record.executors_wanted) +
                                               " executors, does no work, gives nothing back"));
  }
}

std::string Seconds(const ApplicationRecord& record, const std::optional<Time>& time) {
  return time ? FormatSeconds(*time - record.submitted_at) : "   never";
}

void TellSummary(const Run& pod_by_pod, const Run& muster, ReportStream& report) {
  report.Line(report.Paint(Colour::kHeading, "Summary (time since the application was submitted)"));
  report.Line();
  report.Line("             needs                    pod by pod    Muster");
  report.Line("application  driver + executors       finished      admitted   working    finished");
  for (std::size_t i = 0; i < muster.records.size(); ++i) {
    const ApplicationRecord& before = pod_by_pod.records[i];
    const ApplicationRecord& after = muster.records[i];
    const std::string& name = after.application.name;
    const std::string executors = after.application.properties.at("spark.executor.instances");
    report.Line(Pad(name, 13) + Pad("1 x 1 CPU + " + executors + " x 2 CPU", 25) +
                Pad(Seconds(before, before.ended_at), 14) +
                Pad(Seconds(after, after.driver_bound_at), 11) +
                Pad(Seconds(after, after.running_at), 11) + Seconds(after, after.ended_at));
  }
  report.Line();
}

void TellSetting(ReportStream& report) {
  report.Line(report.Paint(Colour::kHeading, "Muster: gang scheduling for Spark, simulated"));
  report.Line();
  report.Line(
      "A cluster of 4 nodes with 8 CPU each, 32 CPU in all. Three Spark applications arrive:");
  report.Line("  train-a  1 driver of 1 CPU, 10 executors of 2 CPU   21 CPU, 66 % of the cluster");
  report.Line("  train-b  the same                                   does not fit beside train-a");
  report.Line("  report   1 driver of 1 CPU, 2 executors of 2 CPU    5 CPU, fits beside either");
  report.Line("Each works only when all of its executors are there (a barrier stage), for 60 s.");
  report.Line("A driver creates its executors only after it runs itself, 5 in each second.");
  report.Line();
}

}  // namespace

int RunDemo(const DemoOptions& options, std::ostream& out) {
  ReportStream report(out, options.has_colours);
  TellSetting(report);

  report.Line(report.Paint(Colour::kHeading, "1. Pod by pod: every pod takes what is free"));
  report.Line();
  WorldOptions pod_by_pod_options{
      .seed = options.seed,
      .process = {},
      .kubelet = {},
      .scheduler = [] { return std::make_unique<PodByPodScheduler>("muster"); },
      .audited = false};
  const Run pod_by_pod = RunWorkload(pod_by_pod_options, report);
  TellDeadlock(pod_by_pod, report);
  report.Line();

  report.Line(report.Paint(
      Colour::kHeading, "2. Muster: the driver starts only when all of its executors have a slot"));
  report.Line();
  const Run muster = RunWorkload(
      {.seed = options.seed, .process = {}, .kubelet = {}, .scheduler = MusterFactory({})}, report);
  report.Line();

  TellSummary(pod_by_pod, muster, report);
  for (const std::string& violation : muster.violations) {
    report.Line(report.Paint(Colour::kBad, "violation: " + violation));
  }
  return muster.is_complete && muster.violations.empty() ? 0 : 1;
}

}  // namespace muster::bench
