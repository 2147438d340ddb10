// What a gang that does not fit is told: a line for each pod set, with numbers that hold.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "plugins/builtin_plugins.h"
#include "scheduler/placement/engine.h"
#include "test/support/builders.h"

namespace muster::placement {
namespace {

using muster::testing::MakeNode;
using muster::testing::MakePod;
using ::testing::HasSubstr;
using ::testing::Not;

class GangDiagnosisTest : public ::testing::Test {
 protected:
  void AddNode(const std::string& name, const std::string& cpu) {
    model_.Nodes().Upsert(MakeNode(name, cpu, "64Gi"), model_.Names());
  }

  PodSetDemand Demand(const std::string& label, const api::Pod& pod, std::int64_t count) {
    return {label, pod, model::MakePodInfo(pod, model_.Names()), count};
  }

  Attempt Place(const std::vector<PodSetDemand>& demands) {
    model::Statement statement(model_);
    return PlaceGang({profile_, model_, cache_}, statement, {demands});
  }

  Attempt Place(const api::Pod& driver, const api::Pod& executor, std::int64_t executors) {
    return Place({Demand("driver", driver, 1), Demand("executors", executor, executors)});
  }

  model::ClusterModel model_;
  framework::Profile profile_ = plugins::DefaultProfile();
  PlacementCache cache_;
};

TEST_F(GangDiagnosisTest, EverySetThatDoesNotFitHasItsOwnRefusals) {
  AddNode("a", "4");
  AddNode("b", "4");
  EXPECT_EQ(Place(MakePod("driver", "8", "1Gi"), MakePod("executor", "3", "1Gi"), 20).diagnosis,
            "0/2 nodes are available: 2 Insufficient cpu. 0 of 1 driver fits.\n"
            "0/2 nodes are available: 2 Insufficient cpu. 2 of 20 executors fit.\n"
            "The gang is admitted whole or not at all. No node could hold one of the driver even "
            "if it were empty: it asks cpu 8, memory 1Gi; the nearest of the 2 nodes that match, "
            "a, offers cpu 4, memory 64Gi. At most cpu 4, memory 1Gi would fit.");
}

TEST_F(GangDiagnosisTest, EverySetIsCountedBesideThoseThatGoBeforeIt) {
  AddNode("a", "8");
  const api::Pod one = MakePod("one", "1", "1Gi");
  const api::Pod two = MakePod("two", "2", "1Gi");
  const api::Pod large = MakePod("large", "16", "1Gi");
  // Driver 1, then 2 of 2 CPU, none of 16, and in the 3 CPU that are left one more of 2.
  EXPECT_THAT(
      Place({Demand("driver", one, 1), Demand("helpers", two, 2), Demand("giants", large, 3),
             Demand("executors", two, 4)})
          .diagnosis,
      ::testing::StartsWith("0/1 nodes are available: 1 Insufficient cpu. 0 of 3 giants fit.\n"
                            "0/1 nodes are available: 1 Insufficient cpu. 1 of 4 executors fit.\n"
                            "1 of 1 driver fits.\n"
                            "2 of 2 helpers fit.\n"
                            "The gang is admitted whole or not at all."));
}

TEST_F(GangDiagnosisTest, APodOnItsOwnIsToldKubeSchedulersWordsAndNothingElse) {
  AddNode("a", "4");
  const api::Pod pod = MakePod("pod", "8", "1Gi");
  for (const bool alone : {false, true}) {
    PodSetDemand demand = Demand("pod", pod, 1);
    demand.alone = alone;
    EXPECT_EQ(Place({demand}).diagnosis, "0/1 nodes are available: 1 Insufficient cpu.");
  }
}

TEST_F(GangDiagnosisTest, TheNumberThatFitsIsAdmittedAndOneMoreIsNot) {
  const auto seed = std::random_device{}();  // NOLINT: printed
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto draw = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  for (int i = 0; i < 8; ++i) AddNode("n" + std::to_string(i), std::to_string(draw(4, 32)));
  for (int round = 0; round < 20; ++round) {
    const api::Pod driver = MakePod("driver", std::to_string(draw(1, 4)), "1Gi");
    const api::Pod executor = MakePod("executor", std::to_string(draw(1, 4)), "1Gi");
    const std::string said = Place(driver, executor, 1000).diagnosis;
    const std::size_t end = said.find(" of 1000 executors fit.");
    ASSERT_NE(end, said.npos) << said;
    const std::int64_t fitting = std::stoll(said.substr(said.rfind(' ', end - 1) + 1));
    EXPECT_TRUE(Place(driver, executor, fitting).shares) << said;
    EXPECT_FALSE(Place(driver, executor, fitting + 1).shares) << said;
  }
}

TEST(GangDiagnosis, RefusalsOfManyKindsLeaveRoomForAllCounts) {
  std::string refusals = "0/5000 nodes are available";
  for (int i = 0; i < 30; ++i) {
    refusals += (i == 0 ? ": " : ", ") + std::to_string(i) + " node(s) didn't match rule";
  }
  const std::vector<SetFit> sets{{"driver", 0, 1, refusals + "."},
                                 {"executors", 12, 20, refusals + "."},
                                 {"workers", 3, 3, ""}};
  const std::string text = GangDiagnosis(sets);
  EXPECT_LT(text.size(), 800U);
  EXPECT_THAT(text, HasSubstr("rule, and more. 0 of 1 driver fits.\n0/5000 nodes are"));
  EXPECT_THAT(text, HasSubstr("rule, and more. 12 of 20 executors fit.\n3 of 3 workers fit.\n"));
  EXPECT_THAT(GangDiagnosis(std::vector<SetFit>{{"pods", 1, 2, refusals.substr(0, 600) + "."}}),
              Not(HasSubstr("and more")));
}

}  // namespace
}  // namespace muster::placement
