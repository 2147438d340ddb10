// Random worlds for as long as one likes, on all cores: the long form of test_sim_random_worlds.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "test/core/small_world.h"
#include "test/sim/random_world.h"

namespace muster::bench {
namespace {

struct ProveOptions {
  std::int64_t steps = 1'000'000;
  std::uint64_t first_seed = 1;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
};

/// What all threads have done so far.
class Tally {
 public:
  explicit Tally(std::int64_t steps_wanted) : steps_wanted_(steps_wanted) {}

  bool IsDone() const { return steps_ >= steps_wanted_ || failures_ >= kFailuresMax; }
  std::int64_t failures() const { return failures_; }

  void Add(const RandomWorldOptions& options, const RandomWorldResult& result) {
    steps_ += result.steps;
    const std::lock_guard lock(mutex_);
    ++worlds_;
    for (std::size_t i = 0; i < kDisturbanceKinds; ++i) {
      disturbances_[i] += result.disturbances[i];
    }
    if (result.problems.empty()) return;
    ++failures_;
    const RandomWorldOptions least = Minimise(options);
    std::cout << "FAILED " << Describe(least) << ":\n" << Join(RunRandomWorld(least).problems);
  }

  void Print() const {
    std::cout << steps_ << " steps in " << worlds_ << " worlds, " << failures_
              << " with problems\n";
    for (std::size_t i = 0; i < kDisturbanceKinds; ++i) {
      std::cout << "  " << NameOf(static_cast<Disturbance>(i)) << ": " << disturbances_[i] << "\n";
    }
  }

 private:
  static constexpr std::int64_t kFailuresMax = 10;

  const std::int64_t steps_wanted_;
  std::atomic<std::int64_t> steps_ = 0;
  std::atomic<std::int64_t> failures_ = 0;
  std::mutex mutex_;
  std::int64_t worlds_ = 0;
  std::array<std::int64_t, kDisturbanceKinds> disturbances_ = {};
};

int Prove(const ProveOptions& options) {
  Tally tally(options.steps);
  std::atomic<std::uint64_t> next = 0;
  std::vector<std::jthread> threads;
  threads.reserve(options.jobs);
  for (unsigned i = 0; i < options.jobs; ++i) {
    threads.emplace_back([&] {
      while (!tally.IsDone()) {
        const std::uint64_t number = next++;
        RandomWorldOptions world;
        world.seed = options.first_seed + number / 2;
        world.has_priorities = number % 2 == 1;
        tally.Add(world, RunRandomWorld(world));
      }
    });
  }
  threads.clear();
  tally.Print();
  return tally.failures() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace muster::bench

int main(int argc, char** argv) {
  muster::bench::ProveOptions options;
  CLI::App application("Random simulated clusters with faults, until so many steps are done.",
                       "muster-prove");
  application.add_option("--steps", options.steps, "Steps of the core in all")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000'000}))
      ->capture_default_str();
  application.add_option("--seed", options.first_seed, "Of the first world")->capture_default_str();
  application.add_option("--jobs", options.jobs, "Threads")
      ->check(CLI::Range(1U, 256U))
      ->capture_default_str();
  CLI11_PARSE(application, argc, argv);
  return muster::bench::Prove(options);
}
