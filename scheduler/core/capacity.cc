// What autoscalers are told about gangs that wait: asked for once, and taken back in time.

#include <utility>

#include "scheduler/capacity/stand_in.h"
#include "scheduler/core/state.h"

namespace muster::core {
namespace {

using capacity::Action;
using capacity::Autoscaler;
using capacity::Publication;
using gang::GangKind;
using gang::GangPhase;

constexpr char kWantsRoom[] = "Unschedulable";
constexpr char kRoomFailed[] = "GangCapacityFailed";

/// For this an autoscaler may be asked; every other reason keeps it away.
bool WantsRoom(const gang::Gang& gang) {
  return gang.wanted.reason == kWantsRoom || gang.wanted.reason == kRoomFailed;
}

Effect EffectOf(const Action& action, CallId call, const api::NamespacedName& name, Time now) {
  switch (action.kind) {
    case Action::Kind::kCreate:
      return CreateStandIn{call, *action.pod};
    case Action::Kind::kAnnotate:
    case Action::Kind::kAnnotateDriver:
      return AnnotatePod{
          call, name, action.uid, {{std::string(capacity::kScaleUpDelayAnnotation), action.delay}}};
    case Action::Kind::kStamp:
      return PatchPodCondition{call,
                               name,
                               action.uid,
                               {"PodScheduled", "False", kWantsRoom,
                                "stands for an executor that its driver will create"},
                               now,
                               std::nullopt};
    case Action::Kind::kDelete:
      break;
  }
  return DeletePod{call, name, action.uid, "", std::nullopt};
}

}  // namespace

/// Called with every new verdict about a gang that waits; returns the reason that its driver shall
/// give. Only a gang that wants room, and nothing else, asks for it: not one that waits for its
/// turn or for victims to leave.
std::string SchedulerCore::State::FollowVerdict(const Gang& gang, const std::string& reason) {
  Publication* publication = hints_.Find(gang.Uid());
  if (reason != kWantsRoom || rounds_.contains(gang.Uid())) {
    if (publication != nullptr) publication->Hold();
    return reason;
  }
  if (publication == nullptr || publication->MayAsk(now_)) {
    const capacity::Demand demand = capacity::DemandOf(gang, options_.capacity);
    if (demand.sets.empty()) return reason;
    if (publication == nullptr) {
      publication = &hints_.FindOrAdd(gang.Uid(), gang.Name().namespace_name, options_.capacity);
    }
    publication->Ask(now_, demand);
  }
  return publication->state() == Publication::State::kExpired ? kRoomFailed : reason;
}

/// A driver becomes Unschedulable in the same step as its stand-ins.
bool SchedulerCore::State::MayReport(const Gang& gang) const {
  const Publication* publication = hints_.Find(gang.Uid());
  return gang.wanted.reason != kWantsRoom || publication == nullptr || publication->IsAsked();
}

void SchedulerCore::State::FollowCapacity() {
  for (auto next = hints_.All().begin(); next != hints_.All().end();) {
    const auto current = next++;
    Publication& publication = current->second.publication;
    Gang* gang = FindGang(current->first);
    FollowGang(publication, gang);
    CarryOut(current->first, publication, {});
    if (gang != nullptr) TellOfCapacity(*gang, current->second);
    const bool is_over = gang == nullptr || gang->phase == GangPhase::kReserved;
    if (is_over && publication.CountStandIns() == 0) hints_.All().erase(current);
  }
}

void SchedulerCore::State::FollowGang(Publication& publication, const Gang* gang) {
  const bool is_off = options_.capacity.autoscaler == Autoscaler::kNone;
  if (is_off || gang == nullptr || gang->kind != GangKind::kApplication) {
    publication.Hold();
    return;
  }
  switch (gang->phase) {
    case GangPhase::kGathering:
    case GangPhase::kRefused:
      return;  // not known yet; the verdict has been followed
    case GangPhase::kWaiting:
      if (WantsRoom(*gang) && !rounds_.contains(gang->Uid()) && publication.MayAsk(now_)) {
        publication.Ask(now_, capacity::DemandOf(*gang, options_.capacity));
      }
      return;
    case GangPhase::kBindingVolumes:
    case GangPhase::kBinding:
      publication.Arrive();
      return;
    case GangPhase::kReserved:
      if (gang->anchor.metadata.deletion_timestamp) {
        publication.Hold();
      } else {
        publication.Shrink(now_, capacity::OpenSlots(gang->reservation),
                           gang->anchor.status.phase == "Running");
      }
      return;
  }
}

void SchedulerCore::State::CarryOut(const std::string& driver_uid, Publication& publication,
                                    const api::NamespacedName& before) {
  for (const Action& action : publication.Reconcile(now_)) {
    const bool is_driver = action.kind == Action::Kind::kAnnotateDriver;
    const Gang* gang = is_driver ? FindGang(driver_uid) : nullptr;
    const api::NamespacedName name =
        gang != nullptr ? gang->Name()
                        : api::NamespacedName{publication.namespace_name(), action.name};
    const CallId call = ++last_call_;
    hints_.NoteCall(call, driver_uid, action);
    Effect effect = EffectOf(action, call, name, now_);
    if (auto* deletion = std::get_if<DeletePod>(&effect);
        deletion != nullptr && !before.name.empty()) {
      deletion->before = before;
    }
    effects_.push_back(std::move(effect));
  }
}

/// An executor is about to be bound: the stand-in that stood for it goes first.
void SchedulerCore::State::MakeWay(const Gang& executor) {
  Publication* publication = hints_.Find(executor.application_uid);
  if (publication == nullptr) return;
  FollowGang(*publication, FindGang(executor.application_uid));
  CarryOut(executor.application_uid, *publication, executor.Name());
}

/// What has become of asking, for the driver's condition, its events and the metrics.
void SchedulerCore::State::TellOfCapacity(Gang& gang, CapacityHints::Entry& entry) {
  const Publication& publication = entry.publication;
  const std::int64_t asked_before =
      std::exchange(entry.told_asked_count, publication.asked_count());
  if (publication.asked_count() != asked_before) {
    ++statistics_.capacity_requests;
    if (gang.wanted.reason == kRoomFailed) gang.wanted.reason = kWantsRoom;
    gang.reported.reset();  // autoscalers go by the time of the condition
    WriteReport(gang);
  }
  const Publication::State state = publication.state();
  if (std::exchange(entry.told, state) == state) return;
  const std::string again = "; tried again in " + FormatDuration(publication.retry_at() - now_);
  if (state == Publication::State::kExpired) {
    ++statistics_.capacity_expired;
    if (WantsRoom(gang)) gang.wanted.reason = kRoomFailed;
    WriteReport(gang);
    Record(RecordEvent::Type::kWarning, gang, kRoomFailed, "Scaling",
           "no room came within " + FormatDuration(options_.capacity.provisioning_timeout) +
               " of the last new node" + again);
  } else if (state == Publication::State::kRefused) {
    ++statistics_.capacity_refused;
    WriteReport(gang);
    Record(RecordEvent::Type::kWarning, gang, "GangCapacityRefused", "Scaling",
           "stand-ins for its executors are not allowed, so that an autoscaler sees the driver "
           "alone: " +
               publication.problem() + again);
  }
}

}  // namespace muster::core
