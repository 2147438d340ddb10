// How far the placement of gangs is from the best there is, on random small clusters that can be
// searched completely. The figures are printed; the limits here are what was measured, with a
// margin.

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "plugins/builtin_plugins.h"
#include "scheduler/placement/engine.h"
#include "scheduler/topology/flow_bound.h"
#include "test/support/builders.h"

namespace muster::placement {
namespace {

constexpr int kCases = 10'000;
constexpr std::int64_t kExecutorCpu = 2;
constexpr std::int64_t kImpossible = std::numeric_limits<std::int64_t>::min() / 2;

/// A node in cpu.
struct Machine {
  std::int64_t cpu = 0;
  std::int64_t free = 0;
};

/// The pairs of executors that share a node, counted as sum x^2, and the nodes they are on.
struct Quality {
  std::int64_t squares = 0;
  std::int64_t nodes = 0;
};

/// The largest sum of squares, and with it the fewest nodes, for these rooms: the roomiest first.
Quality BestOf(std::vector<std::int64_t> rooms, std::int64_t count) {
  std::sort(rooms.rbegin(), rooms.rend());
  Quality quality;
  for (const std::int64_t room : rooms) {
    const std::int64_t taken = std::min(room, count);
    if (taken == 0) break;
    quality.squares += taken * taken;
    ++quality.nodes;
    count -= taken;
  }
  return quality;
}

std::vector<std::int64_t> RoomsBesideDriver(const std::vector<Machine>& machines,
                                            std::size_t driver_at, std::int64_t driver) {
  std::vector<std::int64_t> rooms;
  rooms.reserve(machines.size());
  for (std::size_t i = 0; i < machines.size(); ++i) {
    rooms.push_back((machines[i].free - (i == driver_at ? driver : 0)) / kExecutorCpu);
  }
  return rooms;
}

/// The best over all places of the driver; nullopt when the gang fits nowhere.
std::optional<Quality> BestOverDrivers(const std::vector<Machine>& machines, std::int64_t driver,
                                       std::int64_t count) {
  std::optional<Quality> best;
  for (std::size_t at = 0; at < machines.size(); ++at) {
    if (machines[at].free < driver) continue;
    const std::vector<std::int64_t> rooms = RoomsBesideDriver(machines, at, driver);
    std::int64_t places = 0;
    for (const std::int64_t room : rooms) places += room;
    if (places < count) continue;
    const Quality quality = BestOf(rooms, count);
    if (!best || quality.squares > best->squares) best = quality;
  }
  return best;
}

/// The highest V by trying every division, under the rule that one node goes first.
std::int64_t BestValue(const std::vector<Candidate>& candidates, std::int64_t count,
                       PackingWeights weights) {
  std::int64_t single = kImpossible;
  for (const Candidate& each : candidates) {
    if (each.room >= count) single = std::max(single, ValueOf(each, count, weights));
  }
  if (single != kImpossible) return single;
  std::vector<std::int64_t> best(static_cast<std::size_t>(count) + 1, kImpossible);
  best[0] = 0;
  for (const Candidate& each : candidates) {
    for (std::int64_t total = count; total > 0; --total) {
      for (std::int64_t x = 1; x <= std::min(each.room, total); ++x) {
        const std::int64_t before = best[static_cast<std::size_t>(total - x)];
        if (before == kImpossible) continue;
        std::int64_t& here = best[static_cast<std::size_t>(total)];
        here = std::max(here, before + ValueOf(each, x, weights));
      }
    }
  }
  return best[static_cast<std::size_t>(count)];
}

class PackingQualityTest : public ::testing::Test {
 protected:
  std::int64_t Draw(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }

  std::vector<Machine> SomeMachines() {
    std::vector<Machine> machines(static_cast<std::size_t>(Draw(1, 7)));
    for (Machine& machine : machines) {
      machine.cpu = Draw(1, 4) * 6;
      machine.free = Draw(0, 2) == 0 ? machine.cpu : Draw(0, machine.cpu);
    }
    return machines;
  }

  void Build(const std::vector<Machine>& machines) {
    model_ = model::ClusterModel();
    cache_ = PlacementCache();
    for (std::size_t i = 0; i < machines.size(); ++i) {
      const std::string name = "n" + std::to_string(i);
      model_.Nodes().Upsert(testing::MakeNode(name, std::to_string(machines[i].cpu), "999Gi"),
                            model_.Names());
      const std::int64_t used = machines[i].cpu - machines[i].free;
      if (used == 0) continue;
      const api::Pod pod = testing::MakePod(name, std::to_string(used), "1Mi");
      model_.PlacePod(name, model_.Nodes().Find(name), model::MakePodInfo(pod, model_.Names()));
    }
  }

  Attempt Place(std::int64_t driver_cpu, std::int64_t count) {
    const api::Pod driver{{}, testing::MakeSpec(std::to_string(driver_cpu), "1Mi"), {}};
    const api::Pod executor{{}, testing::MakeSpec(std::to_string(kExecutorCpu), "1Mi"), {}};
    std::vector<PodSetDemand> demands{
        {"driver", driver, model::MakePodInfo(driver, model_.Names()), 1},
        {"executors", executor, model::MakePodInfo(executor, model_.Names()), count}};
    demands.front().is_driver = true;
    model::Statement statement(model_);
    return PlaceGang({profile_, model_, cache_}, statement, {demands});
  }

  std::uint32_t seed_ = std::random_device{}();
  std::mt19937 random_{seed_};
  model::ClusterModel model_;
  framework::Profile profile_ = plugins::DefaultProfile();
  PlacementCache cache_;
};

TEST_F(PackingQualityTest, AGangIsPlacedWheneverThereIsAPlacementAndNearTheBestOfThem) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  std::int64_t fitting = 0;
  std::int64_t missed = 0;
  Quality ours;
  Quality best;
  double shares_lost = 0;
  for (int i = 0; i < kCases; ++i) {
    const std::vector<Machine> machines = SomeMachines();
    const std::int64_t driver = Draw(1, 3);
    const std::int64_t count = Draw(1, 24);
    Build(machines);
    const Attempt attempt = Place(driver, count);
    const auto possible = BestOverDrivers(machines, driver, count);
    ASSERT_LE(attempt.shares.has_value(), possible.has_value()) << "placed what cannot be";
    if (!possible) continue;
    ++fitting;
    if (!attempt.shares) {
      ++missed;
      continue;
    }
    Quality placed;
    for (const NodeShare& share : attempt.shares->at(1)) {
      placed.squares += share.count * share.count;
      ++placed.nodes;
    }
    ASSERT_LE(placed.squares, possible->squares) << "the bound is none";
    ours.nodes += placed.nodes;
    best.nodes += possible->nodes;
    shares_lost += static_cast<double>(possible->squares - placed.squares) /
                   static_cast<double>(count * count);
  }
  const double node_ratio = static_cast<double>(ours.nodes) / static_cast<double>(best.nodes);
  const double mean_lost = shares_lost / static_cast<double>(fitting);
  std::cout << "seed " << seed_ << ": " << fitting << " of " << kCases << " gangs fit, " << missed
            << " missed; nodes used / fewest possible " << node_ratio
            << "; share of the exchange that crosses nodes and need not, mean " << mean_lost
            << "\n";
  EXPECT_EQ(missed, 0);
  EXPECT_GT(fitting, kCases / 4);
  EXPECT_LT(fitting, kCases * 9 / 10) << "the generator must cover both outcomes";
  EXPECT_LT(node_ratio, 1.10);
  EXPECT_LT(mean_lost, 0.04);
}

TEST_F(PackingQualityTest, TheValueOfAPlanIsNearTheHighest) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  for (const auto shuffle : {topology::Shuffle::kHeavy, topology::Shuffle::kLight}) {
    const PackingWeights weights = WeightsOf(shuffle);
    int best_found = 0;
    double lost = 0;
    for (int i = 0; i < kCases; ++i) {
      std::vector<Candidate> candidates;
      model_ = model::ClusterModel();
      std::int64_t places = 0;
      for (std::int64_t n = Draw(1, 7); n > 0; --n) {
        const std::int64_t size = Draw(1, 4) * 3;
        const std::string name = "n" + std::to_string(n);
        model_.Nodes().Upsert(testing::MakeNode(name, "1", "1Gi"), model_.Names());
        const std::int64_t room = Draw(0, 2) == 0 ? size : Draw(1, size);
        candidates.push_back({model_.Nodes().Find(name), room, size});
        places += room;
      }
      const std::int64_t count = Draw(1, places);
      const PackingPlan plan = PlanFill(candidates, model_.Nodes(), count, weights);
      const std::int64_t highest = BestValue(candidates, count, weights);
      ASSERT_LE(plan.value, highest);
      if (plan.value == highest) ++best_found;
      // In the unit of V: the squares of the gang's own pairs.
      lost += static_cast<double>(highest - plan.value) /
              static_cast<double>(weights.own * count * count);
    }
    std::cout << "seed " << seed_ << ", own " << weights.own << " future " << weights.future
              << ": the highest V in " << 100.0 * best_found / kCases
              << " % of the cases; V lost, as a share of own N^2, mean " << lost / kCases << "\n";
    EXPECT_GT(best_found, kCases * 3 / 4);
    EXPECT_LT(lost / kCases, 0.02);
  }
}

TEST_F(PackingQualityTest, SeveralPodSetsNeverBeatTheFlowBoundAndSeldomMissIt) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  constexpr int kFlowCases = 3000;
  int possible = 0;
  int missed = 0;
  for (int i = 0; i < kFlowCases; ++i) {
    model_ = model::ClusterModel();
    cache_ = PlacementCache();
    // Only the number of pods is short, so that a place is the same for all sets.
    topology::PlacesProblem problem;
    problem.wanted = {1, Draw(1, 8), Draw(1, 8)};
    problem.places.resize(3);
    for (std::int64_t n = Draw(1, 6); n > 0; --n) {
      api::Node node = testing::MakeNode("n" + std::to_string(n), "99", "999Gi");
      const std::int64_t pods = Draw(0, 6);
      node.allocatable["pods"] = Quantity::FromUnits(pods);
      problem.node_places.push_back(pods);
      problem.places[0].push_back(pods);
      for (const std::size_t set : {1u, 2u}) {
        const bool allowed = Draw(0, 1) == 1;
        if (allowed) node.metadata.labels["set-" + std::to_string(set)] = "";
        problem.places[set].push_back(allowed ? pods : 0);
      }
      model_.Nodes().Upsert(node, model_.Names());
    }
    std::vector<api::Pod> pods(3);
    std::vector<PodSetDemand> demands;
    for (std::size_t set = 0; set < 3; ++set) {
      pods[set].spec = testing::MakeSpec("1m", "1Mi");
      if (set > 0) pods[set].spec.node_selector["set-" + std::to_string(set)] = "";
      demands.push_back({set == 0 ? "driver" : "executors", pods[set],
                         model::MakePodInfo(pods[set], model_.Names()), problem.wanted[set]});
    }
    model::Statement statement(model_);
    const bool placed =
        PlaceGang({profile_, model_, cache_}, statement, {demands}).shares.has_value();
    const bool can_be =
        topology::MostPlaced(problem) == problem.wanted[0] + problem.wanted[1] + problem.wanted[2];
    ASSERT_LE(placed, can_be) << "case " << i;
    possible += can_be ? 1 : 0;
    missed += can_be && !placed ? 1 : 0;
  }
  std::cout << "seed " << seed_ << ": of " << possible << " gangs of three sets that fit, "
            << missed << " were missed\n";
  EXPECT_GT(possible, kFlowCases / 10);
  EXPECT_LT(missed, possible / 12);
}

}  // namespace
}  // namespace muster::placement
