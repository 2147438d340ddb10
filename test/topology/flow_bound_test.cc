#include "scheduler/topology/flow_bound.h"

#include <gtest/gtest.h>

namespace muster::topology {
namespace {

TEST(MostPlaced, OneSetTakesWhatTheNodesOffer) {
  EXPECT_EQ(MostPlaced({{5}, {{2, 2}}, {2, 3}}), 4);
  EXPECT_EQ(MostPlaced({{3}, {{2, 2}}, {2, 3}}), 3) << "no more than is wanted";
}

TEST(MostPlaced, ANodeIsSharedByTheSets) {
  // Both sets may use node 0 alone, which has 3 places.
  EXPECT_EQ(MostPlaced({{2, 2}, {{3, 0}, {3, 0}}, {3, 9}}), 3);
}

TEST(MostPlaced, ASetThatCanGiveWayDoes) {
  // The first set can go anywhere, the second only to node 0: greedy in node order would place 2.
  EXPECT_EQ(MostPlaced({{2, 2}, {{2, 2}, {2, 0}}, {2, 2}}), 4);
}

TEST(MostPlaced, NothingIsPlacedOnNothing) {
  EXPECT_EQ(MostPlaced({{4}, {{}}, {}}), 0);
  EXPECT_EQ(MostPlaced({{}, {}, {7}}), 0);
}

}  // namespace
}  // namespace muster::topology
