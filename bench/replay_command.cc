#include "bench/replay_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <string>

#include "bench/replay/replay.h"

namespace muster::bench {

struct ReplayCommand::Flags {
  CLI::App* command = nullptr;
  replay::ReplayOptions options;
};

namespace {

/// Adds a flag in seconds, fractions allowed, for a duration of the world.
void AddSeconds(CLI::App& command, const std::string& name, Duration& duration,
                const std::string& what) {
  command
      .add_option_function<double>(
          name,
          [&duration](double seconds) {
            duration = std::chrono::milliseconds(std::llround(seconds * 1000.0));
          },
          what + ", seconds")
      ->check(CLI::Range(0.001, 1e7))
      ->default_str(
          std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()));
}

template <class Number>
void AddNumber(CLI::App& command, const std::string& name, Number& value, const std::string& what,
               Number most) {
  command.add_option(name, value, what)->check(CLI::Range(Number{1}, most))->capture_default_str();
}

void AddFiles(CLI::App& command, replay::ReplayOptions& options) {
  command.add_option("--jobs", options.jobs_file, "Jobs, CSV with a header")->required();
  command.add_option("--nodes", options.nodes_file, "Nodes, CSV with a header")->required();
  command.add_option("--job-columns", options.job_columns,
                     "KEY=COLUMN,.. for name, submit (seconds), input, shuffle, output (bytes)");
  command.add_option("--node-columns", options.node_columns,
                     "KEY=COLUMN,.. for name, cpu (millicores), memory (MiB)");
  command.add_option("--policy", options.policies, "Which, separated by commas; default: all")
      ->delimiter(',');
  command.add_option("--out", options.output_folder, "Folder for the results")->required();
  command.add_option("--load", options.loads, "Offered CPU load; sets the number of nodes")
      ->delimiter(',')
      ->check(CLI::Range(0.01, 10.0))
      ->default_str("0.9");
  command.add_option("--seed", options.seed, "The first seed")->capture_default_str();
  AddNumber<std::int64_t>(command, "--seeds", options.seeds, "How many, one after the other", 1000);
}

void AddJobConstants(CLI::App& command, replay::WorldConstants& world) {
  command.add_option("--hours", world.hours, "How much of the trace, from its beginning")
      ->check(CLI::Range(0.01, 10'000.0))
      ->capture_default_str();
  AddNumber<std::int64_t>(command, "--copies", world.copies,
                          "Overlay so many copies of the trace, each shifted", 1000);
  AddNumber<std::int64_t>(command, "--bytes-per-executor", world.bytes_per_executor,
                          "Input and shuffle bytes for which a job gets one executor",
                          std::int64_t{1} << 50);
  AddNumber<std::int64_t>(command, "--executors-max", world.executors_max,
                          "Most executors of a job", 9'999);
  AddNumber<std::int64_t>(command, "--executor-rate", world.executor_bytes_per_second,
                          "Bytes per second and executor", std::int64_t{1} << 50);
  AddSeconds(command, "--run-time-base", world.run_time_base, "Run time of a job without bytes");
  AddSeconds(command, "--run-time-max", world.run_time_max, "Longest run time");
  const std::int64_t most_cpu = 1'000'000;
  const std::int64_t most_memory = 100'000'000;
  AddNumber(command, "--driver-cpu", world.driver.milli_cpu, "Millicores", most_cpu);
  AddNumber(command, "--driver-memory", world.driver.memory_mebibytes, "MiB", most_memory);
  AddNumber(command, "--executor-cpu", world.executor.milli_cpu, "Millicores", most_cpu);
  AddNumber(command, "--executor-memory", world.executor.memory_mebibytes, "MiB", most_memory);
}

void AddWorldConstants(CLI::App& command, replay::WorldConstants& world) {
  AddSeconds(command, "--driver-startup", world.driver_startup,
             "From a driver's bind to its first executors");
  AddNumber<std::int64_t>(command, "--executor-batch", world.executor_batch,
                          "Executors that a driver creates at once", 10'000);
  AddSeconds(command, "--batch-interval", world.batch_interval, "Between two batches");
  AddSeconds(command, "--executor-startup", world.executor_startup,
             "From an executor's bind to its registration");
  command
      .add_option("--registered-ratio", world.registered_ratio,
                  "Share of executors with which an application begins")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  AddSeconds(command, "--registered-wait", world.registered_wait,
             "After the first registration it begins with those that there are");
  AddNumber<std::int64_t>(command, "--rack-nodes", world.nodes_per_rack, "Nodes of a rack", 10'000);
  AddNumber<std::int64_t>(command, "--zones", world.zones, "Zones, nodes in turn", 1'000);
  AddNumber<std::int64_t>(command, "--queues", world.queues, "Queues, drawn for each job", 1'000);
  AddSeconds(command, "--drain-max", world.drain_max, "A run ends so long after the last arrival");
  AddSeconds(command, "--deadlock-after", world.deadlock_after,
             "Without a bind, before partial gangs are called a deadlock");
}

}  // namespace

ReplayCommand::ReplayCommand(CLI::App& application) : flags_(std::make_unique<Flags>()) {
  flags_->command = application.add_subcommand(
      "replay", "A trace of jobs under several schedulers, side by side, in virtual time.");
  AddFiles(*flags_->command, flags_->options);
  AddJobConstants(*flags_->command, flags_->options.constants);
  AddWorldConstants(*flags_->command, flags_->options.constants);
}

ReplayCommand::~ReplayCommand() = default;

bool ReplayCommand::IsChosen() const { return flags_->command->parsed(); }

int ReplayCommand::Run(std::ostream& out, std::ostream& errors) const {
  replay::ReplayOptions options = flags_->options;
  options.shows_progress = isatty(STDERR_FILENO) == 1;
  return replay::RunReplay(options, out, errors);
}

}  // namespace muster::bench
