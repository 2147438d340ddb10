#include "bench/replay/replay.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <ostream>
#include <utility>

#include "bench/replay/micro_cases.h"
#include "bench/replay/policy.h"
#include "bench/replay/report/html_report.h"
#include "bench/replay/report/svg_plot.h"
#include "bench/replay/run_json.h"
#include "bench/replay/run_result.h"
#include "bench/replay/trace.h"
#include "bench/replay/world.h"

namespace muster::bench::replay {
namespace {

constexpr int kBadInput = 2;
constexpr int kCannotWrite = 3;

struct Source {
  std::vector<TraceJob> jobs;
  std::vector<TraceNode> nodes;
  Inputs inputs;
};

StatusOr<Source> ReadSource(const ReplayOptions& options) {
  MUSTER_ASSIGN_OR_RETURN(const ColumnNames job_columns,
                          RenameColumns(DefaultJobColumns(), options.job_columns));
  MUSTER_ASSIGN_OR_RETURN(const ColumnNames node_columns,
                          RenameColumns(DefaultNodeColumns(), options.node_columns));
  MUSTER_ASSIGN_OR_RETURN(Trace<TraceJob> jobs, ReadJobs(options.jobs_file, job_columns));
  MUSTER_ASSIGN_OR_RETURN(Trace<TraceNode> nodes, ReadNodes(options.nodes_file, node_columns));
  return Source{std::move(jobs.rows),
                std::move(nodes.rows),
                {std::move(jobs.report), std::move(nodes.report)}};
}

StatusOr<std::vector<PolicyDescription>> ChoosePolicies(const ReplayOptions& options) {
  if (options.policies.empty()) return Policies();
  std::vector<PolicyDescription> chosen;
  for (const std::string& name : options.policies) {
    MUSTER_ASSIGN_OR_RETURN(PolicyDescription policy, FindPolicy(name));
    chosen.push_back(std::move(policy));
  }
  return chosen;
}

void TellRejected(const ReadReport& report, std::ostream& errors) {
  if (report.rejected == 0) return;
  for (const std::string& problem : report.problems) errors << problem << "\n";
  errors << report.file << ": " << report.rejected << " rows left out, " << report.rows
         << " taken\n";
}

void TellNeverFit(const Workload& workload, std::ostream& errors) {
  if (workload.never_fit.empty()) return;
  const auto& first = workload.gangs[static_cast<std::size_t>(workload.never_fit.front())];
  errors << workload.never_fit.size() << " gangs are larger than the whole cluster of "
         << workload.nodes.size() << " nodes and can never be admitted, the first of them "
         << first.name << " with " << first.executors << " executors\n";
}

void TellLeftOut(const std::vector<TraceJob>& jobs, const WorldConstants& constants,
                 std::ostream& errors) {
  const auto late = std::count_if(jobs.begin(), jobs.end(), [&](const TraceJob& job) {
    return job.submit_seconds >= constants.hours * 3600;
  });
  if (late == 0) return;
  errors << late << " of " << jobs.size() << " jobs are submitted after the first "
         << Fixed(constants.hours, 2) << " hours and left out\n";
}

/// Nodes are whole, and there may be too few of them.
void TellLoad(const Workload& workload, double load, std::ostream& errors) {
  constexpr double kTolerance = 0.05;
  if (std::abs(workload.offered_load - load) <= kTolerance * load) return;
  errors << "load " << Fixed(load, 2) << " was asked, " << Fixed(workload.offered_load, 3)
         << " is what " << workload.nodes.size() << " nodes make of these jobs\n";
}

/// One line on the error stream, overwritten as the run goes on.
class ProgressLine {
 public:
  ProgressLine(std::string label, std::size_t gangs, std::ostream* out)
      : label_(std::move(label)), gangs_(gangs), out_(out) {}
  ~ProgressLine() {
    if (out_ != nullptr) *out_ << "\r\x1b[K" << std::flush;
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Show(std::size_t ended) {
    if (out_ == nullptr) return;
    constexpr std::size_t kWidth = 40;
    const std::size_t filled = kWidth * ended / std::max<std::size_t>(gangs_, 1);
    *out_ << "\r" << label_ << " [" << std::string(filled, '#') << std::string(kWidth - filled, '.')
          << "] " << ended << "/" << gangs_ << " gangs" << std::flush;
  }

 private:
  const std::string label_;
  const std::size_t gangs_;
  std::ostream* const out_;
};

RunResult RunOnce(const PolicyDescription& policy, const Workload& workload,
                  const ReplayOptions& options, const std::string& label, std::ostream& errors) {
  const auto begin = std::chrono::steady_clock::now();
  World world(workload, options.constants, policy.make);
  ProgressLine line(label, workload.gangs.size(), options.shows_progress ? &errors : nullptr);
  world.Run([&line](std::size_t ended) { line.Show(ended); });
  RunResult result = Summarise(world, workload);
  result.policy = policy.name;
  result.wall_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

bool WriteFile(const std::filesystem::path& path, const std::string& text, std::ostream& errors) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file.good()) return true;
  errors << path.string() << ": cannot be written\n";
  return false;
}

constexpr int kPolicyWidth = 30;

void TellHeading(std::ostream& out) {
  out << std::left << std::setw(kPolicyWidth) << "policy"
      << "load seed  delay mean    p50     p95      p99  useful  idle-in-hold"
         "  deadlocks  avoidable TB  share   wall s\n";
}

void TellRun(const RunResult& result, std::ostream& out) {
  const auto cell = [&](const std::string& text, int width) { out << std::setw(width) << text; };
  out << std::left;
  cell(result.policy + ' ', kPolicyWidth);
  out << std::right;
  cell(Fixed(result.load, 2), 4);
  cell(std::to_string(result.seed), 5);
  cell(Fixed(result.delay_seconds.mean, 1), 12);
  cell(Fixed(result.delay_seconds.p50, 1), 7);
  cell(Fixed(result.delay_seconds.p95, 1), 8);
  cell(Fixed(result.delay_seconds.p99, 1), 9);
  cell(Fixed(result.useful_utilisation, 3), 8);
  cell(Fixed(result.idle_in_hold, 1), 14);
  cell(std::to_string(result.deadlocks), 11);
  cell(Fixed(result.shuffle.AvoidableNode() / 1e12, 2), 14);
  cell(Fixed(result.shuffle.AvoidableNode() / std::max(result.shuffle.all, 1.0), 4), 8);
  cell(Fixed(result.wall_seconds, 1), 9);
  out << std::endl;
}

}  // namespace

int RunReplay(const ReplayOptions& options, std::ostream& out, std::ostream& errors) {
  const auto policies = ChoosePolicies(options);
  if (!policies.ok()) {
    errors << MessageOf(policies.status()) << "\n";
    return kBadInput;
  }
  const auto source = ReadSource(options);
  if (!source.ok()) {
    errors << MessageOf(source.status()) << "\n";
    return kBadInput;
  }
  TellRejected(source->inputs.jobs, errors);
  TellRejected(source->inputs.nodes, errors);
  TellLeftOut(source->jobs, options.constants, errors);
  std::error_code error;
  std::filesystem::create_directories(options.output_folder, error);
  if (error) {
    errors << options.output_folder << ": cannot be made: " << error.message() << "\n";
    return kCannotWrite;
  }

  const std::filesystem::path folder(options.output_folder);
  std::vector<RunResult> results;
  TellHeading(out);
  for (const double load : options.loads) {
    for (std::int64_t i = 0; i < options.seeds; ++i) {
      const std::uint64_t seed = options.seed + static_cast<std::uint64_t>(i);
      const Workload workload = MakeWorkload(MakeGangs(source->jobs, options.constants, seed),
                                             source->nodes, options.constants, load, seed);
      if (workload.gangs.empty()) {
        errors << options.jobs_file << ": no job is submitted in the first "
               << Fixed(options.constants.hours, 2) << " hours\n";
        return kBadInput;
      }
      TellLoad(workload, load, errors);
      TellNeverFit(workload, errors);
      for (const PolicyDescription& policy : *policies) {
        const std::string name =
            policy.name + "-load" + Fixed(load, 2) + "-seed" + std::to_string(seed);
        RunResult result = RunOnce(policy, workload, options, name, errors);
        result.load = load;
        result.seed = seed;
        TellRun(result, out);
        if (!WriteFile(folder / (name + ".json"),
                       RunToJson(result, options.constants, source->inputs), errors)) {
          return kCannotWrite;
        }
        results.push_back(std::move(result));
      }
    }
  }
  std::vector<std::pair<MicroCase, std::vector<MicroRun>>> micro_cases;
  for (MicroCase one : MicroCases()) {
    std::vector<MicroRun> runs = RunMicroCase(one, *policies);
    micro_cases.emplace_back(std::move(one), std::move(runs));
  }
  const std::string summary = SummaryToJson(results, options.constants, source->inputs);
  const std::string page =
      HtmlReport({results, *policies, options.constants, source->inputs, micro_cases});
  const bool is_written = WriteFile(folder / "summary.json", summary, errors) &&
                          WriteFile(folder / "report.html", page, errors);
  if (is_written) out << (folder / "report.html").string() << "\n";
  return is_written ? 0 : kCannotWrite;
}

}  // namespace muster::bench::replay
