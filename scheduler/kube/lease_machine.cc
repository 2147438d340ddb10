#include "scheduler/kube/lease_machine.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace muster::kube {
namespace {

using std::chrono::seconds;
using Verb = LeaseCall::Verb;
using Result = LeaseAnswer::Result;

// client-go's JitterFactor.
constexpr std::int64_t kJitterPercent = 120;
constexpr Duration kWriteDeadline = seconds(3);  // ?timeout=3s of every write
constexpr Duration kWriteOnItsWay = seconds(1);
constexpr Duration kReleasedDuration = seconds(1);
// client-go's clients of leases give up after half of the deadline, so that a second try is left.
constexpr Duration kShortestCall = seconds(1);

}  // namespace

Status CheckLeaseTimes(const LeaseTimes& times) {
  const auto text = [](Duration duration) { return FormatDuration(duration); };
  if (times.retry_period <= Duration::zero()) {
    return InvalidArgumentError("retryPeriod " + text(times.retry_period) +
                                "; allowed: more than 0");
  }
  const Duration longest_retry = times.retry_period * kJitterPercent / 100;
  if (times.renew_deadline <= longest_retry) {
    return InvalidArgumentError("renewDeadline " + text(times.renew_deadline) +
                                "; allowed: more than 1.2 times retryPeriod, " +
                                text(longest_retry));
  }
  if (times.lease_duration % seconds(1) != Duration::zero()) {
    return InvalidArgumentError("leaseDuration " + text(times.lease_duration) +
                                "; allowed: whole seconds, as a Lease holds no others");
  }
  const Duration shortest = times.renew_deadline + kWriteDeadline + kWriteOnItsWay;
  if (times.lease_duration < shortest) {
    return InvalidArgumentError("leaseDuration " + text(times.lease_duration) +
                                "; allowed: renewDeadline and 4s, " + text(shortest) +
                                ", or more, so that the last write of a leader is over before "
                                "another one leads");
  }
  if (times.lease_duration > seconds(std::numeric_limits<std::int32_t>::max())) {
    return InvalidArgumentError("leaseDuration " + text(times.lease_duration) + " is too long");
  }
  return OkStatus();
}

LeaseMachine::LeaseMachine(const LeaseTimes& times, std::string identity, std::uint64_t seed)
    : times_(times), identity_(std::move(identity)), random_(seed) {}

Time LeaseMachine::ExpiresAt() const {
  return observed_at_ + seconds(observed_.record.duration_seconds);
}

std::optional<LeaseCall> LeaseMachine::Next(Time now) {
  if (role_ == LeaseRole::kLeader && now >= leads_until_) {
    Lose("not renewed for " + FormatDuration(times_.renew_deadline) +
         (problem_.empty() ? "" : ": " + problem_));
  }
  if (role_ == LeaseRole::kLost || role_ == LeaseRole::kReleased || now < wake_at_) {
    return std::nullopt;
  }
  if (step_ == Step::kNone) BeginTry(now);
  call_began_ = now;
  return CallFor(step_, now);
}

void LeaseMachine::BeginTry(Time now) {
  try_began_ = now;
  const bool known = role_ == LeaseRole::kLeader && IsOurs() && ExpiresAt() > now;
  step_ = known ? Step::kRenewKnown : Step::kRead;
}

LeaseCall LeaseMachine::CallFor(Step step, Time now) const {
  LeaseCall call;
  call.deadline = std::max(times_.renew_deadline / 2, kShortestCall);
  // Whatever comes later than that cannot save the Lease.
  if (role_ == LeaseRole::kLeader) call.deadline = std::min(call.deadline, leads_until_ - now);
  if (step == Step::kRead) return call;
  call.verb = step == Step::kCreate ? Verb::kCreate : Verb::kUpdate;
  call.lease = {RecordToWrite(now), observed_.metadata};
  return call;
}

LeaseRecord LeaseMachine::RecordToWrite(Time now) const {
  LeaseRecord record;
  record.renew_time = FormatRfc3339Micro(now);
  record.acquire_time = record.renew_time;
  record.transitions = observed_.record.transitions;
  if (role_ == LeaseRole::kReleasing) {
    record.duration_seconds = static_cast<std::int32_t>(kReleasedDuration / seconds(1));
    return record;
  }
  record.holder = identity_;
  record.duration_seconds = static_cast<std::int32_t>(times_.lease_duration / seconds(1));
  if (step_ == Step::kCreate) {
    record.transitions = 0;
  } else if (IsOurs()) {
    record.acquire_time = observed_.record.acquire_time;
  } else if (record.transitions < std::numeric_limits<std::int32_t>::max()) {
    ++record.transitions;
  }
  return record;
}

void LeaseMachine::OnAnswer(const LeaseAnswer& answer, Time now) {
  if (step_ == Step::kRead) {
    OnRead(answer, now);
  } else {
    OnWritten(answer, now);
  }
}

void LeaseMachine::OnRead(const LeaseAnswer& answer, Time now) {
  if (answer.result == Result::kNotFound && role_ != LeaseRole::kReleasing) {
    observed_ = {};
    step_ = Step::kCreate;
    return;
  }
  if (answer.result != Result::kOk) {
    FailTry(answer.problem, now);
    return;
  }
  Observe(*answer.lease, now);
  const std::string& holder = observed_.record.holder;
  if (!IsOurs() && role_ == LeaseRole::kReleasing) {
    role_ = LeaseRole::kReleased;  // there is nothing of ours to give back
  } else if (!IsOurs() && role_ == LeaseRole::kLeader) {
    Lose(holder.empty() ? "somebody released it" : "it is now held by " + holder);
  } else if (IsOurs() || holder.empty() || ExpiresAt() <= try_began_) {
    step_ = Step::kUpdate;
  } else {
    FailTry({}, now);
    // Once it has run out there is nothing to wait for.
    wake_at_ = std::min(wake_at_, ExpiresAt());
  }
}

void LeaseMachine::OnWritten(const LeaseAnswer& answer, Time now) {
  if (answer.result != Result::kOk) {
    if (step_ == Step::kRenewKnown) {
      step_ = Step::kRead;  // the version may be an old one: in the same try with one just read
    } else {
      FailTry(answer.problem, now);
    }
    return;
  }
  Observe(*answer.lease, now);
  step_ = Step::kNone;
  problem_.clear();
  if (role_ == LeaseRole::kReleasing) {
    role_ = LeaseRole::kReleased;
    return;
  }
  leads_until_ = call_began_ + times_.renew_deadline;
  wake_at_ = now + times_.retry_period;
  // Of an answer that took as long as that, nothing follows.
  if (now < leads_until_) role_ = LeaseRole::kLeader;
}

void LeaseMachine::Observe(const Lease& lease, Time now) {
  if (lease.record != observed_.record) observed_at_ = now;
  observed_ = lease;
}

void LeaseMachine::FailTry(const std::string& problem, Time now) {
  step_ = Step::kNone;
  problem_ = problem;
  if (role_ == LeaseRole::kReleasing) {
    role_ = LeaseRole::kReleased;  // it runs out by itself
    return;
  }
  wake_at_ = now + times_.retry_period;
  if (role_ == LeaseRole::kLeader) {
    wake_at_ = std::min(wake_at_, leads_until_);
    return;
  }
  std::uniform_int_distribution<std::int64_t> jitter(
      0, times_.retry_period.count() * kJitterPercent / 100);
  wake_at_ += Duration(jitter(random_));
}

void LeaseMachine::Lose(const std::string& why) {
  role_ = LeaseRole::kLost;
  problem_ = why;
}

void LeaseMachine::Release() {
  if (role_ == LeaseRole::kLost) return;
  role_ = role_ == LeaseRole::kLeader ? LeaseRole::kReleasing : LeaseRole::kReleased;
  step_ = Step::kNone;
  wake_at_ = Time{};
}

}  // namespace muster::kube
