#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "scheduler/kube/credentials.h"
#include "scheduler/kube/http_transport.h"
#include "scheduler/kube/lease_machine.h"
#include "scheduler/kube/write_fence.h"

namespace muster::kube {

struct LeaderElectorOptions {
  LeaseTimes times;
  api::NamespacedName lease;
  std::string identity;    // of this process alone
  std::uint64_t seed = 0;  // of the jitter
};

/// What the elector tells, on its thread.
struct LeaderCallbacks {
  std::function<void()> on_leading;  // once
  /// The end: others may lead. The fence is closed.
  std::function<void(const std::string& why)> on_lost;
};

struct LeaderStatistics {
  LeaseRole role = LeaseRole::kStandby;
  std::string holder;       // as last seen; "" is nobody or not known
  std::string problem;      // why the last try failed; else empty
  bool in_contact = false;  // the last try read or wrote the Lease
  std::int32_t transitions = 0;
  std::uint64_t writes = 0;  // acquisitions and renewals
  std::uint64_t failed_tries = 0;
  Time leads_until{};
};

/// Carries out what a LeaseMachine asks for, and keeps the fence open for as long as it leads.
/// One thread and one connection of its own, so that no other call can hold up a renewal.
/// Threading: create, Stop and destroy on one thread; Statistics from any.
class LeaderElector {
 public:
  /// Borrows `access`, `tokens` and `fence`; `now` as in WriteFence.
  LeaderElector(const ClusterAccess& access, TokenSource& tokens, WriteFence& fence,
                std::function<Time()> now, LeaderElectorOptions options);
  /// Ends without giving the Lease back, unless Stop was called.
  ~LeaderElector();
  LeaderElector(const LeaderElector&) = delete;
  LeaderElector& operator=(const LeaderElector&) = delete;

  void Start(LeaderCallbacks callbacks);
  /// Closes the fence and ends. With `give_back` a leader empties the Lease first, so that another
  /// leads within a retry period: only when none of its writes can still take effect.
  void Stop(bool give_back);
  LeaderStatistics Statistics() const;
  const LeaderElectorOptions& options() const { return options_; }

 private:
  void Run(const std::stop_token& stop);
  void GiveBack();
  LeaseAnswer Make(const LeaseCall& call, const std::stop_token& stop);
  void NoteRole();
  void LogStandby();
  void Publish(const LeaseAnswer* answer);
  void Wait(const std::stop_token& stop);

  const LeaderElectorOptions options_;
  TokenSource& tokens_;
  WriteFence& fence_;
  const std::function<Time()> now_;
  HttpStream stream_;
  LeaseMachine machine_;
  LeaderCallbacks callbacks_;
  LeaseRole noted_role_ = LeaseRole::kStandby;
  std::string logged_;
  mutable std::mutex mutex_;
  std::condition_variable_any stopped_;
  LeaderStatistics statistics_;  // guarded by mutex_
  std::jthread thread_;          // last: ended before the rest is destroyed
};

}  // namespace muster::kube
