#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/simulation/cluster_audit.h"
#include "bench/simulation/decision_audit.h"
#include "bench/simulation/event_queue.h"
#include "bench/simulation/random.h"
#include "bench/simulation/scheduler.h"
#include "bench/simulation/scheduler_process.h"
#include "bench/simulation/simulated_api.h"
#include "bench/simulation/simulated_kubelets.h"
#include "bench/simulation/simulated_spark.h"

namespace muster::bench {

struct WorldOptions {
  std::uint64_t seed = 1;
  ProcessOptions process;
  KubeletOptions kubelet;
  SchedulerFactory scheduler;
  /// Whether the scheduler is Muster, whose promises are checked.
  bool audited = true;
  std::string scheduler_name = "muster";
  Duration gang_timeout = std::chrono::minutes(30);
};

/// A whole cluster in virtual time: API server, kubelets, Spark, a scheduler's process that can be
/// killed and started again, and the audits that watch it. The same options and the same calls give
/// the same history, to the byte. Threading: one thread. Cost: a few microseconds for each event.
class SimulatedWorld : private StepObserver {
 public:
  explicit SimulatedWorld(WorldOptions options);
  ~SimulatedWorld() override = default;
  SimulatedWorld(const SimulatedWorld&) = delete;
  SimulatedWorld& operator=(const SimulatedWorld&) = delete;

  EventQueue& queue() { return queue_; }
  SimulatedApi& api() { return api_; }
  SimulatedSpark& spark() { return spark_; }
  Random& random() { return random_; }

  /// Adds a node with room for 110 pods.
  void AddNode(const std::string& name, std::int64_t cpus, std::int64_t memory_gibibytes);
  /// Another scheduler binds a pod of its own to `node` at once. False, and nothing is done, when
  /// the node does not exist or has no room for it: the stranger sees the cluster as it is.
  bool BindStranger(const std::string& name, const std::string& node, const Quantity& cpu,
                    std::int32_t priority = 0, const api::StringMap& labels = {});

  void StartScheduler();
  void KillScheduler();
  /// The scheduler's watches have expired: it hears of everything again.
  void Relist();
  /// Faults for this and every later process.
  void SetFaultHook(FaultHook hook);
  void SetStepObserver(StepObserver* observer) { step_observer_ = observer; }

  /// Lets time pass.
  void RunFor(Duration duration);
  /// Lets time pass until `holds`, at most `limit`. Returns whether it holds.
  bool RunUntil(const std::function<bool()>& holds, Duration limit);

  /// Virtual time since the start.
  Duration elapsed() const { return queue_.now() - start_; }
  /// What must never happen and did; empty for a correct scheduler.
  const std::vector<std::string>& violations() const { return violations_; }
  const std::vector<std::string>& overcommits() const { return cluster_audit_.overcommits(); }
  const std::vector<std::string>& rejections() const { return kubelets_.rejections(); }
  /// A line of the effect log: what happens to the world, beside what Muster does.
  void Note(const std::string& what);
  /// Every effect with its time, one line each.
  const std::string& effect_log() const { return effect_log_; }

 private:
  void OnStep(Time now, const core::StepResult& result) override;

  WorldOptions options_;
  Time start_;
  EventQueue queue_;
  Random random_;
  SimulatedApi api_;
  SimulatedKubelets kubelets_;
  SimulatedSpark spark_;
  std::vector<std::string> violations_;
  ClusterAudit cluster_audit_;
  FaultHook fault_hook_;
  StepObserver* step_observer_ = nullptr;
  std::string effect_log_;
  /// One for each process; the last one may be alive.
  std::vector<std::unique_ptr<DecisionAudit>> decision_audits_;
  std::vector<std::unique_ptr<SchedulerProcess>> processes_;
};

}  // namespace muster::bench
