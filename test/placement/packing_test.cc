#include "scheduler/placement/packing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scheduler/model/cluster_model.h"
#include "test/support/builders.h"

namespace muster::placement {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

/// Nodes a, b, c, ... with these capacities; answers "name -> pods" in filling order.
std::vector<std::pair<std::string, std::int64_t>> Fill(
    std::vector<std::int64_t> capacity, std::int64_t count,
    const std::vector<model::NodeIndex>& first = {},
    const std::vector<std::int64_t>& preference = {}) {
  model::ClusterModel model;
  for (std::size_t i = 0; i < capacity.size(); ++i) {
    model.Nodes().Upsert(
        muster::testing::MakeNode(std::string(1, static_cast<char>('a' + i)), "1", "1Gi"),
        model.Names());
  }
  std::vector<std::pair<std::string, std::int64_t>> named;
  while (count > 0) {
    const Filled step = FillOneNode({model.Nodes(), capacity, preference}, first, count);
    if (step.count == 0) break;
    capacity[step.node] = 0;
    count -= step.count;
    named.emplace_back(model.Nodes().Name(step.node), step.count);
  }
  return named;
}

TEST(FillOneNode, TheRoomiestNodeIsFilledFirstAndTheRestGoesToTheTightest) {
  // 9 pods: c takes 5, the rest of 4 fits into b (4) exactly, not into a (3).
  EXPECT_THAT(Fill({3, 4, 5}, 9), ElementsAre(Pair("c", 5), Pair("b", 4)));
  // 6 pods: c takes 5, the last one goes where it is tightest.
  EXPECT_THAT(Fill({3, 4, 5}, 6), ElementsAre(Pair("c", 5), Pair("a", 1)));
}

TEST(FillOneNode, AGangThatFitsOneNodeTakesTheTightestOne) {
  EXPECT_THAT(Fill({9, 4, 6}, 5), ElementsAre(Pair("c", 5)));
}

TEST(FillOneNode, TiesEndInTheName) {
  EXPECT_THAT(Fill({4, 4, 4}, 6), ElementsAre(Pair("a", 4), Pair("b", 2)));
}

TEST(FillOneNode, WhatThePodsPreferIsFilledBeforeWhatIsRoomier) {
  // a and b are preferred: 5 pods fill both before the roomier c takes the last.
  EXPECT_THAT(Fill({2, 2, 9}, 5, {}, {100, 100, 0}),
              ElementsAre(Pair("a", 2), Pair("b", 2), Pair("c", 1)));
  // Among the preferred ones the tightest that takes all, as ever.
  EXPECT_THAT(Fill({5, 3, 2}, 3, {}, {100, 100, 0}), ElementsAre(Pair("b", 3)));
}

TEST(FillOneNode, TheFirstNodesComeFirstInTheirOrder) {
  EXPECT_THAT(Fill({2, 9, 1}, 4, {2, 0}), ElementsAre(Pair("c", 1), Pair("a", 2), Pair("b", 1)));
}

TEST(FillOneNode, WhatDoesNotFitIsLeft) {
  EXPECT_THAT(Fill({2, 3, 0}, 6), ElementsAre(Pair("b", 3), Pair("a", 2)));
  EXPECT_THAT(Fill({}, 1), ElementsAre());
}

}  // namespace
}  // namespace muster::placement
