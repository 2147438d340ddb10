#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/simulation/decision_audit.h"
#include "bench/simulation/event_queue.h"
#include "bench/simulation/random.h"
#include "bench/simulation/scheduler.h"
#include "bench/simulation/simulated_api.h"
#include "bench/simulation/simulated_client.h"

namespace muster::bench {

struct ProcessOptions {
  ClientOptions client;
  /// From a change to the moment the scheduler hears of it. Changes of one kind keep their order;
  /// pods and nodes may overtake each other, as their watches do.
  DelayRange watch_latency{std::chrono::milliseconds(1), std::chrono::milliseconds(20)};
  /// How long events are gathered before a Step.
  Duration batch_delay = std::chrono::milliseconds(1);
};

/// Hears of every Step, for logs and timelines.
class StepObserver {
 public:
  virtual ~StepObserver() = default;
  virtual void OnStep(Time now, const core::StepResult& result) = 0;
};

/// One life of the scheduler's process: lists, then watches, steps the scheduler, carries out its
/// effects; until it is killed. Stays allocated afterwards, since what it sent may still arrive.
class SchedulerProcess : public ApiObserver {
 public:
  struct World {
    EventQueue& queue;
    SimulatedApi& api;
    Random& random;
  };

  /// `audit` may be null. Borrows everything but the scheduler.
  SchedulerProcess(World world, const ProcessOptions& options, std::unique_ptr<Scheduler> scheduler,
                   StepObserver& step_observer, DecisionAudit* audit);

  void SetFaultHook(FaultHook hook) { client_.SetFaultHook(std::move(hook)); }
  /// Lists what exists, then follows the changes.
  void Start();
  void Kill();
  /// Tells of everything that exists again, in the order of the changes that are on their way.
  void Relist();
  /// Nothing is in flight, on its way or waiting for a Step. A timer may still be set.
  bool IsIdle() const;

  void OnPodChanged(const api::Pod* before, const api::Pod& after) override;
  void OnPodDeleted(const api::Pod& pod) override;
  void OnNodeChanged(const api::Node& node) override;
  void OnNodeDeleted(const api::Node& node) override;

 private:
  /// Delivers the event after the watch's latency, behind the earlier ones of its kind.
  void Deliver(core::ResourceKind kind, core::Event event);
  void Receive(core::Event event);
  void RunStep();
  void SetTimer(Time time);

  World world_;
  ProcessOptions options_;
  SimulatedClient client_;
  std::unique_ptr<Scheduler> scheduler_;
  StepObserver& step_observer_;
  DecisionAudit* audit_;

  bool alive_ = false;
  bool step_is_due_ = false;
  std::int64_t deliveries_on_their_way_ = 0;
  std::vector<core::Event> inbox_;
  std::optional<Time> timer_;
  Time last_pod_delivery_{};
  Time last_node_delivery_{};
  Time last_step_{};
  std::int64_t steps_at_this_time_ = 0;
};

}  // namespace muster::bench
