#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "scheduler/base/status.h"
#include "scheduler/core/scheduler_core.h"
#include "scheduler/http/status_server.h"
#include "scheduler/kube/credentials.h"
#include "scheduler/kube/dispatcher.h"
#include "scheduler/kube/event_queue.h"
#include "scheduler/kube/leader_elector.h"
#include "scheduler/kube/reflector.h"
#include "scheduler/kube/write_fence.h"
#include "scheduler/runtime/configuration.h"
#include "scheduler/runtime/core_loop.h"
#include "scheduler/runtime/health.h"
#include "scheduler/runtime/runtime_clock.h"

namespace muster::runtime {

/// The running scheduler: who owns which thread and queue.
///
///   reflector (a thread per resource) --+
///                                       +--> EventQueue --> core thread --effects--> dispatcher
///   dispatcher (one thread) --outcomes--+
///   status server (a few threads) reads figures only
///   elector (one thread) holds the lease, and with it the fence of the dispatcher's writes open
///
/// With leader election the reflectors keep the core informed from the start, but it is told that
/// they are synced, and so decides, only when this process leads and everything up to the moment it
/// began to was shown.
/// An API server that cannot be reached does not end it: it goes on trying, and /readyz says why.
/// Threading: create and destroy on one thread.
class Daemon {
 public:
  /// Called on another thread when others may lead; writes are held back already. The process
  /// should end.
  using LeaseLost = std::function<void(const std::string& why)>;

  /// Starts everything. Errors: Unavailable when the status server cannot listen.
  static StatusOr<std::unique_ptr<Daemon>> Start(Configuration configuration,
                                                 kube::ClusterAccess access, LeaseLost lease_lost);
  /// Stops the watches and the core, waits up to 5 s for calls in flight, then gives the lease back
  /// if no write can take effect any more.
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// The port of the status server.
  int port() const { return status_server_->port(); }

 private:
  Daemon(Configuration configuration, kube::ClusterAccess access);
  CoreLoopParts PartsOfLoop();
  void AddReflector(kube::WatchedResource resource);
  void CreateElector();
  Status Listen();
  std::vector<WatchHealth> Watches() const;
  std::optional<ElectionHealth> Election() const;
  http::ProbeAnswer Live() const;
  http::ProbeAnswer Ready() const;
  std::string Metrics() const;

  // Destroyed from the last to the first: nobody calls what is already gone.
  const Configuration configuration_;
  const kube::ClusterAccess access_;
  const RuntimeClock clock_;
  kube::TokenSource tokens_;
  kube::EventQueue queue_;
  kube::WriteFence fence_;
  kube::Dispatcher dispatcher_;
  core::SchedulerCore core_;
  CoreLoop loop_;
  std::jthread core_thread_;
  std::vector<std::unique_ptr<kube::Reflector>> reflectors_;
  std::unique_ptr<kube::LeaderElector> elector_;  // none without leader election
  std::unique_ptr<http::StatusServer> status_server_;
};

}  // namespace muster::runtime
