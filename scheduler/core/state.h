#pragma once

#include <absl/container/flat_hash_map.h>

#include <bitset>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/core/awaited.h"
#include "scheduler/core/capacity_hints.h"
#include "scheduler/core/line_holder.h"
#include "scheduler/core/preemption_round.h"
#include "scheduler/core/scheduler_core.h"
#include "scheduler/gang/gang.h"
#include "scheduler/model/cluster_model.h"
#include "scheduler/model/priority_class_table.h"
#include "scheduler/placement/engine.h"
#include "scheduler/placement/eviction_unit.h"
#include "scheduler/queue/waiting_queue.h"

namespace muster::core {

/// The state behind SchedulerCore. Its functions are spread over files by subject, each of which
/// says in its first line what that is.
class SchedulerCore::State {
 public:
  State(CoreOptions options, framework::Profile profile);

  StepResult Step(Time now, std::span<const Event> events);
  bool Synced() const { return synced_.all(); }
  CoreStatistics Statistics() const;

 private:
  using Gang = gang::Gang;

  // observe.cc
  void On(const PodObserved& event);
  void On(const PodGone& event);
  void On(const NodeObserved& event);
  void On(const NodeGone& event);
  void On(const ObjectObserved& event);
  void On(const ObjectGone& event);
  void On(const ResourceSynced& event);
  void On(const CallCompleted& event);
  void On(const ConfigMapFetched& event);
  void On(const CustomResourceFetched& event);
  void On(const PodFetched& event);
  void ApplyPod(const api::Pod& pod);
  void ApplyBoundPod(const api::Pod& pod);
  void ApplyPendingPod(const api::Pod& pod);
  void ApplyFirstList();
  void ForgetPod(const std::string& uid);
  void ForgetGang(const std::string& uid);
  bool IsOurs(const api::Pod& pod) const;
  Gang* FindGang(std::string_view uid);
  Gang* FindApplication(const api::Pod& executor);

  // gather.cc
  void StartGathering(Gang& gang);
  void ContinueGathering(Gang& gang);
  void OnConfigMap(Gang& gang, const ConfigMapFetched& event);
  void OnMissingConfigMap(Gang& gang, const CallOutcome& outcome);
  void AdoptShape(Gang& gang, spark::Shape shape);
  void ScheduleAlone(Gang& gang, const std::string& why);

  // spark_operator.cc
  void AskForSparkApplication(Gang& gang);
  void OnSparkApplication(Gang& gang, const CustomResourceFetched& event);
  void AssumeFromDriver(Gang& gang, RecordEvent::Type type, const std::string& why);

  // admit.cc
  void Decide();
  void TryAdmit(Gang& gang);
  void NoteMisfit(Gang& gang, const placement::Attempt& attempt);
  std::vector<placement::PodSetDemand> DemandsOf(const Gang& gang) const;
  placement::Attempt Attempt(const Gang& gang, model::Statement& statement,
                             const placement::PlacementContext& context,
                             placement::AttemptDiagnosis::Form diagnosis);
  topology::PackingPolicy PolicyOf(const Gang& gang) const;
  const Gang* LineHolderAheadOf(const Gang& gang, const queue::Rank& rank);
  void ConsiderHoldingTheLine(const Gang& gang);
  bool FitsEmptyCluster(const Gang& gang);
  void Admit(Gang& gang, const std::vector<std::vector<placement::NodeShare>>& shares);
  std::vector<placement::NodeShare> NodesNear(const Gang& gang) const;
  void Enqueue(Gang& gang);
  static queue::Rank RankOf(const Gang& gang);

  // future_room.cc
  bool WaitsForBetterPlace(Gang& gang,
                           const std::vector<std::vector<placement::NodeShare>>& shares);
  std::vector<LineHolder::Room> PlanRoomFor(const Gang& holder);
  void KeepRoomFor(const Gang& holder);
  void LetGoOfKeptRoom();

  // preempt.cc
  static std::int32_t PreemptionPriority(const Gang& gang);
  std::string Preempt(Gang& gang, const placement::Attempt& attempt);
  std::string SearchVictims(Gang& gang, std::int32_t priority);
  std::vector<placement::EvictionUnit> CollectUnits(const Gang& gang, std::int32_t below,
                                                    std::span<const std::uint8_t> worth) const;
  bool MayBeEvicted(const Gang& gang, const model::PlacedPod& pod, std::int32_t below) const;
  std::map<std::string, placement::EvictionUnit::Kind> ExecutorKinds() const;
  void AddApplications(const Gang& gang, std::int32_t below, std::span<const std::uint8_t> worth,
                       std::vector<placement::EvictionUnit>& units) const;
  void AddForeignApplications(std::map<std::string, placement::EvictionUnit> drivers,
                              std::int32_t below,
                              std::vector<placement::EvictionUnit>& units) const;

  // evict.cc
  void AddVictims(PreemptionRound& round, const placement::EvictionUnit& unit);
  void BeginRound(Gang& gang, PreemptionRound round);
  void EvictNext(const std::string& gang_uid, PreemptionRound& round);
  void Mark(const std::string& gang_uid, const std::string& uid, PreemptionRound::Victim& victim);
  bool IsLeaving(const std::string& uid) const;
  model::PodInfoPtr AsEvicted(const std::string& uid, model::PodInfoPtr info) const;
  void OnVictimCall(Gang& gang, const Call& call, const CallOutcome& outcome);
  void OnEvicted(const Gang& gang, const std::string& uid, const PreemptionRound::Victim& victim);
  void NoteVictimGone(const std::string& uid);
  void ContinuePreemption(Gang& gang);
  void FailRound(Gang& gang, const std::string& why);
  void EndRound(Gang& gang);
  void HoldRoom(PreemptionRound& round);
  std::optional<HeldRoom> HoldPart(model::NodeIndex node, const model::ResourceVector& amounts);
  void LetGoOfRoom(PreemptionRound& round);
  void LetGoOfRoomOn(model::NodeIndex node);

  // bind.cc
  void StartBind(Gang& gang, model::NodeIndex node);
  void SendBind(Gang& gang);
  void OnBindOutcome(Gang& gang, const CallOutcome& outcome);
  void OnBound(Gang& gang);
  void OnNotBound(Gang& gang, const std::string& note);
  void ResolveUnknownBind(Gang& gang);
  void OnResolved(Gang& gang, const PodFetched& event);

  // volumes.cc
  void StartBindingVolumes(Gang& gang, model::NodeIndex node);
  void WriteVolumeBinding(Gang& gang, gang::VolumeBinding& binding);
  void OnVolumeWritten(Gang& gang, CallId call, const CallOutcome& outcome);
  void FollowVolumes();
  void FollowVolumes(Gang& gang);
  bool IsVolumeBound(const Gang& gang, const gang::VolumeBinding& binding, std::string& problem);
  void GiveUpVolumes(Gang& gang, const std::string& why);
  void ForgetVolumes(Gang& gang);

  // recover.cc
  void GiveBackEndedSlots(const std::map<std::string, api::Pod>& pods);

  // slots.cc
  void RecoverApplication(const api::Pod& driver);
  void AdoptBoundExecutor(const api::Pod& executor);
  bool WaitsForDriver(const Gang& executor);
  void DriverSettled(const std::string& driver_uid);
  bool TakeSlot(Gang& executor);
  void NoteExecutor(Gang& application, const api::Pod& executor, model::NodeIndex node);
  std::optional<std::string> HeirOf(const Gang& application, const gang::SlotSet& set) const;
  /// An executor has ended, or its bind failed and it will be tried again.
  enum class Leaving { kEnded, kNotBound };
  void ForgetExecutor(const std::string& uid, Leaving leaving);
  void ConfirmPrediction(Gang& application, gang::SlotSet& set, const api::Pod& executor);
  void GiveWayToOtherScheduler(const api::Pod& executor);
  void LoseSlotsOn(model::NodeIndex node);
  std::int64_t CountHonoured(const gang::SlotSet& set, model::NodeIndex node,
                             std::int64_t slots) const;
  std::vector<std::string> ApplicationsToGiveWay() const;
  void RevalidateSlotsOn(model::NodeIndex node);
  void RevalidateBrokenNodes();
  void ReplaceLostSlots();
  void ReplaceLostSlots(Gang& application);
  void ExpireSlots(Gang& application);
  Duration TimeoutOf(const Gang& application) const;
  void ArmSlotTimer(const Gang& application);
  void ReleaseSlots(Gang& application);
  static void KeepOnlyWhatNamesDriver(Gang& application);
  void FollowDriver(const api::Pod& driver);

  // capacity.cc
  std::string FollowVerdict(const Gang& gang, const std::string& reason);
  bool MayReport(const Gang& gang) const;
  void FollowCapacity();
  void FollowGang(capacity::Publication& publication, const Gang* gang);
  void CarryOut(const std::string& driver_uid, capacity::Publication& publication,
                const api::NamespacedName& before);
  void MakeWay(const Gang& executor);
  void TellOfCapacity(Gang& gang, CapacityHints::Entry& entry);

  // report.cc
  void ReportUnschedulable(Gang& gang, const std::string& reason, const std::string& message);
  void WriteReport(Gang& gang);
  void Refuse(Gang& gang, const std::string& message);
  void Record(RecordEvent::Type type, const Gang& gang, std::string reason, std::string action,
              std::string note);

  void ArmTimer(Time at, TimerKind kind, const std::string& uid) {
    timers_.insert({at, kind, uid});
  }
  void FireTimers();
  CallId NewCall(CallKind kind, const std::string& uid, const std::string& victim_uid = {});
  /// Room has come free somewhere: waiting gangs and lost slots are worth another look.
  void CapacityGrew() { capacity_grew_ = true; }

  const CoreOptions options_;
  const framework::Profile profile_;
  model::ClusterModel model_;
  placement::PlacementCache placement_cache_{options_.topology};  // of model_
  model::PriorityClassTable priority_classes_;
  queue::WaitingQueue queue_;

  /// By UID of the anchor. Applications stay until their driver ends, single pods until they are
  /// bound. Ordered: walks must not depend on a hash.
  std::map<std::string, Gang, std::less<>> gangs_;
  absl::flat_hash_map<std::string, std::string> executor_applications_;  // bound ones; lookup only
  /// Gangs without room, with rules that more pods could satisfy: affinity, spread.
  std::set<std::string> waiting_for_others_;
  /// Gangs in BindingVolumes; looked at when something about volumes has changed.
  std::set<std::string> binding_volumes_;
  bool volumes_changed_ = false;
  std::set<std::string> applications_with_lost_slots_;                    // that lost their node
  std::map<std::string, std::set<std::string>> executors_before_driver_;  // UIDs, by the driver's

  std::map<std::string, PreemptionRound> rounds_;  // by UID of the anchor of the gang that preempts
  std::set<std::string> evicted_;                  // deleted by us, and not gone yet

  CapacityHints hints_;
  std::optional<LineHolder> line_holder_;

  absl::flat_hash_map<CallId, Call> calls_;  // lookup only
  std::set<Timer> timers_;
  CallId last_call_ = 0;

  std::bitset<kResourceKinds> synced_;  // by ResourceKind
  /// Our pods seen before everything was listed; applied in an order that makes sense of them.
  std::map<std::string, api::Pod> first_list_;
  bool applying_first_list_ = false;

  bool capacity_grew_ = false;
  Time now_{};
  std::vector<Effect> effects_;
  CoreStatistics statistics_;
};

}  // namespace muster::core
