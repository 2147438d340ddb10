#include "scheduler/core/scheduler_core.h"

#include <algorithm>
#include <utility>

#include "scheduler/base/check.h"
#include "scheduler/core/state.h"

namespace muster::core {

SchedulerCore::SchedulerCore(CoreOptions options, framework::Profile profile)
    : state_(std::make_unique<State>(std::move(options), std::move(profile))) {}

SchedulerCore::~SchedulerCore() = default;

StepResult SchedulerCore::Step(Time now, std::span<const Event> events) {
  return state_->Step(now, events);
}

bool SchedulerCore::Synced() const { return state_->Synced(); }

CoreStatistics SchedulerCore::Statistics() const { return state_->Statistics(); }

SchedulerCore::State::State(CoreOptions options, framework::Profile profile)
    : options_(std::move(options)), profile_(std::move(profile)) {}

StepResult SchedulerCore::State::Step(Time now, std::span<const Event> events) {
  MUSTER_CHECK(now >= now_, "time went back");
  now_ = now;
  for (const Event& event : events) {
    std::visit([this](const auto& kind) { On(kind); }, event);
  }
  FollowVolumes();
  FireTimers();
  queue_.ActivateDue(now_);
  if (Synced()) {
    Decide();
    FollowCapacity();
  }

  StepResult result;
  result.effects = std::exchange(effects_, {});
  if (!timers_.empty()) result.wake_at = timers_.begin()->at;
  if (const auto due = queue_.NextDue(); due && (!result.wake_at || *due < *result.wake_at)) {
    result.wake_at = due;
  }
  if (const auto due = hints_.WakeAt(); due && (!result.wake_at || *due < *result.wake_at)) {
    result.wake_at = due;
  }
  return result;
}

void SchedulerCore::State::FireTimers() {
  while (!timers_.empty() && timers_.begin()->at <= now_) {
    const Timer timer = *timers_.begin();
    timers_.erase(timers_.begin());
    Gang* gang = FindGang(timer.uid);
    if (gang == nullptr) continue;
    switch (timer.kind) {
      case TimerKind::kGather:
        if (gang->phase == gang::GangPhase::kGathering) ContinueGathering(*gang);
        break;
      case TimerKind::kResolveBind:
        if (gang->phase == gang::GangPhase::kBinding) ResolveUnknownBind(*gang);
        break;
      case TimerKind::kVolumes:
        if (gang->phase == gang::GangPhase::kBindingVolumes) FollowVolumes(*gang);
        break;
      case TimerKind::kSlots:
        ExpireSlots(*gang);
        break;
      case TimerKind::kReport:
        // Only another attempt can tell what has changed since it was counted.
        if (gang->is_diagnosis_stale && gang->phase == gang::GangPhase::kWaiting) Enqueue(*gang);
        WriteReport(*gang);
        break;
      case TimerKind::kPreempt:
        ContinuePreemption(*gang);
        break;
      case TimerKind::kPatience:
        CapacityGrew();  // who may pass has changed: everybody is worth another look
        break;
    }
  }
}

CallId SchedulerCore::State::NewCall(CallKind kind, const std::string& uid,
                                     const std::string& victim_uid) {
  calls_.emplace(++last_call_, Call{kind, uid, victim_uid});
  return last_call_;
}

CoreStatistics SchedulerCore::State::Statistics() const {
  CoreStatistics statistics = statistics_;
  statistics.stand_ins = hints_.CountStandIns();
  statistics.nodes = model_.Nodes().PresentCount();
  for (const auto& [uid, gang] : gangs_) {
    const bool application = gang.kind == gang::GangKind::kApplication;
    if (application && gang.phase == gang::GangPhase::kGathering) ++statistics.gangs_gathering;
    if (application && gang.phase == gang::GangPhase::kWaiting) ++statistics.gangs_waiting;
    if (application && gang.phase == gang::GangPhase::kReserved) ++statistics.gangs_reserved;
    if (gang.phase != gang::GangPhase::kReserved) ++statistics.pods_pending;
    statistics.slots_empty += static_cast<std::size_t>(gang.reservation.CountEmpty());
  }
  return statistics;
}

}  // namespace muster::core
