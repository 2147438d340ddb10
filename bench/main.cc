#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <string>

#include "bench/decide.h"
#include "bench/demo.h"
#include "bench/growth.h"
#include "bench/replay_command.h"

namespace {

constexpr int kUsage = 2;

bool WantsColours(const std::string& choice) {
  if (choice != "auto") return choice == "always";
  return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App application("Runs Muster's scheduling core against a simulated cluster.",
                       "muster-bench");
  application.require_subcommand(1);

  muster::bench::DemoOptions demo;
  std::string colour = "auto";
  CLI::App* demo_command = application.add_subcommand(
      "demo",
      "Three Spark applications of which two cannot run together: pod by pod, then Muster.");
  demo_command->add_option("--seed", demo.seed, "Seed of the simulated delays")
      ->capture_default_str();
  demo_command->add_option("--color", colour, "Colours: auto (only on a terminal), always, never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();

  muster::bench::DecideOptions decide;
  CLI::App* decide_command = application.add_subcommand(
      "decide", "How fast whole gangs are placed: the engine alone, one thread, all nodes.");
  decide_command->add_option("--nodes", decide.nodes, "Nodes of 32 cpu, 256Gi, 110 pods")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  decide_command->add_option("--gangs", decide.gangs, "GANGSxPODS; one of the pods is the driver")
      ->capture_default_str();
  decide_command
      ->add_option("--shape", decide.shape,
                   "spark: driver 1 cpu 2Gi, executors 4 cpu 16Gi; small: all 1 cpu 200Mi")
      ->check(CLI::IsMember({"spark", "small"}))
      ->capture_default_str();
  decide_command->add_option("--fill", decide.fill, "Share of the cpu that is taken before")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  decide_command->add_option("--seed", decide.seed, "Seed of what is there before")
      ->capture_default_str();
  decide_command->add_option("--rounds", decide.rounds, "The median of this many is told")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  decide_command
      ->add_option_function<std::string>(
          "-o,--output", [&](const std::string& form) { decide.json = form == "json"; },
          "Form of the result: text, json")
      ->check(CLI::IsMember({"text", "json"}));
  bool has_growth = false;
  muster::bench::GrowthOptions growth;
  decide_command->add_flag("--growth", has_growth,
                           "500x20 and 1x1001 from 1,000 to 100,000 nodes, 50 and 95 % full");
  decide_command->add_option("--nodes-max", growth.nodes_max, "With --growth: no more nodes")
      ->capture_default_str();
  decide_command->add_option("--svg", growth.svg_file, "With --growth: writes a plot");
  decide_command->add_option("--thresholds", growth.thresholds_file,
                             "With --growth: judges by this file (bench/thresholds.json)");

  const muster::bench::ReplayCommand replay(application);

  try {
    application.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return application.exit(error) == 0 ? 0 : kUsage;
  }
  if (decide_command->parsed() && has_growth) {
    growth.rounds = decide.rounds;
    growth.json = decide.json;
    return muster::bench::RunGrowth(growth, std::cout, std::cerr);
  }
  if (decide_command->parsed()) return muster::bench::RunDecide(decide, std::cout, std::cerr);
  if (replay.IsChosen()) return replay.Run(std::cout, std::cerr);
  demo.has_colours = WantsColours(colour);
  return muster::bench::RunDemo(demo, std::cout);
}
