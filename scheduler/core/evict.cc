// Rounds of preemption: victims are marked, deleted and waited for; their room is held meanwhile.

#include <algorithm>
#include <memory>
#include <utility>

#include "scheduler/core/state.h"

namespace muster::core {
namespace {

using namespace std::chrono_literals;
using gang::GangPhase;
using Step = PreemptionRound::Step;

// Longer than most grace periods; what has not left by then may never leave.
constexpr Duration kRoundMax = 5min;
constexpr Duration kRetryCall = 1s;
constexpr Duration kBackOffFirst = 10s;
constexpr Duration kBackOffLast = 5min;

Duration BackOffAfter(int failures) {
  const int doublings = std::clamp(failures - 1, 0, 5);
  return std::min(kBackOffFirst * (1 << doublings), kBackOffLast);
}

}  // namespace

void SchedulerCore::State::AddVictims(PreemptionRound& round, const placement::EvictionUnit& unit) {
  for (const std::string& uid : unit.pods) {
    const model::PlacedPod& pod = *model_.FindPod(uid);
    const model::PodInfo& info = *pod.info;
    const bool leaves = info.terminating || unit.kind == placement::EvictionUnit::Kind::kLeaving;
    const bool is_new =
        round.victims
            .emplace(uid, PreemptionRound::Victim{{info.namespace_name, info.name},
                                                  model_.Nodes().Name(pod.node),
                                                  leaves ? Step::kLeaving : Step::kChosen,
                                                  false})
            .second;
    if (is_new && !leaves) round.to_evict.push_back(uid);
    // Its place is not for its replacement.
    const auto application = executor_applications_.find(uid);
    if (application == executor_applications_.end()) continue;
    if (Gang* owner = FindGang(application->second)) owner->reservation.Surrender(uid);
  }
}

void SchedulerCore::State::BeginRound(Gang& gang, PreemptionRound round) {
  ++statistics_.preemption_rounds;
  round.started = now_;
  gang.nominated_node = round.plan.front().node;
  PreemptionRound& begun = rounds_.insert_or_assign(gang.Uid(), std::move(round)).first->second;
  HoldRoom(begun);
  ArmTimer(now_ + kRoundMax, TimerKind::kPreempt, gang.Uid());
  EvictNext(gang.Uid(), begun);
}

void SchedulerCore::State::EvictNext(const std::string& gang_uid, PreemptionRound& round) {
  for (const std::string& uid : round.to_evict) {
    const auto victim = round.victims.find(uid);
    if (victim == round.victims.end()) continue;
    if (victim->second.step == Step::kChosen) {
      if (IsLeaving(uid)) {
        victim->second.step = Step::kLeaving;
        continue;
      }
      Mark(gang_uid, uid, victim->second);
    }
    if (!round.probed) return;
  }
}

/// By an eviction of ours without an answer, or by somebody else.
bool SchedulerCore::State::IsLeaving(const std::string& uid) const {
  const model::PlacedPod* pod = model_.FindPod(uid);
  return pod == nullptr || pod->info->terminating;
}

void SchedulerCore::State::Mark(const std::string& gang_uid, const std::string& uid,
                                PreemptionRound::Victim& victim) {
  victim.step = Step::kMarking;
  effects_.push_back(PatchPodCondition{
      NewCall(CallKind::kMarkVictim, gang_uid, uid),
      victim.name,
      uid,
      {"DisruptionTarget", "True", "PreemptionByScheduler",
       options_.scheduler_name + ": preempting to accommodate a higher priority pod"},
      now_,
      std::nullopt});
}

void SchedulerCore::State::OnVictimCall(Gang& gang, const Call& call, const CallOutcome& outcome) {
  const auto found = rounds_.find(gang.Uid());
  if (found == rounds_.end()) return;  // placed meanwhile: no further evictions
  PreemptionRound& round = found->second;
  const std::string& uid = call.victim_uid;
  const auto entry = round.victims.find(uid);
  if (entry == round.victims.end()) return;
  PreemptionRound::Victim& victim = entry->second;
  switch (outcome.result) {
    case CallResult::kOk:
      if (call.kind == CallKind::kDeleteVictim) {
        round.probed = true;
        OnEvicted(gang, uid, victim);
      } else if (!IsLeaving(uid)) {
        victim.step = Step::kDeleting;
        effects_.push_back(DeletePod{NewCall(CallKind::kDeleteVictim, gang.Uid(), uid), victim.name,
                                     uid, gang.Uid()});
        return;
      }
      victim.step = Step::kLeaving;
      break;
    case CallResult::kNotFound:
    case CallResult::kConflict:
      victim.step = Step::kLeaving;  // gone, or another pod has its name: the watch will say so
      break;
    case CallResult::kUnavailable:
    case CallResult::kUnknown:
      // Both calls can be repeated: the UID sees to it that they meet the same pod.
      victim.step = Step::kChosen;
      ArmTimer(now_ + kRetryCall, TimerKind::kPreempt, gang.Uid());
      break;
    case CallResult::kForbidden:
    case CallResult::kInvalid:
      gang.preemption.spared.insert(uid);
      FailRound(gang, victim.name.ToString() + " cannot be evicted: " + outcome.message);
      WriteReport(gang);
      return;
  }
  if (victim.gone) {
    round.victims.erase(entry);
    CapacityGrew();
  }
  if (outcome.result != CallResult::kUnavailable && outcome.result != CallResult::kUnknown) {
    EvictNext(gang.Uid(), round);
  }
}

void SchedulerCore::State::OnEvicted(const Gang& gang, const std::string& uid,
                                     const PreemptionRound::Victim& victim) {
  ++statistics_.pods_preempted;
  // The watch will say so too; until then nobody else shall evict it again.
  if (const model::PlacedPod* pod = model_.FindPod(uid)) {
    evicted_.insert(uid);
    model_.PlacePod(uid, pod->node, AsEvicted(uid, pod->info));
  }
  effects_.push_back(
      RecordEvent{RecordEvent::Type::kNormal, victim.name, uid, "Preempted", "Preempting",
                  "Preempted by pod " + gang.Uid() + " on node " + victim.node, now_});
}

/// The watch may still show an earlier state of a pod that we have deleted.
model::PodInfoPtr SchedulerCore::State::AsEvicted(const std::string& uid,
                                                  model::PodInfoPtr info) const {
  if (info->terminating || !evicted_.contains(uid)) return info;
  model::PodInfo leaving = *info;
  leaving.terminating = true;
  return std::make_shared<const model::PodInfo>(std::move(leaving));
}

void SchedulerCore::State::NoteVictimGone(const std::string& uid) {
  evicted_.erase(uid);
  for (auto& [gang_uid, round] : rounds_) {
    const auto victim = round.victims.find(uid);
    if (victim == round.victims.end()) continue;
    if (victim->second.step == Step::kDeleting) {
      victim->second.gone = true;
      continue;
    }
    round.victims.erase(victim);
    EvictNext(gang_uid, round);
  }
}

void SchedulerCore::State::ContinuePreemption(Gang& gang) {
  if (gang.phase != GangPhase::kWaiting) return;
  const auto round = rounds_.find(gang.Uid());
  if (round == rounds_.end()) {
    queue_.Add(RankOf(gang));
  } else if (now_ - round->second.started >= kRoundMax) {
    FailRound(gang, "its victims have not left within " + FormatDuration(kRoundMax));
    WriteReport(gang);
  } else {
    EvictNext(gang.Uid(), round->second);
  }
}

void SchedulerCore::State::FailRound(Gang& gang, const std::string& why) {
  EndRound(gang);
  gang.preemption.retry_at = now_ + BackOffAfter(++gang.preemption.failures);
  gang.preemption.said = " preemption: " + why + ".";
  ArmTimer(gang.preemption.retry_at, TimerKind::kPreempt, gang.Uid());
  Record(RecordEvent::Type::kWarning, gang, "FailedScheduling", "Preempting", "preemption: " + why);
}

void SchedulerCore::State::EndRound(Gang& gang) {
  const auto round = rounds_.find(gang.Uid());
  if (round == rounds_.end()) return;
  LetGoOfRoom(round->second);
  rounds_.erase(round);
  gang.nominated_node.clear();
  CapacityGrew();
}

/// Holds what the gang will need beyond what its victims still occupy, so that the room which they
/// leave passes to it and to nobody else. Where others took room, less is held: a node must not
/// look over-committed for places that nobody has.
void SchedulerCore::State::HoldRoom(PreemptionRound& round) {
  LetGoOfRoom(round);
  std::map<model::NodeIndex, model::ResourceVector> needed;
  for (const PreemptionRound::Share& share : round.plan) {
    const model::NodeIndex node = model_.Nodes().Find(share.node);
    if (node == model::kNoNode || !model_.Nodes().IsPresent(node)) continue;
    model::AddScaled(needed[node], share.info->amounts, share.count);
  }
  const auto still_there = [&](model::NodeIndex node, const model::ResourceVector& amounts) {
    if (const auto entry = needed.find(node); entry != needed.end()) {
      model::AddScaled(entry->second, amounts, -1);
    }
  };
  for (const auto& [uid, victim] : round.victims) {
    if (const model::PlacedPod* pod = model_.FindPod(uid)) {
      still_there(pod->node, pod->info->amounts);
    }
    const Gang* application = FindGang(uid);
    if (application == nullptr) continue;
    for (const gang::SlotSet& set : application->reservation.Sets()) {
      for (const gang::Slot& slot : set.slots) {
        if (slot.IsEmpty()) still_there(slot.node, set.info->amounts);
      }
    }
  }
  for (const auto& [node, amounts] : needed) {
    if (auto held = HoldPart(node, amounts)) round.held.push_back(*std::move(held));
  }
}

/// Of these amounts what is free on the node.
std::optional<HeldRoom> SchedulerCore::State::HoldPart(model::NodeIndex node,
                                                       const model::ResourceVector& amounts) {
  auto room = std::make_shared<model::PodInfo>();
  room->amounts = model::PartThatFits(amounts, model_.Nodes().Free(node));
  if (room->amounts == model::ResourceVector{}) return std::nullopt;
  model_.HoldPlaces(node, room, 1);
  return HeldRoom{node, std::move(room)};
}

void SchedulerCore::State::LetGoOfRoom(PreemptionRound& round) {
  for (const HeldRoom& held : round.held) {
    model_.HoldPlaces(held.node, held.room, -1);
  }
  round.held.clear();
}

/// Others have taken room on the node, or it has shrunk or gone: what is held there gives way
/// before reserved slots do.
void SchedulerCore::State::LetGoOfRoomOn(model::NodeIndex node) {
  for (auto& [uid, round] : rounds_) {
    std::erase_if(round.held, [&](const HeldRoom& held) {
      if (held.node != node) return false;
      model_.HoldPlaces(node, held.room, -1);
      return true;
    });
  }
}

}  // namespace muster::core
