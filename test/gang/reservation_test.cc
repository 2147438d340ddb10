#include "scheduler/gang/reservation.h"

#include <gtest/gtest.h>

#include "test/support/builders.h"

namespace muster::gang {
namespace {

using namespace std::chrono_literals;
using testing::MakeNode;
using testing::Q;

/// Two nodes of 4 cpu; a plan of two slots of 1 cpu on a and one on b.
class ReservationTest : public ::testing::Test {
 protected:
  ReservationTest() {
    model_.Nodes().Upsert(MakeNode("a", "4", "16Gi"), model_.Names());
    model_.Nodes().Upsert(MakeNode("b", "4", "16Gi"), model_.Names());
    Plan plan;
    plan.pod_sets.push_back({0, 3, std::nullopt, {{"cpu", Q("1")}}, {{"a", 2}, {"b", 1}}});
    reservation_.Restore(plan, "default", model_, Time(1s));
  }
  SlotSet& Set() { return reservation_.Sets().front(); }
  std::int64_t FreeMilliCpu(const char* node) const {
    return model_.Nodes().Free(model_.Nodes().Find(node)).cpu.value;
  }

  model::ClusterModel model_;
  Reservation reservation_;
};

TEST_F(ReservationTest, EmptySlotsAreAccountedOnTheirNodes) {
  EXPECT_EQ(FreeMilliCpu("a"), 2000);
  EXPECT_EQ(FreeMilliCpu("b"), 3000);
  reservation_.ReleaseAll(model_);
  EXPECT_EQ(FreeMilliCpu("a"), 4000);
  EXPECT_EQ(FreeMilliCpu("b"), 4000);
}

TEST_F(ReservationTest, APodTakesASlotAndItsReplacementInheritsIt) {
  Reservation::Take(Set(), Set().slots[0], "pod-1", model_);
  EXPECT_EQ(FreeMilliCpu("a"), 3000);  // the pod itself is accounted by the caller
  EXPECT_EQ(reservation_.CountEmpty(), 2);
  EXPECT_TRUE(reservation_.Vacate("pod-1", model_, Time(5s)));
  EXPECT_FALSE(reservation_.Vacate("pod-1", model_, Time(5s)));
  EXPECT_EQ(FreeMilliCpu("a"), 2000);
  EXPECT_EQ(reservation_.CountEmpty(), 3);
}

TEST_F(ReservationTest, BeyondTheMinimumAnExecutorThatEndsTakesItsSlotAlong) {
  Set().kept_min = 2;
  Reservation::Take(Set(), Set().slots[0], "pod-1", model_);
  Reservation::Take(Set(), Set().slots[1], "pod-2", model_);
  reservation_.End("pod-1", model_, Time(5s));
  EXPECT_EQ(Set().slots.size(), 2U);
  EXPECT_EQ(FreeMilliCpu("a"), 4000);
  reservation_.End("pod-2", model_, Time(5s));  // at the minimum: kept for another
  EXPECT_EQ(Set().slots.size(), 2U);
  EXPECT_EQ(FreeMilliCpu("a"), 3000);
  reservation_.End("pod-3", model_, Time(5s));  // has none
  EXPECT_EQ(Set().slots.size(), 2U);
}

TEST_F(ReservationTest, AnHeirTakesThePartOfAnExecutorThatEndedAndNothingIsHeldForIt) {
  Reservation::Take(Set(), Set().slots[0], "pod-1", model_);
  ASSERT_EQ(reservation_.SetOf("pod-1"), &Set());
  Reservation::PassOn(Set(), "pod-1", "pod-7", model_.Nodes().Find("b"));
  EXPECT_EQ(reservation_.SetOf("pod-1"), nullptr);
  EXPECT_EQ(reservation_.SetOf("pod-7"), &Set());
  EXPECT_EQ(FreeMilliCpu("a"), 3000);
  EXPECT_EQ(FreeMilliCpu("b"), 3000);
}

TEST_F(ReservationTest, ASlotWhoseNodeIsGoneIsLostAndHoldsNothing) {
  EXPECT_EQ(Reservation::Lose(Set(), model_.Nodes().Find("a"), 10, model_), 2);
  EXPECT_EQ(FreeMilliCpu("a"), 4000);
  EXPECT_EQ(reservation_.CountLost(), 2);
  EXPECT_EQ(reservation_.CountEmpty(), 1);
}

TEST_F(ReservationTest, OnlySlotsThatWaitedLongEnoughAreGivenUp) {
  Reservation::Take(Set(), Set().slots[0], "pod-1", model_);
  reservation_.Vacate("pod-1", model_, Time(50s));
  EXPECT_EQ(reservation_.OldestEmpty(), Time(1s));
  EXPECT_EQ(reservation_.DropEmptySince(Time(10s), model_), 2);
  EXPECT_EQ(reservation_.OldestEmpty(), Time(50s));
  EXPECT_EQ(FreeMilliCpu("a"), 3000);
  EXPECT_EQ(FreeMilliCpu("b"), 4000);
}

TEST_F(ReservationTest, GivingUpOneSlotStartsWithALostOne) {
  Reservation::Lose(Set(), model_.Nodes().Find("a"), 1, model_);
  Reservation::DropOne(Set(), model_);
  EXPECT_EQ(reservation_.CountLost(), 0);
  EXPECT_EQ(reservation_.CountEmpty(), 2);
  Reservation::DropOne(Set(), model_);
  EXPECT_EQ(reservation_.CountEmpty(), 1);
  EXPECT_EQ(FreeMilliCpu("a") + FreeMilliCpu("b"), 7000);
}

TEST_F(ReservationTest, GivingUpMoreThanIsAllowedStopsAtTheMinimumAndAtTakenSlots) {
  Set().kept_min = 1;
  Reservation::DropBeyondMin(Set(), 1, model_);
  EXPECT_EQ(reservation_.CountEmpty(), 2);
  Reservation::DropBeyondMin(Set(), 100, model_);
  EXPECT_EQ(reservation_.CountEmpty(), 1);
  EXPECT_EQ(FreeMilliCpu("a") + FreeMilliCpu("b"), 7000);
  Set().kept_min = 0;
  Reservation::Take(Set(), Set().slots[0], "e1", model_);
  Reservation::DropBeyondMin(Set(), 100, model_);
  Reservation::DropBeyondMin(Set(), -1, model_);
  EXPECT_EQ(Set().slots.size(), 1u);
}

TEST_F(ReservationTest, ThePlanNamesTheNodesOfAllSlots) {
  const Plan plan = reservation_.ToPlan(model_.Nodes());
  EXPECT_EQ(plan.pod_sets[0].count, 3);
  EXPECT_EQ(plan.pod_sets[0].slots, (std::map<std::string, std::int64_t>{{"a", 2}, {"b", 1}}));
}

}  // namespace
}  // namespace muster::gang
