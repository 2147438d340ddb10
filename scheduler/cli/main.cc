#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <thread>

#include "scheduler/cli/exit_code.h"
#include "scheduler/cli/judge_command.h"
#include "scheduler/cli/profile_command.h"
#include "scheduler/cli/shape_command.h"

namespace {

using muster::cli::ExitCode;

constexpr char kExitCodes[] =
    "Exit codes: 0 done, 1 the answer is no, 2 usage, 3 could not do it.\n";

void AddShape(CLI::App& application, muster::cli::ShapeArguments& arguments, ExitCode& code) {
  CLI::App* shape = application.add_subcommand(
      "shape", "Print the executors that a Spark driver will ask for, before any of them exists.");
  shape->add_option("--driver", arguments.driver_path, "The driver Pod, as JSON")
      ->required()
      ->type_name("FILE");
  shape
      ->add_option("--configmaps", arguments.config_maps_path,
                   "A List of ConfigMaps, as JSON; it holds at least those the driver mounts")
      ->required()
      ->type_name("FILE");
  shape
      ->add_option(
          "--spark-application", arguments.spark_application_path,
          "The SparkApplication behind the driver, as JSON: adds what the Spark Operator's "
          "webhook adds to executors")
      ->type_name("FILE");
  shape->add_option("-o,--output", arguments.output, "The form of the answer")
      ->check(CLI::IsMember({"json"}))
      ->capture_default_str();
  shape->footer(
      "The answer is one JSON object:\n"
      "  application  the application's id\n"
      "  driver       its name, namespace and requests\n"
      "  podSets      for each resource profile: count (at the start), min, max, requests, "
      "limits,\n"
      "               containers, nodeSelector, affinity, tolerations, schedulerName, ...\n"
      "  unknown      why the answer may be inexact; empty when it is exact\n"
      "\n"
      "Example:\n"
      "  kubectl get pod -n NAMESPACE DRIVER -o json > driver-pod.json\n"
      "  kubectl get configmaps -n NAMESPACE -o json > configmaps.json\n"
      "  musterctl shape --driver driver-pod.json --configmaps configmaps.json\n"
      "\n"
      "Exit code 1: Spark or Muster refuses this configuration; standard error names the key, its\n"
      "value and what is allowed.");
  shape->callback([&arguments, &code] { code = RunShape(arguments, std::cout, std::cerr); });
}

void AddJudge(CLI::App& application, muster::cli::JudgeArguments& arguments, ExitCode& code) {
  CLI::App* judge = application.add_subcommand(
      "judge", "Say which nodes of a cluster take a pod, and why the others do not.");
  judge->footer(
      "Standard input: cases, one JSON object a line:\n"
      "  {\"nodes\":[Node],\"pods\":[Pod],\"objects\":[..],\"pending\":Pod}\n"
      "objects are of any other kind that rules and scores read, such as Namespace, "
      "PersistentVolumeClaim, Service or ReplicaSet; kinds that none reads are passed over.\n"
      "Standard output: a line for each case:\n"
      "  {\"nodes\":{\"NAME\":{\"feasible\":false,\"reasons\":[\"Insufficient cpu\"]}}}\n"
      "or {\"error\":\"...\"} for a line that cannot be read; the next one is served.");
  judge->add_flag_callback(
      "--scores", [&arguments] { arguments.answer = muster::cli::JudgeAnswer::kVerdictsAndScores; },
      "Also \"scores\":{\"NAME\":458} of the nodes that take the pod: it goes to the highest");
  arguments.threads = std::max(1U, std::thread::hardware_concurrency());
  judge
      ->add_option("--threads", arguments.threads, "How many answer at once; as many as processors")
      ->check(CLI::Range(1, 256));
  judge->callback([&arguments, &code] {
    std::ios::sync_with_stdio(false);
    code = muster::cli::RunJudge(arguments, std::cin, std::cout);
  });
}

void AddProfile(CLI::App& application, muster::cli::ProfileArguments& arguments, ExitCode& code) {
  CLI::App* profile = application.add_subcommand(
      "profile", "Say how much Spark applications shuffle, from their event logs.");
  profile
      ->add_option("EVENTLOG", arguments.log_paths,
                   "Event logs: files, plain, .zstd or .lz4, or directories of rolling logs")
      ->required();
  profile
      ->add_option(
          "--write", arguments.profile_path,
          "A file for the result; what it holds already is added to. The daemon reads it as "
          "shuffleProfile")
      ->type_name("FILE");
  profile->add_option("-o,--output", arguments.output, "The form of the answer")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  profile->footer(
      "Columns: bytes shuffled for each byte of input, and for each second in which a task ran. "
      "An\n"
      "application is light below 1 MiB a second; placing it close together would gain nothing.");
  profile->callback([&arguments, &code] { code = RunProfile(arguments, std::cout, std::cerr); });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App application(
      "musterctl: questions to Muster, the gang scheduler for Spark on Kubernetes.", "musterctl");
  application.require_subcommand(1);
  application.footer(kExitCodes);
  muster::cli::ShapeArguments shape_arguments;
  ExitCode code = ExitCode::kDone;
  AddShape(application, shape_arguments, code);
  muster::cli::JudgeArguments judge_arguments;
  AddJudge(application, judge_arguments, code);
  muster::cli::ProfileArguments profile_arguments;
  AddProfile(application, profile_arguments, code);
  try {
    application.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Zero is --help; every other code of the library is a wrong command line.
    return application.exit(error) == 0 ? static_cast<int>(ExitCode::kDone)
                                        : static_cast<int>(ExitCode::kUsage);
  }
  return static_cast<int>(code);
}
