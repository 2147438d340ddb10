#include "scheduler/model/statement.h"

#include <gtest/gtest.h>

#include <utility>

#include "test/support/builders.h"

namespace muster::model {
namespace {

using testing::MakeNode;
using testing::Q;

class StatementTest : public ::testing::Test {
 protected:
  StatementTest() {
    model_.Nodes().Upsert(MakeNode("a", "4", "16Gi"), model_.Names());
    node_ = model_.Nodes().Find("a");
    pod_ = MakePodInfo(api::ResourceList{{"cpu", Q("1")}}, "default", model_.Names());
  }
  std::int64_t FreeMilliCpu() const { return model_.Nodes().Free(node_).cpu.value; }

  ClusterModel model_;
  NodeIndex node_ = kNoNode;
  PodInfoPtr pod_;
};

TEST_F(StatementTest, AForgottenCommitLeavesNoTrace) {
  {
    Statement statement(model_);
    statement.Reserve(node_, pod_, 3);
    EXPECT_EQ(FreeMilliCpu(), 1000);
  }
  EXPECT_EQ(FreeMilliCpu(), 4000);
}

TEST_F(StatementTest, RollingBackKeepsWhatCameBeforeTheCheckpoint) {
  Statement statement(model_);
  statement.Reserve(node_, pod_, 1);
  const auto checkpoint = statement.Mark();
  statement.Reserve(node_, pod_, 2);
  statement.RollbackTo(checkpoint);
  EXPECT_EQ(FreeMilliCpu(), 3000);
}

TEST_F(StatementTest, ReservedPlacesAreSeenAsPodsOfTheirNode) {
  Statement statement(model_);
  statement.Reserve(node_, pod_, 2);
  statement.Reserve(node_, pod_, 1);
  ASSERT_EQ(model_.PodsOn(node_).size(), 1U);
  EXPECT_EQ(model_.PodsOn(node_).front().count, 3);
  EXPECT_EQ(model_.PodsOn(node_).front().pod, nullptr);
  statement.RollbackTo(0);
  EXPECT_TRUE(model_.PodsOn(node_).empty());
}

TEST_F(StatementTest, ACommittedReservationStays) {
  {
    Statement statement(model_);
    statement.Reserve(node_, pod_, 2);
    std::move(statement).Commit();
  }
  EXPECT_EQ(FreeMilliCpu(), 2000);
}

}  // namespace
}  // namespace muster::model
