#include "bench/simulation/simulated_world.h"

#include <utility>

#include "bench/simulation/effect_text.h"
#include "scheduler/base/check.h"

namespace muster::bench {
namespace {

/// 2026-01-01T00:00:00Z.
constexpr Time kStart{std::chrono::seconds(1'767'225'600)};

Quantity Gibibytes(std::int64_t count) {
  return Quantity::FromUnits(Mebibytes(count * 1024).value, Quantity::Form::kBinary);
}

ClusterAudit::ExecutorCount CountFrom(const SimulatedSpark& spark) {
  return [&spark](const api::Pod& driver) -> std::optional<std::int64_t> {
    const std::optional<spark::Shape> shape = spark.ShapeOf(driver);
    if (!shape) return std::nullopt;
    std::int64_t count = 0;
    for (const spark::ExecutorSet& set : shape->executor_sets) count += set.count;
    return count;
  };
}

}  // namespace

SimulatedWorld::SimulatedWorld(WorldOptions options)
    : options_(std::move(options)),
      start_(kStart),
      queue_(kStart),
      random_(options_.seed),
      api_(queue_),
      kubelets_(queue_, api_, random_, options_.kubelet),
      spark_(queue_, api_),
      cluster_audit_(queue_, api_, CountFrom(spark_), violations_) {
  if (options_.audited) api_.Attach(cluster_audit_);
  api_.Attach(kubelets_);
  api_.Attach(spark_);
}

void SimulatedWorld::AddNode(const std::string& name, std::int64_t cpus,
                             std::int64_t memory_gibibytes) {
  api::Node node;
  node.metadata.name = name;
  node.metadata.labels = {{"kubernetes.io/hostname", name}};
  node.allocatable = {{"cpu", Quantity::FromUnits(cpus)},
                      {"memory", Gibibytes(memory_gibibytes)},
                      {"pods", Quantity::FromUnits(110)}};
  api_.ApplyNode(std::move(node));
}

bool SimulatedWorld::BindStranger(const std::string& name, const std::string& node,
                                  const Quantity& cpu, std::int32_t priority,
                                  const api::StringMap& labels) {
  if (api_.FindNode(node) == nullptr) return false;
  api::Pod pod;
  pod.metadata.name = name;
  pod.metadata.namespace_name = "strangers";
  pod.metadata.labels = labels;
  pod.spec.priority = priority;
  pod.spec.scheduler_name = "default-scheduler";
  pod.spec.node_name = node;
  api::Container container;
  container.name = "main";
  container.resources.requests = {{"cpu", cpu}};
  pod.spec.containers = {std::move(container)};
  if (!HasRoomFor(api_, pod)) return false;

  pod.spec.node_name.clear();
  const api::Pod& created = api_.CreatePod(std::move(pod));
  const core::BindPod binding{.call = 0,
                              .pod = api::NameOf(created.metadata),
                              .uid = created.metadata.uid,
                              .node = node,
                              .annotations = {}};
  return api_.Bind(binding).result == core::CallResult::kOk;
}

void SimulatedWorld::StartScheduler() {
  DecisionAudit* audit = nullptr;
  if (options_.audited) {
    decision_audits_.push_back(std::make_unique<DecisionAudit>(options_.scheduler_name,
                                                               options_.gang_timeout, violations_));
    audit = decision_audits_.back().get();
  }
  processes_.push_back(std::make_unique<SchedulerProcess>(
      SchedulerProcess::World{queue_, api_, random_}, options_.process, options_.scheduler(),
      static_cast<StepObserver&>(*this), audit));
  processes_.back()->SetFaultHook(fault_hook_);
  processes_.back()->Start();
}

void SimulatedWorld::KillScheduler() {
  MUSTER_CHECK(!processes_.empty(), "no scheduler was started");
  processes_.back()->Kill();
}

void SimulatedWorld::Relist() {
  MUSTER_CHECK(!processes_.empty(), "no scheduler was started");
  processes_.back()->Relist();
}

void SimulatedWorld::SetFaultHook(FaultHook hook) {
  fault_hook_ = std::move(hook);
  if (!processes_.empty()) processes_.back()->SetFaultHook(fault_hook_);
}

void SimulatedWorld::RunFor(Duration duration) {
  RunUntil([] { return false; }, duration);
}

bool SimulatedWorld::RunUntil(const std::function<bool()>& holds, Duration limit) {
  const Time end = queue_.now() + limit;
  while (!holds()) {
    if (queue_.Empty() || queue_.NextTime() > end) {
      queue_.SkipTo(end);
      return holds();
    }
    queue_.RunNext();
  }
  return true;
}

void SimulatedWorld::Note(const std::string& what) {
  effect_log_ += FormatRfc3339Micro(queue_.now()) + " -- " + what + "\n";
}

void SimulatedWorld::OnStep(Time now, const core::StepResult& result) {
  for (const core::Effect& effect : result.effects) {
    effect_log_ += FormatRfc3339Micro(now) + " " + DescribeEffect(effect) + "\n";
  }
  if (step_observer_ != nullptr) step_observer_->OnStep(now, result);
}

}  // namespace muster::bench
