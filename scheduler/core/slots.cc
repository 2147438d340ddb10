// Executors and the places reserved for them.

#include <algorithm>
#include <tuple>
#include <utility>

#include "scheduler/api/pod_requests.h"
#include "scheduler/base/check.h"
#include "scheduler/core/state.h"
#include "scheduler/gang/plan.h"

namespace muster::core {
namespace {

using gang::GangKind;
using gang::GangPhase;

bool FitsInto(const model::ResourceVector& slot, const model::ResourceVector& pod) {
  return !model::IsOverCommitted(model::Difference(slot, pod));
}

}  // namespace

/// Once a driver is placed, its spec matters only where its command line says how executors name
/// it.
void SchedulerCore::State::KeepOnlyWhatNamesDriver(Gang& application) {
  if (spark::KindOfDriver(application.anchor) != spark::DriverKind::kClientMode) {
    application.anchor.spec = {};
  }
}

/// Rebuilds the reservation of a driver that was bound by an earlier process.
void SchedulerCore::State::RecoverApplication(const api::Pod& driver) {
  const auto annotation = driver.metadata.annotations.find(std::string(gang::kPlanAnnotation));
  if (annotation == driver.metadata.annotations.end()) return;
  const auto plan = gang::DecodePlan(annotation->second, options_.gang_members_max);
  if (!plan.ok()) return;  // not ours, or damaged: its executors are scheduled one by one
  Gang& gang = gangs_[driver.metadata.uid];
  gang.kind = GangKind::kApplication;
  gang.phase = GangPhase::kReserved;
  gang.anchor = driver;
  if (driver.metadata.deletion_timestamp) return;
  KeepOnlyWhatNamesDriver(gang);
  gang.reservation.Restore(*plan, driver.metadata.namespace_name, model_, now_);
  // Read before, when the gang was admitted, so it parses; else the defaults hold.
  const auto settings = gang::ReadSettings(
      driver.metadata.annotations,
      {options_.gang_members_max, /*exchanges_little=*/false, options_.topology.levels});
  if (settings.ok()) gang.settings = *settings;
  if (!applying_first_list_) RevalidateBrokenNodes();
  ArmSlotTimer(gang);
}

/// A bound executor holds one slot of its application: the one it took, else one on its node, else
/// a lost one, else any. After a restart this is how the slots of the plan find their pods.
void SchedulerCore::State::AdoptBoundExecutor(const api::Pod& executor) {
  Gang* application = FindApplication(executor);
  if (application == nullptr) return;
  const std::string& uid = executor.metadata.uid;
  const model::NodeIndex node = model_.NodeOfPod(uid);
  NoteExecutor(*application, executor, node);
  gang::SlotSet* set = application->reservation.FindSet(gang::ResourceProfileOf(executor));
  if (set == nullptr) return;
  ConfirmPrediction(*application, *set, executor);
  const auto find = [set](auto matches) {
    return std::find_if(set->slots.begin(), set->slots.end(), matches);
  };
  auto slot = find([&](const gang::Slot& s) { return s.pod_uid == uid; });
  if (slot != set->slots.end()) {
    slot->node = node;  // it may have been bound by somebody else, elsewhere
    return;
  }
  const auto amounts = model::PodAmounts(api::EffectiveRequests(executor.spec), model_.Names());
  if (!FitsInto(set->info->amounts, amounts)) {
    // Not what was predicted: it gave its slot back when it was placed, but the plan still has it.
    if (applying_first_list_) gang::Reservation::DropOne(*set, model_);
    return;
  }
  slot = find([&](const gang::Slot& s) { return s.IsEmpty() && s.node == node; });
  if (slot == set->slots.end()) {
    slot = find([](const gang::Slot& s) { return !s.IsTaken() && s.IsLost(); });
  }
  if (slot == set->slots.end()) slot = find([](const gang::Slot& s) { return s.IsEmpty(); });
  if (slot == set->slots.end()) return;
  if (slot->IsEmpty()) {
    gang::Reservation::Take(*set, *slot, uid, model_);
  } else {
    slot->pod_uid = uid;
  }
  slot->node = node;
}

/// True if the driver that controls this executor has no place yet: then the executor waits until
/// DriverSettled. Only a driver that runs creates executors, so such ones come from elsewhere or
/// from a driver whose bind was taken back; placed now, they would hold a part of a gang.
bool SchedulerCore::State::WaitsForDriver(const Gang& executor) {
  const Gang* application = FindApplication(executor.anchor);
  if (application == nullptr || application->phase == GangPhase::kReserved ||
      application->phase == GangPhase::kRefused) {
    return false;
  }
  executors_before_driver_[application->Uid()].insert(executor.Uid());
  return true;
}

/// The driver has its place, or will never be placed as a gang: its executors are next.
void SchedulerCore::State::DriverSettled(const std::string& driver_uid) {
  const auto waiting = executors_before_driver_.extract(driver_uid);
  if (waiting.empty()) return;
  for (const std::string& uid : waiting.mapped()) {
    Gang* executor = FindGang(uid);
    if (executor != nullptr && executor->phase == GangPhase::kWaiting) Enqueue(*executor);
  }
}

/// Binds an executor to a reserved place of its application. False when it is no executor of a
/// gang, or no place suits it: then it is placed like any pod, next to its own.
bool SchedulerCore::State::TakeSlot(Gang& executor) {
  Gang* application = FindApplication(executor.anchor);
  if (application == nullptr || application->phase != GangPhase::kReserved) return false;
  executor.application_uid = application->Uid();
  gang::SlotSet* set = application->reservation.FindSet(gang::ResourceProfileOf(executor.anchor));
  if (set == nullptr) return false;
  ConfirmPrediction(*application, *set, executor.anchor);
  if (!FitsInto(set->info->amounts, executor.anchor_info->amounts)) {
    // Larger than the others of its set: it gives its place back and is placed as it is.
    gang::Reservation::DropOne(*set, model_);
    CapacityGrew();
    return false;
  }
  const framework::PodSetView view{executor.anchor, *executor.anchor_info};
  model::NodeIndex refused = model::kNoNode;
  for (gang::Slot& slot : set->slots) {
    if (!slot.IsEmpty() || slot.node == refused) continue;
    const model::NodeIndex node = slot.node;
    // Judged as if the slot were not there: it stands for this very executor.
    model_.HoldPlaces(node, set->info, -1);
    const framework::PreparedFilters filters(profile_, view, model_);
    const bool admits = filters.CapacityOf(model_, node, 1) == 1;
    model_.HoldPlaces(node, set->info, 1);
    if (!admits) {
      refused = node;
      continue;
    }
    gang::Reservation::Take(*set, slot, executor.Uid(), model_);
    model_.PlacePod(executor.Uid(), node, executor.anchor_info);
    NoteExecutor(*application, executor.anchor, node);
    ++statistics_.slots_taken;
    StartBind(executor, node);
    return true;
  }
  return false;
}

void SchedulerCore::State::NoteExecutor(Gang& application, const api::Pod& executor,
                                        model::NodeIndex node) {
  const std::string& uid = executor.metadata.uid;
  application.executors[uid] = {node, gang::ResourceProfileOf(executor)};
  executor_applications_[uid] = application.Uid();
}

/// With dynamic allocation executors beyond the slots may outlive those that have one. They count
/// towards the minimum; otherwise a place would be kept that nobody comes for.
std::optional<std::string> SchedulerCore::State::HeirOf(const Gang& application,
                                                        const gang::SlotSet& set) const {
  if (!set.dynamic) return std::nullopt;  // Spark replaces every executor that ends
  for (const auto& [uid, bound] : application.executors) {
    if (bound.profile != set.profile) continue;
    const bool has_slot = std::any_of(set.slots.begin(), set.slots.end(),
                                      [&](const gang::Slot& slot) { return slot.pod_uid == uid; });
    const model::PlacedPod* pod = model_.FindPod(uid);
    if (has_slot || pod == nullptr || !FitsInto(set.info->amounts, pod->info->amounts)) continue;
    return uid;
  }
  return std::nullopt;
}

void SchedulerCore::State::ForgetExecutor(const std::string& uid, Leaving leaving) {
  const auto entry = executor_applications_.find(uid);
  if (entry == executor_applications_.end()) return;
  const std::string application_uid = entry->second;
  executor_applications_.erase(entry);
  Gang* application = FindGang(application_uid);
  if (application == nullptr) return;
  application->executors.erase(uid);
  gang::Reservation& reservation = application->reservation;
  if (application->anchor.metadata.deletion_timestamp) return;
  gang::SlotSet* set = reservation.SetOf(uid);
  if (set == nullptr) return;
  if (leaving == Leaving::kNotBound) {
    reservation.Vacate(uid, model_, now_);
  } else if (const auto heir = HeirOf(*application, *set)) {
    gang::Reservation::PassOn(*set, uid, *heir, application->executors.at(*heir).node);
  } else {
    reservation.End(uid, model_, now_);
  }
  if (reservation.CountLost() > 0) applications_with_lost_slots_.insert(application_uid);
  ArmSlotTimer(*application);
}

void SchedulerCore::State::LoseSlotsOn(model::NodeIndex node) {
  for (auto& [uid, gang] : gangs_) {
    for (gang::SlotSet& set : gang.reservation.Sets()) {
      const auto all = static_cast<std::int64_t>(set.slots.size());
      const std::int64_t lost = gang::Reservation::Lose(set, node, all, model_);
      if (lost == 0) continue;
      statistics_.slots_lost += static_cast<std::uint64_t>(lost);
      applications_with_lost_slots_.insert(uid);
      CapacityGrew();
    }
  }
}

/// After a restart: nodes that are gone, or that others filled meanwhile.
void SchedulerCore::State::RevalidateBrokenNodes() {
  for (model::NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
    const bool used = model_.Nodes().Requested(node).pods > 0;
    if (used && model::IsOverCommitted(model_.Nodes().Free(node))) RevalidateSlotsOn(node);
  }
}

/// How many slots of a set that are on the node, and out of the model just now, it still takes.
std::int64_t SchedulerCore::State::CountHonoured(const gang::SlotSet& set, model::NodeIndex node,
                                                 std::int64_t slots) const {
  if (!set.pod) {
    // Without the constraints only the room can be judged; the executor itself is judged in full.
    return model::CountThatFit(model_.Nodes().Free(node), set.info->amounts, slots);
  }
  const framework::PreparedFilters filters(profile_, {*set.pod, *set.info}, model_);
  return filters.CapacityOf(model_, node, slots);
}

/// The order in which empty slots give way: the lowest priority first, of the same priority the
/// youngest. After a restart the plan bound first: the slot of an executor that was preempted
/// stands beside the slot that took its room, and who made the later plan knew of both.
std::vector<std::string> SchedulerCore::State::ApplicationsToGiveWay() const {
  std::vector<std::tuple<std::int32_t, Duration, std::string>> order;
  for (const auto& [uid, gang] : gangs_) {
    if (gang.reservation.Sets().empty()) continue;
    // The spec of a placed driver is not kept.
    const model::PlacedPod* driver = model_.FindPod(uid);
    const std::int32_t priority = driver == nullptr ? 0 : driver->info->priority;
    const Time created = gang.anchor.metadata.creation_timestamp;
    if (applying_first_list_) {
      const Time bound_at = gang.anchor.status.start_time.value_or(created);
      order.emplace_back(0, bound_at.time_since_epoch(), uid);
    } else {
      order.emplace_back(priority, -created.time_since_epoch(), uid);
    }
  }
  std::sort(order.begin(), order.end());
  std::vector<std::string> uids;
  uids.reserve(order.size());
  for (auto& [priority, age, uid] : order) uids.push_back(std::move(uid));
  return uids;
}

/// The node has changed, or others took room on it: empty slots that it can no longer honour are
/// lost.
void SchedulerCore::State::RevalidateSlotsOn(model::NodeIndex node) {
  if (!model_.Nodes().IsPresent(node)) {
    LoseSlotsOn(node);  // a plan of before a restart names it
    return;
  }
  for (const std::string& uid : ApplicationsToGiveWay()) {
    for (gang::SlotSet& set : gangs_.find(uid)->second.reservation.Sets()) {
      const auto here = std::count_if(set.slots.begin(), set.slots.end(), [&](const gang::Slot& s) {
        return s.IsEmpty() && s.node == node;
      });
      if (here == 0) continue;
      model_.HoldPlaces(node, set.info, -here);
      const std::int64_t fit = CountHonoured(set, node, here);
      model_.HoldPlaces(node, set.info, here);
      if (fit == here) continue;
      statistics_.slots_lost +=
          static_cast<std::uint64_t>(gang::Reservation::Lose(set, node, here - fit, model_));
      applications_with_lost_slots_.insert(uid);
      CapacityGrew();
    }
  }
}

void SchedulerCore::State::ReplaceLostSlots() {
  const std::set<std::string> applications = std::exchange(applications_with_lost_slots_, {});
  for (const std::string& uid : applications) {
    if (Gang* application = FindGang(uid)) ReplaceLostSlots(*application);
  }
}

/// Looks for new places, as many as there are, next to the rest of the application.
void SchedulerCore::State::ReplaceLostSlots(Gang& application) {
  for (gang::SlotSet& set : application.reservation.Sets()) {
    if (!set.pod) continue;  // placed when the executor itself is there
    for (gang::Slot& slot : set.slots) {
      if (slot.IsTaken() || !slot.IsLost()) continue;
      const placement::PodSetDemand demand{"executors", *set.pod, set.info, 1};
      model::Statement statement(model_);
      // A member's view of its application.
      Gang member;
      member.application_uid = application.Uid();
      const std::vector<placement::NodeShare> near = NodesNear(member);
      const placement::Attempt attempt =
          placement::PlaceGang({profile_, model_, placement_cache_}, statement,
                               {{&demand, 1}, application.settings.packing, near});
      if (!attempt.shares) break;
      std::move(statement).Commit();
      slot.node = attempt.shares->front().front().node;
    }
  }
  if (application.reservation.CountLost() > 0) {
    applications_with_lost_slots_.insert(application.Uid());
  }
}

Duration SchedulerCore::State::TimeoutOf(const Gang& application) const {
  return application.settings.gang_timeout.value_or(options_.gang_timeout);
}

void SchedulerCore::State::ArmSlotTimer(const Gang& application) {
  if (const auto oldest = application.reservation.OldestEmpty()) {
    ArmTimer(*oldest + TimeoutOf(application), TimerKind::kSlots, application.Uid());
  }
}

void SchedulerCore::State::ExpireSlots(Gang& application) {
  if (application.phase != GangPhase::kReserved) return;
  const std::int64_t dropped =
      application.reservation.DropEmptySince(now_ - TimeoutOf(application), model_);
  if (dropped > 0) {
    CapacityGrew();
    Record(RecordEvent::Type::kWarning, application, "GangTimeout", "Reserving",
           std::to_string(dropped) + " reserved places given back: no executor came for " +
               FormatDuration(TimeoutOf(application)));
  }
  ArmSlotTimer(application);
}

void SchedulerCore::State::ReleaseSlots(Gang& application) {
  if (application.reservation.CountEmpty() > 0) CapacityGrew();
  application.reservation.ReleaseAll(model_);
  applications_with_lost_slots_.erase(application.Uid());
}

/// Keeps what executors are told by up to date. A driver on its way out gives back its empty slots:
/// no executor will come for them.
void SchedulerCore::State::FollowDriver(const api::Pod& driver) {
  Gang* application = FindGang(driver.metadata.uid);
  if (application == nullptr || application->phase != GangPhase::kReserved) return;
  application->anchor.metadata = driver.metadata;
  application->anchor.status = driver.status;
  if (driver.metadata.deletion_timestamp) ReleaseSlots(*application);
}

}  // namespace muster::core
