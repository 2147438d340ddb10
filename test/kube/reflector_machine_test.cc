#include "scheduler/kube/reflector_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster::kube {
namespace {

using EndKind = ReflectorCallEnd::Kind;
using Proof = ReflectorMachine::Proof;
using StepKind = ReflectorCall::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

class ReflectorMachineTest : public ::testing::Test {
 protected:
  static ReflectorCallEnd HttpStatus(int code, const std::string& reason) {
    ReflectorCallEnd end;
    end.kind = EndKind::kHttpStatus;
    end.status.code = code;
    end.status.reason = reason;
    end.description = std::to_string(code) + " " + reason;
    return end;
  }

  static ReflectorCallEnd ErrorEvent(int code) {
    ReflectorCallEnd end = HttpStatus(code, "");
    end.kind = EndKind::kErrorEvent;
    end.event_count = 1;
    return end;
  }

  static ReflectorCallEnd Ended(EndKind kind, std::uint64_t events, milliseconds lasted) {
    ReflectorCallEnd end;
    end.kind = kind;
    end.event_count = events;
    end.lasted = lasted;
    end.description = "broken";
    return end;
  }

  void Sync(const std::string& version) {
    machine_.Next();
    machine_.OnContact();
    machine_.OnInitialEventsEnd(version);
  }

  ReflectorMachine machine_{1};
  ReflectorMachine::SteadyTime now_{};
};

TEST_F(ReflectorMachineTest, TheStartIsAWatchListOfTheMostRecentState) {
  const ReflectorCall call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kWatchList);
  EXPECT_EQ(call.resource_version, "");
  EXPECT_EQ(call.wait_before, milliseconds(0));
  EXPECT_GE(call.timeout_seconds, 300);
  EXPECT_LE(call.timeout_seconds, 600);
}

TEST_F(ReflectorMachineTest, InitialEventsDoNotAdvanceTheVersionAndLaterOnesDo) {
  machine_.Next();
  machine_.OnVersion("999");
  machine_.OnInitialEventsEnd("50");
  machine_.OnEnd(Ended(EndKind::kClosed, 3, seconds(300)), now_);
  EXPECT_EQ(machine_.Next().resource_version, "50");
  machine_.OnVersion("60");  // a bookmark
  EXPECT_EQ(machine_.OnEnd(Ended(EndKind::kClosed, 1, seconds(300)), now_).problem, "");
  const ReflectorCall call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kWatch);
  EXPECT_EQ(call.resource_version, "60");
  EXPECT_EQ(call.wait_before, milliseconds(0));
}

TEST_F(ReflectorMachineTest, FreshnessIsProvenAtOnceWhenNothingHasHappenedSince) {
  Sync("50");
  EXPECT_TRUE(machine_.Fresh());
  machine_.RequireFresh(Proof::kVersion);
  EXPECT_FALSE(machine_.Fresh());
  EXPECT_EQ(machine_.Next().kind, StepKind::kVersion);
  machine_.OnVersionRead("50");
  EXPECT_TRUE(machine_.Fresh());
  const ReflectorCall call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kWatch);
  EXPECT_GE(call.timeout_seconds, 300);
}

TEST_F(ReflectorMachineTest, FreshnessIsProvenByAnEventOrBookmarkAtTheVersionAndNotBefore) {
  Sync("50");
  machine_.RequireFresh(Proof::kVersion);
  machine_.Next();
  machine_.OnVersionRead("100");
  const ReflectorCall call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kWatch);
  EXPECT_EQ(call.resource_version, "50");
  EXPECT_EQ(call.timeout_seconds, 3);  // its bookmark comes after 1 s
  machine_.OnVersion("99");
  EXPECT_FALSE(machine_.Fresh());
  machine_.OnVersion("100");
  EXPECT_TRUE(machine_.Fresh());
}

TEST_F(ReflectorMachineTest, WithoutABookmarkEverythingIsListedAgainAfterThreeShortWatches) {
  Sync("50");
  machine_.RequireFresh(Proof::kVersion);
  machine_.Next();
  machine_.OnVersionRead("abc");  // not a version that can be compared
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(machine_.Next().timeout_seconds, 3);
    EXPECT_EQ(machine_.OnEnd(Ended(EndKind::kClosed, 0, seconds(3)), now_).problem, "");
  }
  const ReflectorCall call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kWatchList);
  EXPECT_EQ(call.resource_version, "");
  EXPECT_FALSE(machine_.Fresh());
  machine_.OnInitialEventsEnd("xyz");
  EXPECT_TRUE(machine_.Fresh());
}

TEST_F(ReflectorMachineTest, AListThatMayBeOlderThanTheDemandProvesNothing) {
  machine_.Next();
  machine_.RequireFresh(Proof::kVersion);  // while the first list is under way
  machine_.OnInitialEventsEnd("50");
  EXPECT_FALSE(machine_.Fresh());
  EXPECT_EQ(machine_.Next().kind, StepKind::kVersion);
  machine_.OnVersionRead("60");
  machine_.Next();
  machine_.OnEnd(ErrorEvent(410), now_);  // lists what is not older than 50
  EXPECT_EQ(machine_.Next().resource_version, "50");
  machine_.OnInitialEventsEnd("59");
  EXPECT_FALSE(machine_.Fresh());
  machine_.OnVersion("61");
  EXPECT_TRUE(machine_.Fresh());
}

TEST_F(ReflectorMachineTest, OfFewObjectsANewListIsProof) {
  Sync("50");
  machine_.RequireFresh(Proof::kNewList);
  const ReflectorCall call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kWatchList);
  EXPECT_EQ(call.resource_version, "") << "the most recent state";
  machine_.OnVersion("55");
  EXPECT_FALSE(machine_.Fresh());
  machine_.OnInitialEventsEnd("60");
  EXPECT_TRUE(machine_.Fresh());
  EXPECT_EQ(machine_.Next().kind, StepKind::kWatch);
}

TEST_F(ReflectorMachineTest, AFirstListThatBeginsAfterTheDemandIsProof) {
  machine_.RequireFresh(Proof::kVersion);
  EXPECT_EQ(machine_.Next().kind, StepKind::kWatchList);
  machine_.OnEnd(HttpStatus(503, "later"), now_);
  EXPECT_EQ(machine_.Next().kind, StepKind::kWatchList);
  EXPECT_FALSE(machine_.Fresh());
  machine_.OnInitialEventsEnd("60");
  EXPECT_TRUE(machine_.Fresh());
}

TEST_F(ReflectorMachineTest, PagesThatBeganBeforeTheDemandProveNothing) {
  machine_.Next();
  machine_.OnEnd(HttpStatus(422, "Invalid"), now_);
  machine_.Next();
  machine_.OnListPage("50", "token");
  machine_.RequireFresh(Proof::kVersion);
  EXPECT_EQ(machine_.Next().continue_token, "token");
  machine_.OnListPage("50", "");
  EXPECT_FALSE(machine_.Fresh());
  EXPECT_EQ(machine_.Next().kind, StepKind::kVersion);
}

TEST_F(ReflectorMachineTest, AVersionThatIsRefusedIsAskedForAgainAfterAWait) {
  Sync("50");
  machine_.RequireFresh(Proof::kVersion);
  for (const int status : {503, 400}) {
    EXPECT_EQ(machine_.Next().kind, StepKind::kVersion);
    EXPECT_NE(machine_.OnEnd(HttpStatus(status, "no"), now_).problem, "");
  }
  const ReflectorCall call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kVersion);
  EXPECT_GT(call.wait_before, milliseconds(0));
}

TEST_F(ReflectorMachineTest, AServerWithoutWatchListIsListedInPages) {
  machine_.Next();
  machine_.OnEnd(HttpStatus(422, "Invalid"), now_);
  ReflectorCall call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kListPage);
  EXPECT_EQ(call.wait_before, milliseconds(0));
  machine_.OnListPage("70", "more");
  EXPECT_EQ(machine_.Next().continue_token, "more");
  machine_.OnListPage("70", "");
  call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kWatch);
  EXPECT_EQ(call.resource_version, "70");
}

TEST_F(ReflectorMachineTest, AWatchListThatEndsWithoutItsBookmarkFallsBackToPages) {
  machine_.Next();
  machine_.OnEnd(Ended(EndKind::kClosed, 5, seconds(400)), now_);
  EXPECT_EQ(machine_.Next().kind, StepKind::kListPage);
}

TEST_F(ReflectorMachineTest, AnExpiredPageTokenStartsTheListAgainAfterAWait) {
  machine_.Next();
  machine_.OnEnd(HttpStatus(400, "BadRequest"), now_);
  machine_.OnListPage("70", "more");
  machine_.Next();
  machine_.OnEnd(HttpStatus(410, "Expired"), now_);
  const ReflectorCall call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kListPage);
  EXPECT_EQ(call.continue_token, "");
  EXPECT_GT(call.wait_before, milliseconds(0));
}

TEST_F(ReflectorMachineTest, AnExpiredVersionListsAtTheLastVersionFirstAndThenAtAny) {
  Sync("50");
  machine_.Next();
  machine_.OnEnd(ErrorEvent(410), now_);
  ReflectorCall call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kWatchList);
  EXPECT_EQ(call.resource_version, "50");
  EXPECT_TRUE(machine_.Listing());
  machine_.OnEnd(HttpStatus(410, "Expired"), now_);
  call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kWatchList);
  EXPECT_EQ(call.resource_version, "");
  EXPECT_GE(call.wait_before, milliseconds(800));
  EXPECT_EQ(machine_.lists_after_expiry(), 1u);
}

TEST_F(ReflectorMachineTest, AVersionTooLargeForTheServerListsTheMostRecent) {
  Sync("50");
  machine_.Next();
  machine_.OnEnd(HttpStatus(410, "Gone"), now_);
  EXPECT_EQ(machine_.Next().resource_version, "50");
  ReflectorCallEnd end = HttpStatus(504, "Timeout");
  end.status.resource_version_too_large = true;
  machine_.OnEnd(end, now_);
  EXPECT_EQ(machine_.Next().resource_version, "");
}

TEST_F(ReflectorMachineTest, ThrottlingAndRefusalWaitAndWatchFromTheSameVersion) {
  Sync("50");
  machine_.Next();
  ReflectorCallEnd throttled = HttpStatus(429, "TooManyRequests");
  throttled.retry_after = seconds(7);
  EXPECT_NE(machine_.OnEnd(throttled, now_).problem, "");
  ReflectorCall call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kWatch);
  EXPECT_EQ(call.resource_version, "50");
  EXPECT_GE(call.wait_before, seconds(7));
  machine_.OnEnd(Ended(EndKind::kTransport, 0, milliseconds(1)), now_);
  call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kWatch);
  EXPECT_EQ(call.resource_version, "50");
}

TEST_F(ReflectorMachineTest, WaitsDoubleUpToThirtySecondsAndStartAnewAfterTwoQuietMinutes) {
  Sync("50");
  milliseconds low(800);
  for (int i = 0; i < 10; ++i) {
    machine_.OnEnd(Ended(EndKind::kTransport, 0, milliseconds(1)), now_);
    const milliseconds wait = machine_.Next().wait_before;
    EXPECT_GE(wait, low);
    EXPECT_LT(wait, 2 * low);
    now_ += wait;
    low = std::min<milliseconds>(2 * low, seconds(30));
  }
  now_ += std::chrono::minutes(2) + seconds(1);
  machine_.OnEnd(Ended(EndKind::kTransport, 0, milliseconds(1)), now_);
  EXPECT_LT(machine_.Next().wait_before, milliseconds(1600));
}

TEST_F(ReflectorMachineTest, ARefusedTokenIsReadAgainOnceAndThenSaidLoudly) {
  machine_.Next();
  ReflectorAdvice advice = machine_.OnEnd(HttpStatus(401, "Unauthorized"), now_);
  EXPECT_TRUE(advice.refresh_token);
  EXPECT_EQ(advice.problem, "");
  EXPECT_EQ(machine_.Next().wait_before, milliseconds(0));
  advice = machine_.OnEnd(HttpStatus(401, "Unauthorized"), now_);
  EXPECT_EQ(advice.problem, "401 Unauthorized: the token was refused");
  EXPECT_EQ(machine_.Next().kind, StepKind::kWatchList);
  machine_.OnContact();
  EXPECT_EQ(machine_.OnEnd(HttpStatus(401, "Unauthorized"), now_).problem, "");
}

TEST_F(ReflectorMachineTest, AForbiddenListIsSaidAndTriedAgainTheSameWay) {
  machine_.Next();
  EXPECT_EQ(machine_.OnEnd(HttpStatus(403, "Forbidden"), now_).problem, "403 Forbidden");
  const ReflectorCall call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kWatchList);
  EXPECT_GE(call.wait_before, milliseconds(800));
}

TEST_F(ReflectorMachineTest, SilenceReconnectsAtOnceFromTheSameVersion) {
  Sync("50");
  machine_.OnEnd(Ended(EndKind::kSilent, 0, seconds(150)), now_);
  const ReflectorCall call = machine_.Next();
  EXPECT_EQ(call.kind, StepKind::kWatch);
  EXPECT_EQ(call.resource_version, "50");
  EXPECT_EQ(call.wait_before, milliseconds(0));
}

TEST_F(ReflectorMachineTest, AWatchThatEndsAtOnceAndEmptyIsAFailure) {
  Sync("50");
  EXPECT_NE(machine_.OnEnd(Ended(EndKind::kClosed, 0, milliseconds(5)), now_).problem, "");
  EXPECT_GE(machine_.Next().wait_before, milliseconds(800));
}

TEST_F(ReflectorMachineTest, OtherErrorEventsWatchAgainAndListAfterTheThird) {
  Sync("50");
  for (int i = 0; i < 2; ++i) {
    machine_.OnEnd(ErrorEvent(500), now_);
    EXPECT_EQ(machine_.Next().kind, StepKind::kWatch);
  }
  machine_.OnEnd(ErrorEvent(500), now_);
  EXPECT_EQ(machine_.Next().kind, StepKind::kWatchList);
}

}  // namespace
}  // namespace muster::kube
