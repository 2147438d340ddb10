#include "scheduler/placement/packing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "scheduler/model/cluster_model.h"
#include "test/support/builders.h"

namespace muster::placement {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using Named = std::vector<std::pair<std::string, std::int64_t>>;

/// Room and size of a node.
struct Node {
  std::int64_t room = 0;
  std::int64_t size = 0;
};

/// Nodes a, b, c, ... of which those without room are left out.
class PackingTest : public ::testing::Test {
 protected:
  std::vector<Candidate> Candidates(const std::vector<Node>& nodes) {
    model_ = model::ClusterModel();
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const std::string name(1, static_cast<char>('a' + i));
      model_.Nodes().Upsert(muster::testing::MakeNode(name, "1", "1Gi"), model_.Names());
      if (nodes[i].room == 0) continue;
      candidates.push_back({model_.Nodes().Find(name), nodes[i].room, nodes[i].size});
    }
    return candidates;
  }

  Named Plan(const std::vector<Node>& nodes, std::int64_t count, PackingWeights weights = {}) {
    Named named;
    for (const Filled& share : PlanFill(Candidates(nodes), model_.Nodes(), count, weights).fills) {
      named.emplace_back(model_.Nodes().Name(share.node), share.count);
    }
    return named;
  }

  std::pair<std::string, std::int64_t> Step(const std::vector<Node>& nodes, std::int64_t count) {
    const Filled step = FillOneNode(Candidates(nodes), model_.Nodes(), count, {});
    return {step.count == 0 ? "" : model_.Nodes().Name(step.node), step.count};
  }

  model::ClusterModel model_;
};

TEST_F(PackingTest, AGangThatFitsOneNodeTakesTheTightestOfEqualSize) {
  EXPECT_THAT(Plan({{9, 9}, {4, 9}, {6, 9}}, 5), ElementsAre(Pair("c", 5)));
}

TEST_F(PackingTest, OfEqualRoomTheSmallerNodeIsTakenSoThatLargeOnesStayWhole) {
  EXPECT_THAT(Plan({{6, 32}, {6, 8}}, 5), ElementsAre(Pair("b", 5)));
}

TEST_F(PackingTest, TheRoomiestOfEqualNodesAreUsedUpFirst) {
  // c takes 5, the rest of 4 fits into b exactly.
  EXPECT_THAT(Plan({{3, 8}, {4, 8}, {5, 8}}, 9), ElementsAre(Pair("c", 5), Pair("b", 4)));
  // The last one goes where it breaks least.
  EXPECT_THAT(Plan({{3, 8}, {4, 8}, {5, 8}}, 6), ElementsAre(Pair("c", 5), Pair("a", 1)));
}

TEST_F(PackingTest, ANodeThatIsUsedUpIsBetterThanAPartOfALargeOne) {
  // 6 members. V with 4 x^2 - 3 x (k + K - x). Into b and c: 2 (36 - 27) = 18, because both were
  // empty and are used up; into a: 144 - 18 x 14 < 0, but one node that holds all goes first.
  EXPECT_THAT(Plan({{10, 10}, {3, 3}, {3, 3}}, 6), ElementsAre(Pair("a", 6)));
  // 13 do not fit one node. a first: 100, and 3 into b 9: used up, every one of them.
  EXPECT_THAT(Plan({{10, 10}, {3, 3}, {5, 12}}, 13), ElementsAre(Pair("a", 10), Pair("b", 3)));
}

TEST_F(PackingTest, WhereToEndIsChosenAmongAllPoints) {
  // 7 members. After a (5): 2 into c cost more than 2 into b.
  EXPECT_THAT(Plan({{5, 5}, {2, 5}, {4, 20}}, 7), ElementsAre(Pair("a", 5), Pair("b", 2)));
}

TEST_F(PackingTest, TiesEndInTheName) {
  EXPECT_THAT(Plan({{4, 4}, {4, 4}, {4, 4}}, 6), ElementsAre(Pair("a", 4), Pair("b", 2)));
  EXPECT_EQ(Step({{4, 4}, {4, 4}}, 9), std::make_pair(std::string("a"), std::int64_t{4}));
}

TEST_F(PackingTest, WithTooFewPlacesAllAreFilled) {
  EXPECT_THAT(Plan({{2, 4}, {3, 4}, {0, 4}}, 6), ElementsAre(Pair("b", 3), Pair("a", 2)));
  EXPECT_THAT(Plan({}, 1), ElementsAre());
}

TEST_F(PackingTest, TheValueIsTheSumOverTheNodes) {
  // a is used up: 4 x 25 - 3 x 5 x (5 + 5 - 5) = 25. b: 4 x 4 - 3 x 2 x (2 + 5 - 2) = -14.
  const PackingPlan plan = PlanFill(Candidates({{5, 5}, {2, 5}}), model_.Nodes(), 7, {4, 3});
  EXPECT_EQ(plan.value, 25 - 14);
}

TEST_F(PackingTest, ALightGangLeavesTheLargeEmptyNodeToOthers) {
  // 6 members of 4 + 4 places on halves of nodes of 8, or of an empty node of 5 and one of 4. Used
  // up: a 4 x 16 - 3 x 4 x 8 = -32; c 100 - 75 = 25.
  const std::vector<Node> nodes{{4, 8}, {4, 8}, {5, 5}};
  EXPECT_THAT(Plan(nodes, 6, WeightsOf(topology::Shuffle::kHeavy)),
              ElementsAre(Pair("c", 5), Pair("a", 1)));
  EXPECT_GT(WeightsOf(topology::Shuffle::kLight).future * WeightsOf(topology::Shuffle::kHeavy).own,
            WeightsOf(topology::Shuffle::kHeavy).future * WeightsOf(topology::Shuffle::kLight).own)
      << "the future weighs more for a light one";
}

TEST_F(PackingTest, OneStepEndsWhereItCanAndElseUsesUpTheMostValuable) {
  EXPECT_EQ(Step({{9, 9}, {4, 9}, {6, 9}}, 5), std::make_pair(std::string("c"), std::int64_t{5}));
  EXPECT_EQ(Step({{3, 8}, {4, 8}, {5, 8}}, 9), std::make_pair(std::string("c"), std::int64_t{5}));
  EXPECT_EQ(Step({}, 9).second, 0);
}

}  // namespace
}  // namespace muster::placement
