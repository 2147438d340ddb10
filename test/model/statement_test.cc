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
    pod_ = PodAmounts({{"cpu", Q("1")}}, model_.Names());
  }
  std::int64_t FreeMilliCpu() const { return model_.Nodes().Free(node_).cpu.value; }

  ClusterModel model_;
  NodeIndex node_ = kNoNode;
  ResourceVector pod_;
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
