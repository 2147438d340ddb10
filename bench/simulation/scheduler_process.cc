#include "bench/simulation/scheduler_process.h"

#include <algorithm>
#include <utility>

#include "scheduler/base/check.h"

namespace muster::bench {
namespace {

/// A scheduler that asks to be woken in the past again and again would stop virtual time.
constexpr std::int64_t kStepsAtOneTimeMax = 1000;

}  // namespace

SchedulerProcess::SchedulerProcess(World world, const ProcessOptions& options,
                                   std::unique_ptr<Scheduler> scheduler,
                                   StepObserver& step_observer, DecisionAudit* audit)
    : world_(world),
      options_(options),
      client_(world.queue, world.api, world.random, options.client),
      scheduler_(std::move(scheduler)),
      step_observer_(step_observer),
      audit_(audit) {}

void SchedulerProcess::Start() {
  alive_ = true;
  world_.api.Attach(*this);
  Relist();
  Deliver(core::ResourceKind::kNode, core::ResourceSynced{core::ResourceKind::kNode});
  Deliver(core::ResourceKind::kPod, core::ResourceSynced{core::ResourceKind::kPod});
  // The simulated cluster has none of the others.
  for (const core::ResourceKind kind : core::AllResourceKinds()) {
    if (kind == core::ResourceKind::kPod || kind == core::ResourceKind::kNode) continue;
    Receive(core::ResourceSynced{kind});
  }
}

void SchedulerProcess::Relist() {
  for (const auto& [name, node] : world_.api.nodes()) OnNodeChanged(node);
  for (const auto& [name, pod] : world_.api.pods()) {
    if (!api::IsTerminal(pod)) Deliver(core::ResourceKind::kPod, core::PodObserved{pod});
  }
}

void SchedulerProcess::Kill() {
  alive_ = false;
  world_.api.Detach(*this);
  client_.Stop();
  inbox_.clear();
  scheduler_.reset();
}

bool SchedulerProcess::IsIdle() const {
  return !alive_ ||
         (deliveries_on_their_way_ == 0 && !step_is_due_ && client_.calls_in_flight() == 0);
}

void SchedulerProcess::OnPodChanged(const api::Pod* before, const api::Pod& after) {
  // The field selector leaves out terminal pods: one that becomes terminal looks deleted.
  if (!api::IsTerminal(after)) {
    Deliver(core::ResourceKind::kPod, core::PodObserved{after});
  } else if (before != nullptr && !api::IsTerminal(*before)) {
    Deliver(core::ResourceKind::kPod,
            core::PodGone{api::NameOf(after.metadata), after.metadata.uid});
  }
}

void SchedulerProcess::OnPodDeleted(const api::Pod& pod) {
  if (api::IsTerminal(pod)) return;
  Deliver(core::ResourceKind::kPod, core::PodGone{api::NameOf(pod.metadata), pod.metadata.uid});
}

void SchedulerProcess::OnNodeChanged(const api::Node& node) {
  Deliver(core::ResourceKind::kNode, core::NodeObserved{node});
}

void SchedulerProcess::OnNodeDeleted(const api::Node& node) {
  Deliver(core::ResourceKind::kNode, core::NodeGone{node.metadata.name});
}

void SchedulerProcess::Deliver(core::ResourceKind kind, core::Event event) {
  Time& last = kind == core::ResourceKind::kPod ? last_pod_delivery_ : last_node_delivery_;
  last = std::max(last, world_.queue.now() + world_.random.Draw(options_.watch_latency));
  ++deliveries_on_their_way_;
  world_.queue.At(last, [this, event = std::move(event)]() mutable {
    --deliveries_on_their_way_;
    Receive(std::move(event));
  });
}

void SchedulerProcess::Receive(core::Event event) {
  if (!alive_) return;
  inbox_.push_back(std::move(event));
  if (step_is_due_) return;
  step_is_due_ = true;
  world_.queue.After(options_.batch_delay, [this] { RunStep(); });
}

void SchedulerProcess::RunStep() {
  step_is_due_ = false;
  if (!alive_) return;
  const Time now = world_.queue.now();
  steps_at_this_time_ = now == last_step_ ? steps_at_this_time_ + 1 : 0;
  last_step_ = now;
  MUSTER_CHECK(steps_at_this_time_ < kStepsAtOneTimeMax, "the scheduler never comes to rest");

  const std::vector<core::Event> events = std::exchange(inbox_, {});
  const core::StepResult result = scheduler_->Step(now, events);
  step_observer_.OnStep(now, result);
  if (audit_ != nullptr) audit_->OnStep(now, events, result.effects);
  for (const core::Effect& effect : result.effects) {
    client_.Execute(effect, [this](core::Event answer) { Receive(std::move(answer)); });
  }
  timer_.reset();
  if (result.wake_at) SetTimer(std::max(*result.wake_at, now));
}

void SchedulerProcess::SetTimer(Time time) {
  timer_ = time;
  world_.queue.At(time, [this, time] {
    // Every Step says anew when it wants to be woken.
    if (timer_ == time && !step_is_due_) RunStep();
  });
}

}  // namespace muster::bench
