// Binds without an answer: their room is neither given away before their fate is known nor lost.
// That it is not given away is what DecisionAudit judges at every bind.

#include <gtest/gtest.h>

#include "test/core/small_world.h"

namespace muster::bench {
namespace {

using std::chrono::seconds;
using State = ApplicationRecord::State;
using Kind = CallFault::Kind;

/// The first `count` binds go wrong in this way.
FaultHook FailFirstBinds(Kind kind, int count, core::CallResult refusal = core::CallResult::kOk) {
  return [=, left = count](const core::Effect& effect) mutable {
    CallFault fault;
    if (!std::holds_alternative<core::BindPod>(effect) || left == 0) return fault;
    --left;
    fault.kind = kind;
    fault.refusal = {refusal, "made to fail"};
    return fault;
  };
}

/// Two applications of which only one fits: what the first one's bind loses or keeps shows in the
/// second one.
void ExpectBothToRunInTurn(const FaultHook& fault) {
  SimulatedWorld world(MusterWorld(3));
  AddNodes(world, 2, 5);
  world.SetFaultHook(fault);
  world.StartScheduler();
  const auto& first = world.spark().Submit(StaticApplication("first", 4, 2, "4g"));
  world.RunFor(seconds(1));
  const auto& second = world.spark().Submit(StaticApplication("second", 4, 2, "4g"));

  EXPECT_TRUE(RunUntilAllSucceeded(world));
  const auto& [earlier, later] = *first.driver_bound_at < *second.driver_bound_at
                                     ? std::tie(first, second)
                                     : std::tie(second, first);
  EXPECT_GE(*later.driver_bound_at, *earlier.ended_at);
  EXPECT_EQ(Join(world.violations()), "");
  EXPECT_EQ(Join(world.overcommits()), "");
}

TEST(AmbiguousBind, ThatHappenedKeepsItsRoomAndGoesOn) {
  ExpectBothToRunInTurn(FailFirstBinds(Kind::kAnswerLost, 1));
}

TEST(AmbiguousBind, ThatDidNotHappenIsSentAgain) {
  ExpectBothToRunInTurn(FailFirstBinds(Kind::kRequestLost, 1));
}

TEST(AmbiguousBind, ThatHappensAfterMusterGaveUpIsAccepted) {
  ExpectBothToRunInTurn(FailFirstBinds(Kind::kCommitsLate, 1));
}

TEST(AmbiguousBind, OfEveryPodEndsWell) {
  ExpectBothToRunInTurn(FailFirstBinds(Kind::kAnswerLost, 100));
}

TEST(AmbiguousBind, ManyLostRequestsEndWell) {
  ExpectBothToRunInTurn(FailFirstBinds(Kind::kRequestLost, 8));
}

TEST(AmbiguousBind, AlsoWhenTheReadsFailForAWhile) {
  int reads_left = 5;
  FaultHook binds = FailFirstBinds(Kind::kAnswerLost, 2);
  ExpectBothToRunInTurn([=](const core::Effect& effect) mutable {
    if (!std::holds_alternative<core::FetchPod>(effect)) return binds(effect);
    CallFault fault;
    if (reads_left-- > 0) fault.kind = Kind::kRequestLost;
    return fault;
  });
}

TEST(DefinitelyFailedBind, GivesItsRoomBackAndIsTriedAgain) {
  for (const core::CallResult refusal :
       {core::CallResult::kUnavailable, core::CallResult::kInvalid, core::CallResult::kForbidden}) {
    ExpectBothToRunInTurn(FailFirstBinds(Kind::kRefused, 3, refusal));
  }
}

TEST(DefinitelyFailedBind, AConflictIsLookedInto) {
  ExpectBothToRunInTurn(FailFirstBinds(Kind::kRefused, 2, core::CallResult::kConflict));
}

TEST(LateAnswer, ThatComesAfterTheWatchChangesNothing) {
  ExpectBothToRunInTurn([](const core::Effect& effect) {
    CallFault fault;
    if (std::holds_alternative<core::BindPod>(effect)) fault.answer_delay = seconds(3);
    return fault;
  });
}

}  // namespace
}  // namespace muster::bench
