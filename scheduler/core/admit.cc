// Placement of whole gangs: all of it fits, or nothing moves.

#include <algorithm>
#include <utility>

#include "scheduler/api/pod_requests.h"
#include "scheduler/base/check.h"
#include "scheduler/core/state.h"

namespace muster::core {

using gang::GangKind;
using gang::GangPhase;
using Form = placement::AttemptDiagnosis::Form;

namespace {

/// Whether pods that come may make room for it: it wants to be near some, or evenly spread.
bool AsksForOthers(const gang::Gang& gang) {
  const auto asks = [](const api::PodSpec& spec) {
    return !spec.pod_affinity.required.empty() || !spec.topology_spread.empty();
  };
  return asks(gang.anchor.spec) ||
         std::any_of(gang.executor_sets.begin(), gang.executor_sets.end(),
                     [&](const spark::ExecutorSet& set) { return asks(set.pod.spec); });
}

}  // namespace

queue::Rank SchedulerCore::State::RankOf(const Gang& gang) {
  return {gang.anchor.spec.priority, gang.anchor.metadata.creation_timestamp, gang.Name(),
          gang.Uid()};
}

void SchedulerCore::State::Enqueue(Gang& gang) {
  gang.phase = GangPhase::kWaiting;
  queue_.Add(RankOf(gang));
}

void SchedulerCore::State::Decide() {
  if (line_holder_) {
    const Gang* holder = FindGang(line_holder_->rank.uid);
    const bool waits = holder != nullptr && holder->phase == GangPhase::kWaiting;
    if (!waits || now_ >= line_holder_->until) {
      line_holder_.reset();
      CapacityGrew();
    }
  }
  for (auto& [uid, round] : rounds_) HoldRoom(round);
  if (std::exchange(capacity_grew_, false)) {
    // A place that a running application lost comes before anything new.
    ReplaceLostSlots();
    queue_.ActivateParked();
  }
  while (const queue::Rank* rank = queue_.PopActive()) {
    Gang* gang = FindGang(rank->uid);
    MUSTER_CHECK(gang != nullptr && gang->phase == GangPhase::kWaiting, "queued but not waiting");
    const Gang* ahead = LineHolderAheadOf(*gang, *rank);
    if (ahead == nullptr) {
      LetGoOfKeptRoom();
    } else {
      KeepRoomFor(*ahead);
    }
    TryAdmit(*gang);
  }
  LetGoOfKeptRoom();
}

/// The gang for which room is kept from this one; null: none is. Executors of running applications
/// are behind nobody: their application has been admitted.
const SchedulerCore::State::Gang* SchedulerCore::State::LineHolderAheadOf(const Gang& gang,
                                                                          const queue::Rank& rank) {
  if (!line_holder_ || !(line_holder_->rank < rank) || !gang.application_uid.empty())
    return nullptr;
  const Gang* holder = FindGang(line_holder_->rank.uid);
  return holder != nullptr && holder->phase == GangPhase::kWaiting ? holder : nullptr;
}

/// Time since the driver was created is cut into windows of `backfill_patience`: in the first the
/// others may take whatever comes free, in the second room is kept, and so on: where pods never end
/// the room would be kept for nothing. Derived from the pod alone, so that a restart changes
/// nothing.
void SchedulerCore::State::ConsiderHoldingTheLine(const Gang& gang) {
  const Duration patience = options_.backfill_patience;
  if (gang.kind != GangKind::kApplication || patience <= Duration::zero()) return;
  const Time created = gang.anchor.metadata.creation_timestamp;
  const auto window = std::max(now_ - created, Duration::zero()) / patience;
  const Time window_end = created + (window + 1) * patience;
  ArmTimer(window_end, TimerKind::kPatience, gang.Uid());
  const bool holds = window % 2 == 1;
  if (!holds || (line_holder_ && !(RankOf(gang) < line_holder_->rank))) return;
  if (!FitsEmptyCluster(gang)) return;
  LetGoOfKeptRoom();
  line_holder_ = {RankOf(gang), window_end};
}

/// A gang that no state of the present nodes could take must not hold up anybody.
bool SchedulerCore::State::FitsEmptyCluster(const Gang& gang) {
  model::ClusterModel empty = model_.WithoutPods();
  placement::PlacementCache cache(options_.topology);
  model::Statement statement(empty);
  return Attempt(gang, statement, {profile_, empty, cache}, Form::kNone).shares.has_value();
}

std::vector<placement::PodSetDemand> SchedulerCore::State::DemandsOf(const Gang& gang) const {
  const bool is_application = gang.kind == GangKind::kApplication;
  std::vector<placement::PodSetDemand> demands;
  demands.push_back({is_application ? "driver" : "pod", gang.anchor, gang.anchor_info, 1});
  // Executors that come later go beside their own, unless the scores are to decide.
  demands.front().alone =
      gang.application_uid.empty() || PolicyOf(gang).mode == topology::PlacementMode::kNone;
  demands.front().is_driver = is_application;
  for (std::size_t i = 0; i < gang.executor_sets.size(); ++i) {
    const spark::ExecutorSet& set = gang.executor_sets[i];
    if (set.count == 0) continue;
    demands.push_back(
        {"executors", set.pod, gang.executor_infos[i], set.count, gang.settings.executors_min});
  }
  return demands;
}

/// An executor that comes later is placed as its application asks.
topology::PackingPolicy SchedulerCore::State::PolicyOf(const Gang& gang) const {
  const auto application = gangs_.find(gang.application_uid);
  return application == gangs_.end() ? gang.settings.packing : application->second.settings.packing;
}

placement::Attempt SchedulerCore::State::Attempt(const Gang& gang, model::Statement& statement,
                                                 const placement::PlacementContext& context,
                                                 Form diagnosis) {
  const std::vector<placement::PodSetDemand> demands = DemandsOf(gang);
  const std::vector<placement::NodeShare> near = NodesNear(gang);
  return placement::PlaceGang(context, statement, {demands, PolicyOf(gang), near, {diagnosis}});
}

void SchedulerCore::State::TryAdmit(Gang& gang) {
  if (WaitsForDriver(gang)) {
    queue_.Park(gang.Uid());
    return;
  }
  if (TakeSlot(gang)) return;
  // Held for this very gang.
  if (const auto round = rounds_.find(gang.Uid()); round != rounds_.end()) {
    LetGoOfRoom(round->second);
  }
  model::Statement statement(model_);
  const bool is_diagnosis_good = gang.diagnosis_good_until && now_ < *gang.diagnosis_good_until;
  const placement::Attempt attempt = Attempt(gang, statement, {profile_, model_, placement_cache_},
                                             is_diagnosis_good ? Form::kNone : Form::kFull);
  if (!attempt.shares) {
    queue_.Park(gang.Uid());
    if (AsksForOthers(gang)) waiting_for_others_.insert(gang.Uid());
    NoteMisfit(gang, attempt);
    ConsiderHoldingTheLine(gang);
    return;
  }
  gang.is_diagnosis_stale = false;
  waiting_for_others_.erase(gang.Uid());
  if (WaitsForBetterPlace(gang, *attempt.shares)) {
    queue_.Park(gang.Uid());
    return;
  }
  std::move(statement).Commit();
  Admit(gang, *attempt.shares);
}

/// Counting refusals costs many times the attempt itself, so while nobody would be told, what was
/// counted last stands.
void SchedulerCore::State::NoteMisfit(Gang& gang, const placement::Attempt& attempt) {
  const std::string preemption = Preempt(gang, attempt);
  const std::optional<Time> good_until = gang.diagnosis_good_until;
  if (attempt.diagnosis.empty() && good_until) {
    ReportUnschedulable(gang, "Unschedulable", gang.wanted.message);
    gang.diagnosis_good_until = good_until;
    if (std::exchange(gang.is_diagnosis_stale, true)) return;
    ArmTimer(*good_until, TimerKind::kReport, gang.Uid());
  } else {
    ReportUnschedulable(gang, "Unschedulable", attempt.diagnosis + preemption);
    gang.diagnosis_good_until = now_ + gang::ReportInterval(gang, now_);
    gang.is_diagnosis_stale = false;
  }
}

/// Turns the committed places into slots, and binds the anchor with the plan.
void SchedulerCore::State::Admit(Gang& gang,
                                 const std::vector<std::vector<placement::NodeShare>>& shares) {
  auto share = shares.begin();
  const model::NodeIndex anchor_node = share->front().node;
  for (std::size_t i = 0; i < gang.executor_sets.size(); ++i) {
    const spark::ExecutorSet& executors = gang.executor_sets[i];
    gang::SlotSet set;
    set.profile = executors.profile;
    set.requests = api::EffectiveRequests(executors.pod.spec);
    set.info = gang.executor_infos[i];
    set.pod = executors.pod;
    if (executors.count > 0) {
      ++share;
      for (const placement::NodeShare& part : *share) {
        gang::Reservation::AddAccounted(set, part.node, part.count, now_);
      }
      const auto placed = static_cast<std::int64_t>(set.slots.size());
      set.dynamic = executors.dynamic_allocation;
      set.kept_min = executors.dynamic_allocation ? std::min(placed, executors.count_min) : placed;
    }
    gang.reservation.Sets().push_back(std::move(set));
  }
  // The Statement reserved room for the anchor; from here on the pod itself is accounted.
  model_.PlacePod(gang.Uid(), anchor_node, gang.anchor_info);
  if (Gang* application = FindGang(gang.application_uid)) {
    NoteExecutor(*application, gang.anchor, anchor_node);
  }
  model_.HoldPlaces(anchor_node, gang.anchor_info, -1);
  // What waits for a neighbour may have one now; the watch will show nothing new.
  if (!waiting_for_others_.empty()) CapacityGrew();

  StartBind(gang, anchor_node);
}

/// Executors beyond the reservation go where their application runs, most of it first; a gang that
/// preempts goes where its victims were.
std::vector<placement::NodeShare> SchedulerCore::State::NodesNear(const Gang& gang) const {
  std::vector<placement::NodeShare> near;
  if (const auto round = rounds_.find(gang.Uid()); round != rounds_.end()) {
    for (const PreemptionRound::Share& share : round->second.plan) {
      const model::NodeIndex node = model_.Nodes().Find(share.node);
      // The anchor is the first of several; a single pod is all there is.
      const bool anchor_of_more =
          &share == &round->second.plan.front() && round->second.plan.size() > 1;
      if (node != model::kNoNode && !anchor_of_more) near.push_back({node, 0});
    }
    return near;
  }
  const auto application = gangs_.find(gang.application_uid);
  if (application == gangs_.end()) return {};
  std::map<model::NodeIndex, std::int64_t> members;
  for (const auto& [uid, bound] : application->second.executors) ++members[bound.node];
  for (const gang::SlotSet& set : application->second.reservation.Sets()) {
    for (const gang::Slot& slot : set.slots) {
      if (slot.IsEmpty()) ++members[slot.node];
    }
  }
  near.reserve(members.size());
  for (const auto& [node, count] : members) near.push_back({node, count});
  std::sort(near.begin(), near.end(),
            [&](const placement::NodeShare& a, const placement::NodeShare& b) {
              return a.count != b.count ? a.count > b.count
                                        : model_.Nodes().Name(a.node) < model_.Nodes().Name(b.node);
            });
  return near;
}

}  // namespace muster::core
