// What people and autoscalers read: the PodScheduled condition and events.

#include <utility>

#include "scheduler/core/state.h"

namespace muster::core {
namespace {

constexpr std::size_t kNoteBytesMax = 1024;  // events.k8s.io/v1: note

std::string Shortened(std::string text) {
  if (text.size() <= kNoteBytesMax) return text;
  text.resize(kNoteBytesMax - 4);
  // Not in the middle of a UTF-8 character: the server would refuse the event.
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  if (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80) != 0) text.pop_back();
  return text + " ...";
}

}  // namespace

void SchedulerCore::State::ReportUnschedulable(Gang& gang, const std::string& reason,
                                               const std::string& message) {
  gang.diagnosis_good_until.reset();
  gang.wanted = {"PodScheduled", "False", FollowVerdict(gang, reason), Shortened(message)};
  WriteReport(gang);
}

void SchedulerCore::State::WriteReport(Gang& gang) {
  const bool pending = gang.phase != gang::GangPhase::kBindingVolumes &&
                       gang.phase != gang::GangPhase::kBinding &&
                       gang.phase != gang::GangPhase::kReserved;
  const bool nomination_changed = gang.nominated_node != gang.reported_nomination;
  if (!pending || gang.wanted.type.empty() || !MayReport(gang)) return;
  if (gang.reported == gang.wanted && !nomination_changed) return;
  const bool same_reason = gang.reported && gang.reported->status == gang.wanted.status &&
                           gang.reported->reason == gang.wanted.reason;
  if (same_reason && !nomination_changed && now_ < gang.next_report_at) {
    ArmTimer(gang.next_report_at, TimerKind::kReport, gang.Uid());
    return;
  }
  gang.reported = gang.wanted;
  gang.next_report_at = now_ + gang::ReportInterval(gang, now_);
  PatchPodCondition patch{NewCall(CallKind::kPatch, gang.Uid()),
                          gang.Name(),
                          gang.Uid(),
                          gang.wanted,
                          now_,
                          std::nullopt};
  if (nomination_changed) patch.nominated_node = gang.reported_nomination = gang.nominated_node;
  effects_.push_back(std::move(patch));
  Record(RecordEvent::Type::kWarning, gang, "FailedScheduling", "Scheduling", gang.wanted.message);
}

/// A gang that can never be admitted as it stands. It holds nothing, and no autoscaler is asked.
void SchedulerCore::State::Refuse(Gang& gang, const std::string& message) {
  ++statistics_.gangs_refused;
  gang.phase = gang::GangPhase::kRefused;
  DriverSettled(gang.Uid());
  gang.gathering.config_maps.clear();
  queue_.Remove(gang.Uid());
  ReportUnschedulable(gang, "GangRefused", message);
}

void SchedulerCore::State::Record(RecordEvent::Type type, const Gang& gang, std::string reason,
                                  std::string action, std::string note) {
  effects_.push_back(RecordEvent{type, gang.Name(), gang.Uid(), std::move(reason),
                                 std::move(action), Shortened(std::move(note)), now_});
}

}  // namespace muster::core
