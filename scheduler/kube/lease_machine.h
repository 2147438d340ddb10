#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "scheduler/base/time.h"
#include "scheduler/kube/lease.h"

namespace muster::kube {

/// Names and defaults are those of kube-scheduler's leaderElection.
struct LeaseTimes {
  Duration lease_duration = std::chrono::seconds(15);
  Duration renew_deadline = std::chrono::seconds(10);
  Duration retry_period = std::chrono::seconds(2);
};

/// client-go's rules (lease_duration > renew_deadline > 1.2 x retry_period > 0), and two of
/// Muster's: whole seconds, because a Lease cannot say less, and lease_duration at least 4 s beyond
/// renew_deadline, so that the last write is over before anybody else may lead: the server drops it
/// after 3 s, and 1 s is for its way. Errors: InvalidArgument.
Status CheckLeaseTimes(const LeaseTimes& times);

/// A call about the Lease, to be made at once.
struct LeaseCall {
  enum class Verb { kRead, kCreate, kUpdate };
  Verb verb = Verb::kRead;
  Lease lease;  // what to write
  Duration deadline{};
};

enum class LeaseRole {
  kStandby,
  kLeader,
  kReleasing,  // has stopped leading and gives the Lease back
  kReleased,   // the end, after a release or an attempt at one
  kLost,       // the end: others may lead
};

/// Decides what a replica asks of the Lease and whether it leads: time and answers in, calls out.
///
///   Standby --free, expired, or ours--> Leader --not renewed in time, another's--> Lost
///      |                                  | Release
///      +--Release--> Released <-----------+-- Releasing
///
/// A leader renews every retry_period: at first with the version it knows, then, if that failed,
/// with one just read. A standby reads every retry_period plus up to 1.2 times as much at random,
/// and when the Lease runs out. It has run out when it did not change for its own duration since
/// this process first saw it as it is: clocks of other machines never matter, only their rates.
/// Source: client-go tools/leaderelection. Stricter in what must not go wrong: a leader counts its
/// deadline from the *start* of the last renewal that succeeded, and gives up at once when it reads
/// another holder.
/// `now` never goes back and counts the time that the machine is suspended. Threading: one thread.
class LeaseMachine {
 public:
  /// `identity` is this process's alone. `seed` only spreads out retries.
  LeaseMachine(const LeaseTimes& times, std::string identity, std::uint64_t seed);

  /// The call to make now, whose answer must come before the next; nothing before wake_at().
  std::optional<LeaseCall> Next(Time now);
  void OnAnswer(const LeaseAnswer& answer, Time now);
  /// No write of this process is on its way any more: the Lease may be given back. Not while a call
  /// is being made.
  void Release();

  LeaseRole role() const { return role_; }
  Time wake_at() const { return wake_at_; }
  /// Of a leader: from then on others may lead.
  Time leads_until() const { return leads_until_; }
  const LeaseRecord& observed() const { return observed_.record; }
  /// Why the last try brought nothing; empty when all is well.
  const std::string& problem() const { return problem_; }

 private:
  /// What the next call is for; kNone: a new try begins at wake_at_.
  enum class Step { kNone, kRead, kCreate, kRenewKnown, kUpdate };

  void BeginTry(Time now);
  LeaseCall CallFor(Step step, Time now) const;
  LeaseRecord RecordToWrite(Time now) const;
  void OnRead(const LeaseAnswer& answer, Time now);
  void OnWritten(const LeaseAnswer& answer, Time now);
  void Observe(const Lease& lease, Time now);
  void FailTry(const std::string& problem, Time now);
  void Lose(const std::string& why);
  bool IsOurs() const { return observed_.record.holder == identity_; }
  Time ExpiresAt() const;

  const LeaseTimes times_;
  const std::string identity_;
  std::mt19937_64 random_;
  LeaseRole role_ = LeaseRole::kStandby;
  Step step_ = Step::kNone;
  Lease observed_;
  Time observed_at_{};  // when observed_.record was first seen as it is
  Time try_began_{};
  Time call_began_{};
  Time wake_at_{};
  Time leads_until_{};
  std::string problem_;
};

}  // namespace muster::kube
