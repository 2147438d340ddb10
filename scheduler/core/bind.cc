// Binds and what became of them. A bind without an answer keeps its room until a read tells.

#include <algorithm>
#include <utility>

#include "scheduler/core/state.h"
#include "scheduler/gang/plan.h"

namespace muster::core {
namespace {

using namespace std::chrono_literals;
using gang::GangKind;
using gang::GangPhase;

constexpr Duration kFirstLook = 1s;
// The server drops a bind 3 s after it took it (?timeout=3s), and the client gives up after 5 s. A
// pod that is unbound later than this stays unbound.
constexpr Duration kSettled = 10s;
constexpr Duration kBackOffFirst = 1s;
constexpr Duration kBackOffLast = 10s;

Duration BackOffAfter(int failures) {
  const int doublings = std::clamp(failures - 1, 0, 4);
  return std::min(kBackOffFirst * (1 << doublings), kBackOffLast);
}

}  // namespace

/// The anchor has its node: it is bound there, after its claims where these have to be first.
void SchedulerCore::State::StartBind(Gang& gang, model::NodeIndex node) {
  queue_.Remove(gang.Uid());
  EndRound(gang);
  gang.preemption = {};
  gang.binding = {model_.Nodes().Name(node), now_};
  StartBindingVolumes(gang, node);
  if (gang.volume_bindings.empty()) SendBind(gang);
}

void SchedulerCore::State::SendBind(Gang& gang) {
  gang.phase = GangPhase::kBinding;
  gang.binding.sent_at = now_;
  api::StringMap annotations;
  if (gang.kind == GangKind::kApplication) {
    annotations.emplace(gang::kPlanAnnotation,
                        gang::EncodePlan(gang.reservation.ToPlan(model_.Nodes())));
  }
  MakeWay(gang);
  effects_.push_back(BindPod{NewCall(CallKind::kBind, gang.Uid()), gang.Name(), gang.Uid(),
                             gang.binding.node, std::move(annotations)});
}

void SchedulerCore::State::OnBindOutcome(Gang& gang, const CallOutcome& outcome) {
  if (gang.phase != GangPhase::kBinding) return;  // the watch was faster
  switch (outcome.result) {
    case CallResult::kOk:
      OnBound(gang);
      return;
    case CallResult::kUnknown:
    case CallResult::kConflict:
      // Conflict can mean that it is bound already, perhaps by a bind of ours: a read tells.
      ++statistics_.binds_unknown;
      ArmTimer(now_ + (outcome.result == CallResult::kConflict ? 0s : kFirstLook),
               TimerKind::kResolveBind, gang.Uid());
      return;
    case CallResult::kNotFound:
    case CallResult::kForbidden:
    case CallResult::kInvalid:
    case CallResult::kUnavailable:
      OnNotBound(gang, "binding rejected: " + outcome.message);
      return;
  }
}

void SchedulerCore::State::OnBound(Gang& gang) {
  queue_.Remove(gang.Uid());
  ForgetVolumes(gang);
  const model::NodeIndex node = model_.NodeOfPod(gang.Uid());
  const std::string where = node == model::kNoNode ? gang.binding.node : model_.Nodes().Name(node);
  const bool by_us = gang.phase == GangPhase::kBinding;
  if (by_us) {
    ++statistics_.pods_bound;
    Record(RecordEvent::Type::kNormal, gang, "Scheduled", "Binding",
           "Successfully assigned " + gang.Name().ToString() + " to " + where);
  }
  if (gang.kind != GangKind::kApplication) {
    gangs_.erase(gangs_.find(gang.Uid()));
    return;
  }
  if (by_us) ++statistics_.gangs_admitted;
  gang.phase = GangPhase::kReserved;
  gang.executor_sets.clear();
  gang.executor_infos.clear();
  KeepOnlyWhatNamesDriver(gang);
  ArmSlotTimer(gang);
  DriverSettled(gang.Uid());
}

/// The pod is not bound and will not be by what we sent: everything goes back, and the gang keeps
/// its place in the order.
void SchedulerCore::State::OnNotBound(Gang& gang, const std::string& note) {
  ForgetVolumes(gang);
  ++statistics_.bind_failures;
  model_.RemovePod(gang.Uid());
  ForgetExecutor(gang.Uid(), Leaving::kNotBound);
  ReleaseSlots(gang);
  gang.reservation.Sets().clear();
  CapacityGrew();
  Record(RecordEvent::Type::kWarning, gang, "FailedScheduling", "Binding", note);
  Enqueue(gang);
  queue_.BackOff(gang.Uid(), now_ + BackOffAfter(++gang.bind_failures));
}

void SchedulerCore::State::ResolveUnknownBind(Gang& gang) {
  effects_.push_back(FetchPod{NewCall(CallKind::kFetchPod, gang.Uid()), gang.Name()});
}

void SchedulerCore::State::OnResolved(Gang& gang, const PodFetched& event) {
  const bool read = event.outcome.result == CallResult::kOk && event.pod;
  if (event.outcome.result == CallResult::kNotFound ||
      (read && event.pod->metadata.uid != gang.Uid())) {
    ForgetPod(std::string(gang.Uid()));  // a copy: the gang goes with it
    return;
  }
  if (read && !event.pod->spec.node_name.empty()) {
    ApplyBoundPod(*event.pod);
    return;
  }
  if (read && now_ - gang.binding.sent_at >= kSettled) {
    OnNotBound(gang, "binding rejected: the pod is still without a node");
    return;
  }
  ArmTimer(now_ + kFirstLook, TimerKind::kResolveBind, gang.Uid());
}

}  // namespace muster::core
