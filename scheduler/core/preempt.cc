// Whether evicting pods of lower priority would make room for a gang, and which.

#include <algorithm>
#include <optional>
#include <utility>

#include "scheduler/core/state.h"
#include "scheduler/placement/victim_search.h"

namespace muster::core {
namespace {

using namespace std::chrono_literals;
using gang::GangKind;
using gang::GangPhase;
using placement::EvictionUnit;
using Kind = EvictionUnit::Kind;

// A search that found nothing is not repeated at every change of the cluster.
constexpr Duration kSearchInterval = 1s;

std::string NoVictimsText(std::int64_t nodes, std::int64_t not_worth) {
  std::string text = "0/" + std::to_string(nodes) + " nodes are available: ";
  if (nodes > not_worth) {
    text += std::to_string(nodes - not_worth) + " No preemption victims found for incoming pod";
    if (not_worth > 0) text += ", ";
  }
  if (not_worth > 0) {
    text += std::to_string(not_worth) + " Preemption is not helpful for scheduling";
  }
  return text + ".";
}

/// An application that somebody else scheduled is known by its labels only.
std::optional<std::string> ForeignApplication(const model::PodInfo& info, std::string_view role) {
  if (info.labels.Find("spark-role") != role) return std::nullopt;
  const auto selector = info.labels.Find("spark-app-selector");
  if (!selector) return std::nullopt;
  return info.namespace_name + "/" + std::string(*selector);
}

EvictionUnit UnitOf(const model::PlacedPod& pod, Kind kind) {
  return {pod.info->terminating ? Kind::kLeaving : kind,
          pod.info->priority,
          pod.info->created,
          pod.info->namespace_name + "/" + pod.info->name,
          {pod.uid}};
}

/// Adds a pod to what goes with it; false when it must not be evicted.
bool Join(EvictionUnit& unit, const model::PlacedPod& pod, std::int32_t below) {
  if (pod.info->priority >= below) return false;
  unit.priority = std::max(unit.priority, pod.info->priority);
  unit.pods.push_back(pod.uid);
  return true;
}

}  // namespace

/// Room is bought for all members, so the least of them decides what it may cost.
std::int32_t SchedulerCore::State::PreemptionPriority(const Gang& gang) {
  std::int32_t priority = gang.anchor.spec.priority;
  for (std::size_t i = 0; i < gang.executor_sets.size(); ++i) {
    if (gang.executor_sets[i].count == 0) continue;
    priority = std::min(priority, gang.executor_infos[i]->priority);
  }
  return priority;
}

/// Called when the gang did not fit. Returns what the diagnosis has to say about preemption; ""
/// when victims were found and are on their way.
std::string SchedulerCore::State::Preempt(Gang& gang, const placement::Attempt& attempt) {
  if (const auto round = rounds_.find(gang.Uid()); round != rounds_.end()) {
    if (!round->second.victims.empty()) {
      HoldRoom(round->second);
      return " preemption: not eligible due to a terminating pod on the nominated node.";
    }
    FailRound(gang, "the room that the victims left was taken by others");
  }
  if (gang.anchor.spec.never_preempts) {
    return " preemption: not eligible due to preemptionPolicy=Never.";
  }
  const std::int32_t priority = PreemptionPriority(gang);
  const auto nodes = static_cast<std::int64_t>(model_.Nodes().PresentCount());
  if (nodes == 0) return "";
  if (model_.LowestPriority().value_or(priority) >= priority) {
    if (attempt.diagnosis.empty()) return "";  // told with the refusals only
    return " preemption: " + NoVictimsText(nodes, attempt.unresolvable_nodes);
  }
  if (now_ < gang.preemption.retry_at) {
    ArmTimer(gang.preemption.retry_at, TimerKind::kPreempt, gang.Uid());
    return gang.preemption.said;
  }
  gang.preemption.said = SearchVictims(gang, priority);
  return gang.preemption.said;
}

std::string SchedulerCore::State::SearchVictims(Gang& gang, std::int32_t priority) {
  const std::vector<placement::PodSetDemand> demands = DemandsOf(gang);
  const std::vector<std::uint8_t> worth = placement::NodesWorthEvicting(profile_, model_, demands);
  const std::vector<EvictionUnit> units = CollectUnits(gang, priority, worth);
  if (units.empty()) {
    gang.preemption.retry_at = now_ + kSearchInterval;
    const auto nodes = static_cast<std::int64_t>(model_.Nodes().PresentCount());
    return " preemption: " +
           NoVictimsText(nodes, nodes - std::count(worth.begin(), worth.end(), 1));
  }
  const placement::PreemptionPlan plan = placement::PlanPreemption(
      {profile_, model_, placement_cache_}, {demands, PolicyOf(gang)}, units, worth);
  if (!plan.shares) {
    gang.preemption.retry_at = now_ + kSearchInterval;
    return " preemption: " + plan.diagnosis;
  }
  if (plan.victims.empty()) return "";
  PreemptionRound round;
  for (std::size_t set = 0; set < demands.size(); ++set) {
    for (const placement::NodeShare& share : (*plan.shares)[set]) {
      round.plan.push_back({model_.Nodes().Name(share.node), demands[set].info, share.count});
    }
  }
  // The cheapest first: should one of them be refused, little is lost.
  for (auto victim = plan.victims.rbegin(); victim != plan.victims.rend(); ++victim) {
    AddVictims(round, units[*victim]);
  }
  BeginRound(gang, std::move(round));
  return "";
}

/// All that may be evicted for this gang: lower priority, bound for certain, on nodes where it
/// helps, and not of the gang's own application.
std::vector<EvictionUnit> SchedulerCore::State::CollectUnits(
    const Gang& gang, std::int32_t below, std::span<const std::uint8_t> worth) const {
  std::vector<EvictionUnit> units;
  std::map<std::string, EvictionUnit> foreign_drivers;  // by application
  const std::map<std::string, Kind> executors = ExecutorKinds();
  for (model::NodeIndex node = 0; node < worth.size(); ++node) {
    if (worth[node] == 0) continue;
    for (const model::PodsOnNode& entry : model_.PodsOn(node)) {
      if (entry.pod == nullptr || !MayBeEvicted(gang, *entry.pod, below)) continue;
      const model::PlacedPod& pod = *entry.pod;
      const bool our_driver = gangs_.contains(pod.uid);
      if (our_driver && !pod.info->terminating) continue;  // with its application, below
      const auto application = ForeignApplication(*pod.info, "driver");
      if (application && !our_driver && !pod.info->terminating) {
        foreign_drivers.emplace(*application, UnitOf(pod, Kind::kDriver));
        continue;
      }
      const auto executor = executors.find(pod.uid);
      units.push_back(UnitOf(pod, executor == executors.end() ? Kind::kPod : executor->second));
    }
  }
  AddApplications(gang, below, worth, units);
  AddForeignApplications(std::move(foreign_drivers), below, units);
  return units;
}

bool SchedulerCore::State::MayBeEvicted(const Gang& gang, const model::PlacedPod& pod,
                                        std::int32_t below) const {
  if (pod.info->priority >= below || gang.preemption.spared.contains(pod.uid)) return false;
  // Being bound: it may or may not be there.
  const auto known = gangs_.find(pod.uid);
  if (known != gangs_.end() && known->second.phase != GangPhase::kReserved) return false;
  if (gang.application_uid.empty()) return true;
  const auto application = executor_applications_.find(pod.uid);
  const bool own =
      pod.uid == gang.application_uid ||
      (application != executor_applications_.end() && application->second == gang.application_uid);
  return !own;
}

/// Of our executors, those that their application can spare and those that it needs; the youngest
/// can be spared. Executors of a driver that is going will go by themselves.
std::map<std::string, Kind> SchedulerCore::State::ExecutorKinds() const {
  std::map<std::string, Kind> kinds;
  for (const auto& [uid, gang] : gangs_) {
    if (gang.kind != GangKind::kApplication) continue;
    std::vector<const model::PlacedPod*> members;
    for (const auto& [executor, bound] : gang.executors) {
      const model::PlacedPod* pod = model_.FindPod(executor);
      if (pod != nullptr && !pod->info->terminating) members.push_back(pod);
    }
    std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) {
      return a->info->created != b->info->created ? a->info->created > b->info->created
                                                  : a->uid < b->uid;
    });
    std::int64_t needed = 0;
    for (const gang::SlotSet& set : gang.reservation.Sets()) needed += set.kept_min;
    needed = gang.settings.executors_min.value_or(needed);
    auto spare = static_cast<std::int64_t>(members.size()) - needed;
    const bool going = gang.anchor.metadata.deletion_timestamp.has_value();
    for (const model::PlacedPod* pod : members) {
      const Kind kind = spare-- > 0 ? Kind::kPod : Kind::kNeededExecutor;
      kinds[pod->uid] = going ? Kind::kLeaving : kind;
    }
  }
  return kinds;
}

/// A driver of ours with its executors and the places that are held for them.
void SchedulerCore::State::AddApplications(const Gang& gang, std::int32_t below,
                                           std::span<const std::uint8_t> worth,
                                           std::vector<EvictionUnit>& units) const {
  const auto helps = [&](model::NodeIndex node) { return node < worth.size() && worth[node] != 0; };
  for (const auto& [uid, application] : gangs_) {
    if (application.kind != GangKind::kApplication || application.phase != GangPhase::kReserved ||
        application.anchor.metadata.deletion_timestamp || uid == gang.application_uid) {
      continue;
    }
    const model::PlacedPod* driver = model_.FindPod(uid);
    if (driver == nullptr || !model_.Nodes().IsPresent(driver->node)) continue;
    if (!MayBeEvicted(gang, *driver, below)) continue;
    EvictionUnit unit = UnitOf(*driver, Kind::kDriver);
    bool allowed = true;
    bool of_use = helps(driver->node);
    for (const auto& [executor, bound] : application.executors) {
      const model::PlacedPod* pod = model_.FindPod(executor);
      if (pod == nullptr || !model_.Nodes().IsPresent(pod->node)) continue;
      allowed = allowed && MayBeEvicted(gang, *pod, below) && Join(unit, *pod, below);
      of_use = of_use || helps(pod->node);
    }
    for (const gang::SlotSet& set : application.reservation.Sets()) {
      std::map<model::NodeIndex, std::int64_t> places;
      for (const gang::Slot& slot : set.slots) {
        if (slot.IsEmpty() && model_.Nodes().IsPresent(slot.node)) ++places[slot.node];
      }
      for (const auto& [node, count] : places) {
        unit.places.push_back({node, set.info, count});
        of_use = of_use || helps(node);
      }
    }
    if (allowed && of_use) units.push_back(std::move(unit));
  }
}

/// A driver that somebody else scheduled, with the executors that have its label.
void SchedulerCore::State::AddForeignApplications(std::map<std::string, EvictionUnit> drivers,
                                                  std::int32_t below,
                                                  std::vector<EvictionUnit>& units) const {
  if (drivers.empty()) return;
  std::set<std::string> protected_ones;
  for (model::NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
    if (!model_.Nodes().IsPresent(node)) continue;
    for (const model::PodsOnNode& entry : model_.PodsOn(node)) {
      if (entry.pod == nullptr) continue;
      const auto application = ForeignApplication(*entry.info, "executor");
      const auto driver = application ? drivers.find(*application) : drivers.end();
      if (driver == drivers.end()) continue;
      if (!Join(driver->second, *entry.pod, below)) protected_ones.insert(*application);
    }
  }
  for (auto& [application, unit] : drivers) {
    if (!protected_ones.contains(application)) units.push_back(std::move(unit));
  }
}

}  // namespace muster::core
