#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <string>

#include "bench/demo.h"

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

  try {
    application.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return application.exit(error) == 0 ? 0 : kUsage;
  }
  demo.has_colours = WantsColours(colour);
  return muster::bench::RunDemo(demo, std::cout);
}
