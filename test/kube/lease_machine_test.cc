#include "scheduler/kube/lease_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <set>

namespace muster::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using Result = LeaseAnswer::Result;
using Verb = LeaseCall::Verb;

constexpr char kMe[] = "host_me";

/// A server's Lease, a clock, and the machine between them.
class LeaseMachineTest : public ::testing::Test {
 protected:
  static LeaseRecord HeldBy(const std::string& holder, int renewal, int seconds = 15) {
    return {holder, seconds, "2020-01-01T00:00:00.000000Z", "renewal " + std::to_string(renewal),
            7};
  }

  static LeaseAnswer Shows(const LeaseRecord& record) {
    return {Result::kOk, Lease{record, R"({"resourceVersion":"1"})"}, {}};
  }
  static LeaseAnswer Fails(Result result) { return {result, std::nullopt, "it failed"}; }

  LeaseCall Call() {
    const std::optional<LeaseCall> call = machine_->Next(now_);
    EXPECT_TRUE(call.has_value());
    return call.value_or(LeaseCall{});
  }
  void Answer(const LeaseAnswer& answer) { machine_->OnAnswer(answer, now_); }
  /// Answers the write that is asked for as a server does that takes it.
  LeaseRecord Accept() {
    const LeaseCall call = Call();
    EXPECT_NE(call.verb, Verb::kRead);
    Answer({Result::kOk, Lease{call.lease.record, R"({"resourceVersion":"2"})"}, {}});
    return call.lease.record;
  }
  /// Reads that it is held by another, at `now_`.
  void SeeOther(int renewal, int seconds = 15) {
    EXPECT_EQ(Call().verb, Verb::kRead);
    Answer(Shows(HeldBy("other", renewal, seconds)));
  }
  void Lead() {
    EXPECT_EQ(Call().verb, Verb::kRead);
    Answer(Fails(Result::kNotFound));
    Accept();
    ASSERT_EQ(machine_->role(), LeaseRole::kLeader);
  }
  bool Silent() { return !machine_->Next(now_).has_value(); }

  Time now_{seconds(1'000'000)};
  std::optional<LeaseMachine> machine_{std::in_place, LeaseTimes{}, kMe, 1};
};

TEST_F(LeaseMachineTest, ALeaseThatIsNotThereIsCreatedAndItsCreatorLeads) {
  EXPECT_EQ(Call().verb, Verb::kRead);
  Answer(Fails(Result::kNotFound));
  const LeaseCall create = Call();
  EXPECT_EQ(create.verb, Verb::kCreate);
  EXPECT_EQ(create.lease.record.holder, kMe);
  EXPECT_EQ(create.lease.record.duration_seconds, 15);
  EXPECT_EQ(create.lease.record.transitions, 0);
  EXPECT_EQ(create.lease.record.acquire_time, create.lease.record.renew_time);
  EXPECT_EQ(machine_->role(), LeaseRole::kStandby);
  Answer(Shows(create.lease.record));
  EXPECT_EQ(machine_->role(), LeaseRole::kLeader);
  EXPECT_EQ(machine_->leads_until(), now_ + seconds(10));
}

TEST_F(LeaseMachineTest, OneThatWasCreatedFasterByAnotherIsNotTaken) {
  Call();
  Answer(Fails(Result::kNotFound));
  Call();
  Answer(Fails(Result::kConflict));
  EXPECT_EQ(machine_->role(), LeaseRole::kStandby);
  EXPECT_TRUE(Silent());
  now_ = machine_->wake_at();
  EXPECT_EQ(Call().verb, Verb::kRead);
}

TEST_F(LeaseMachineTest, AFreeLeaseIsTakenAtOnceAndTheChangeIsCounted) {
  Call();
  Answer(Shows(HeldBy("", 1, 1)));
  const LeaseRecord written = Accept();
  EXPECT_EQ(written.holder, kMe);
  EXPECT_EQ(written.transitions, 8);
  EXPECT_NE(written.acquire_time, HeldBy("", 1).acquire_time);
  EXPECT_EQ(machine_->role(), LeaseRole::kLeader);
}

TEST_F(LeaseMachineTest, ATakeOverSendsBackTheVersionThatWasRead) {
  Call();
  Answer({Result::kOk, Lease{HeldBy("", 1), R"({"resourceVersion":"41"})"}, {}});
  const LeaseCall call = Call();
  EXPECT_EQ(call.verb, Verb::kUpdate);
  EXPECT_EQ(call.lease.metadata, R"({"resourceVersion":"41"})");
  Answer(Fails(Result::kConflict));  // another standby was faster
  EXPECT_EQ(machine_->role(), LeaseRole::kStandby);
  EXPECT_TRUE(Silent());
}

TEST_F(LeaseMachineTest, AnotherHoldersLeaseIsTakenWhenItRanOutAndNotAMomentBefore) {
  SeeOther(1);
  const Time expires = now_ + seconds(15);
  while (machine_->wake_at() < expires) {
    now_ = machine_->wake_at();
    SeeOther(1);
  }
  ASSERT_EQ(machine_->wake_at(), expires);  // then, and not up to 4.4 s later
  now_ = expires - nanoseconds(1);
  EXPECT_TRUE(Silent());
  now_ = expires;
  SeeOther(1);
  const LeaseRecord written = Accept();
  EXPECT_EQ(written.holder, kMe);
  EXPECT_EQ(written.transitions, 8);
  EXPECT_EQ(machine_->role(), LeaseRole::kLeader);
}

TEST_F(LeaseMachineTest, ATryThatBeganBeforeTheEndOfTheLeaseDoesNotTakeItAfterASlowRead) {
  machine_.emplace(LeaseTimes{.lease_duration = seconds(15),
                              .renew_deadline = seconds(10),
                              .retry_period = milliseconds(1)},
                   kMe, 1);
  SeeOther(1, 1);
  now_ += milliseconds(999);
  EXPECT_EQ(Call().verb, Verb::kRead);
  now_ += seconds(4);
  Answer(Shows(HeldBy("other", 1, 1)));
  EXPECT_EQ(machine_->wake_at(), now_ - seconds(4) + milliseconds(1));  // ran out: looks at once
  EXPECT_EQ(Call().verb, Verb::kRead);
}

TEST_F(LeaseMachineTest, ARenewalStartsTheWaitAnewWhateverTheOthersClocksSay) {
  SeeOther(1);
  now_ += seconds(14);
  SeeOther(2);  // its times are texts of 2020, and of no use
  now_ += seconds(15) - nanoseconds(1);
  SeeOther(2);
  EXPECT_TRUE(Silent());
  now_ += nanoseconds(1);
  SeeOther(2);
  EXPECT_EQ(Call().verb, Verb::kUpdate);
}

TEST_F(LeaseMachineTest, HowLongToWaitIsWhatTheLeaseSaysAndNotOurOwnSetting) {
  SeeOther(1, 60);
  now_ += seconds(59);
  SeeOther(1, 60);
  EXPECT_TRUE(Silent());
  now_ += seconds(1);
  SeeOther(1, 60);
  EXPECT_EQ(Call().verb, Verb::kUpdate);
}

TEST_F(LeaseMachineTest, AStandbyLooksEveryRetryPeriodAndUpToTwelveTenthsMoreAtRandom) {
  std::set<Duration> waits;
  for (int renewal = 0; renewal < 200; ++renewal) {
    SeeOther(renewal);
    const Duration wait = machine_->wake_at() - now_;
    EXPECT_GE(wait, seconds(2));
    EXPECT_LE(wait, milliseconds(4400));
    waits.insert(wait);
    now_ = machine_->wake_at();
  }
  EXPECT_GT(waits.size(), 100u);
  EXPECT_GT(*waits.rbegin(), seconds(4));
}

TEST_F(LeaseMachineTest, AServerThatDoesNotAnswerIsAskedAgainAndTheProblemIsSaid) {
  Call();
  Answer(Fails(Result::kFailed));
  EXPECT_EQ(machine_->problem(), "it failed");
  EXPECT_TRUE(Silent());
  now_ = machine_->wake_at();
  SeeOther(1);
  EXPECT_EQ(machine_->problem(), "");
}

TEST_F(LeaseMachineTest, ALeaderRenewsEveryRetryPeriodWithTheVersionItKnows) {
  Lead();
  const Time first = now_;
  now_ += seconds(2) - nanoseconds(1);
  EXPECT_TRUE(Silent());
  now_ += nanoseconds(1);
  const LeaseCall renewal = Call();
  EXPECT_EQ(renewal.verb, Verb::kUpdate);
  EXPECT_EQ(renewal.lease.metadata, R"({"resourceVersion":"2"})");
  EXPECT_EQ(renewal.lease.record.acquire_time, FormatRfc3339Micro(first));
  EXPECT_EQ(renewal.lease.record.renew_time, FormatRfc3339Micro(now_));
  EXPECT_EQ(renewal.lease.record.transitions, 0);
  const Time sent = now_;
  now_ += milliseconds(700);
  Answer(Shows(renewal.lease.record));
  EXPECT_EQ(machine_->leads_until(), sent + seconds(10));  // from when it was sent
  EXPECT_EQ(machine_->wake_at(), now_ + seconds(2));
}

TEST_F(LeaseMachineTest, ARenewalThatIsRefusedIsTriedAgainAtOnceWithTheVersionJustRead) {
  Lead();
  now_ += seconds(2);
  const LeaseRecord ours = Call().lease.record;
  Answer(Fails(Result::kConflict));
  EXPECT_EQ(Call().verb, Verb::kRead);
  Answer({Result::kOk, Lease{ours, R"({"resourceVersion":"9"})"}, {}});
  const LeaseCall again = Call();
  EXPECT_EQ(again.verb, Verb::kUpdate);
  EXPECT_EQ(again.lease.metadata, R"({"resourceVersion":"9"})");
  EXPECT_EQ(again.lease.record.transitions, ours.transitions);
  EXPECT_EQ(again.lease.record.acquire_time, ours.acquire_time);
  Answer(Shows(again.lease.record));
  EXPECT_EQ(machine_->role(), LeaseRole::kLeader);
}

TEST_F(LeaseMachineTest, ALeaderThatCannotRenewGivesUpAtItsDeadlineAndNotAMomentBefore) {
  Lead();
  const Time until = machine_->leads_until();
  int tries = 0;
  while (machine_->wake_at() < until) {
    now_ = machine_->wake_at();
    EXPECT_EQ(Call().verb, Verb::kUpdate);
    Answer(Fails(Result::kFailed));
    EXPECT_EQ(Call().verb, Verb::kRead);
    Answer(Fails(Result::kFailed));
    ++tries;
  }
  EXPECT_EQ(tries, 4);
  EXPECT_EQ(machine_->wake_at(), until);
  now_ = until - nanoseconds(1);
  EXPECT_TRUE(Silent());
  EXPECT_EQ(machine_->role(), LeaseRole::kLeader);
  now_ = until;
  EXPECT_TRUE(Silent());
  EXPECT_EQ(machine_->role(), LeaseRole::kLost);
  EXPECT_EQ(machine_->problem(), "not renewed for 10s: it failed");
  now_ += seconds(100);
  EXPECT_TRUE(Silent());
}

TEST_F(LeaseMachineTest, ALeaderThatWasStoppedHasLostItWithoutAskingAnybody) {
  Lead();
  now_ += seconds(3600);
  EXPECT_TRUE(Silent());
  EXPECT_EQ(machine_->role(), LeaseRole::kLost);
}

TEST_F(LeaseMachineTest, ALeaderThatWasStoppedInTheMiddleOfARenewalHasLostItToo) {
  Lead();
  now_ += seconds(2);
  Call();
  now_ += seconds(10);
  Answer(Fails(Result::kConflict));
  EXPECT_TRUE(Silent());  // no read and no second try
  EXPECT_EQ(machine_->role(), LeaseRole::kLost);
}

TEST_F(LeaseMachineTest, ALeaderThatReadsAnotherHolderHasLostItAtOnce) {
  for (const char* holder : {"other", ""}) {
    machine_.emplace(LeaseTimes{}, kMe, 1);
    Lead();
    now_ += seconds(2);
    Call();
    Answer(Fails(Result::kConflict));
    Call();
    Answer(Shows(HeldBy(holder, 1)));
    EXPECT_EQ(machine_->role(), LeaseRole::kLost) << holder;
    EXPECT_TRUE(Silent());
  }
}

TEST_F(LeaseMachineTest, ALeaseThatWasDeletedUnderALeaderIsCreatedAnew) {
  Lead();
  now_ += seconds(2);
  Call();
  Answer(Fails(Result::kNotFound));
  Call();
  Answer(Fails(Result::kNotFound));
  EXPECT_EQ(Call().verb, Verb::kCreate);
}

TEST_F(LeaseMachineTest, AnAcquisitionWhoseAnswerWasLostIsFinishedByTheNextTry) {
  Call();
  Answer(Shows(HeldBy("", 1)));
  const LeaseRecord ours = Call().lease.record;
  Answer(Fails(Result::kFailed));
  EXPECT_EQ(machine_->role(), LeaseRole::kStandby);
  now_ = machine_->wake_at();
  EXPECT_EQ(Call().verb, Verb::kRead);
  Answer(Shows(ours));
  const LeaseRecord written = Accept();
  EXPECT_EQ(written.transitions, ours.transitions);  // not counted twice
  EXPECT_EQ(written.acquire_time, ours.acquire_time);
  EXPECT_EQ(machine_->role(), LeaseRole::kLeader);
}

TEST_F(LeaseMachineTest, AnAcquisitionThatIsAnsweredAfterItsOwnDeadlineDoesNotMakeALeader) {
  Call();
  Answer(Shows(HeldBy("", 1)));
  const LeaseRecord ours = Call().lease.record;
  now_ += seconds(10);
  Answer(Shows(ours));
  EXPECT_EQ(machine_->role(), LeaseRole::kStandby);
}

TEST_F(LeaseMachineTest, CallsEndInTimeForASecondTryAndNeverAfterTheDeadline) {
  EXPECT_EQ(Call().deadline, seconds(5));
  Answer(Fails(Result::kNotFound));
  Accept();
  now_ += seconds(8);
  EXPECT_EQ(Call().deadline, seconds(2));
}

TEST_F(LeaseMachineTest, ALeaderGivesTheLeaseBackEmptyAndShort) {
  Lead();
  now_ += seconds(1);
  machine_->Release();
  EXPECT_EQ(machine_->role(), LeaseRole::kReleasing);
  EXPECT_EQ(Call().verb, Verb::kRead);
  Answer(Shows(HeldBy(kMe, 1)));
  const LeaseRecord written = Accept();
  EXPECT_EQ(written.holder, "");
  EXPECT_EQ(written.duration_seconds, 1);
  EXPECT_EQ(written.transitions, 7);
  EXPECT_EQ(machine_->role(), LeaseRole::kReleased);
  EXPECT_TRUE(Silent());
}

TEST_F(LeaseMachineTest, WhatSomebodyElseHoldsByNowIsNotGivenBack) {
  Lead();
  machine_->Release();
  Call();
  Answer(Shows(HeldBy("other", 1)));
  EXPECT_EQ(machine_->role(), LeaseRole::kReleased);
  EXPECT_TRUE(Silent());
}

TEST_F(LeaseMachineTest, AReleaseThatFailsIsNotRepeated) {
  for (const bool at_read : {true, false}) {
    machine_.emplace(LeaseTimes{}, kMe, 1);
    Lead();
    machine_->Release();
    Call();
    if (!at_read) {
      Answer(Shows(HeldBy(kMe, 1)));
      Call();
    }
    Answer(Fails(Result::kNotFound));
    EXPECT_EQ(machine_->role(), LeaseRole::kReleased);
    EXPECT_EQ(machine_->problem(), "it failed");
    EXPECT_TRUE(Silent());
  }
}

TEST_F(LeaseMachineTest, AStandbyHasNothingToGiveBackAndALoserNeither) {
  machine_->Release();
  EXPECT_EQ(machine_->role(), LeaseRole::kReleased);
  EXPECT_TRUE(Silent());

  machine_.emplace(LeaseTimes{}, kMe, 1);
  Lead();
  now_ += seconds(10);
  EXPECT_TRUE(Silent());
  machine_->Release();
  EXPECT_EQ(machine_->role(), LeaseRole::kLost);
  EXPECT_TRUE(Silent());
}

TEST_F(LeaseMachineTest, TheCountOfChangesStaysWithinItsType) {
  LeaseRecord record = HeldBy("", 1);
  record.transitions = std::numeric_limits<std::int32_t>::max();
  Call();
  Answer(Shows(record));
  EXPECT_EQ(Accept().transitions, std::numeric_limits<std::int32_t>::max());
}

std::string ErrorOf(Duration lease, Duration renew, Duration retry) {
  return std::string(MessageOf(CheckLeaseTimes({lease, renew, retry})));
}

TEST(LeaseTimes, ClientGosRulesAndMustersOwnAreChecked) {
  EXPECT_EQ(ErrorOf(seconds(15), seconds(10), seconds(2)), "");
  EXPECT_EQ(ErrorOf(seconds(6), seconds(2), milliseconds(500)), "");
  EXPECT_THAT(ErrorOf(seconds(15), seconds(10), seconds(0)),
              HasSubstr("retryPeriod 0s; allowed: more than 0"));
  EXPECT_THAT(ErrorOf(seconds(15), milliseconds(2400), seconds(2)),
              HasSubstr("renewDeadline 2.4s; allowed: more than 1.2 times retryPeriod, 2.4s"));
  EXPECT_EQ(ErrorOf(seconds(15), milliseconds(2401), seconds(2)), "");
  EXPECT_THAT(ErrorOf(seconds(13), seconds(10), seconds(2)),
              HasSubstr("leaseDuration 13s; allowed: renewDeadline and 4s, 14s, or more"));
  EXPECT_EQ(ErrorOf(seconds(14), seconds(10), seconds(2)), "");
  EXPECT_THAT(ErrorOf(milliseconds(15'500), seconds(10), seconds(2)), HasSubstr("whole seconds"));
}

}  // namespace
}  // namespace muster::kube
