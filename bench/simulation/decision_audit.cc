#include "bench/simulation/decision_audit.h"

#include <algorithm>
#include <utility>

#include "scheduler/api/pod_requests.h"
#include "scheduler/capacity/stand_in.h"
#include "scheduler/spark/shape.h"

namespace muster::bench {
namespace {

std::string NodeOf(const api::Pod& pod, const std::string& assumed_node) {
  return pod.spec.node_name.empty() ? assumed_node : pod.spec.node_name;
}

/// A bind without an answer may still be carried out this long after it was sent, and its room and
/// its slot are nobody's until then (scheduler/core/bind.cc).
constexpr Duration kBindMayLand = std::chrono::seconds(10);

/// A bind with this answer may have happened.
bool MayBeDone(core::CallResult result) {
  return result == core::CallResult::kOk || result == core::CallResult::kUnknown;
}

}  // namespace

std::string ControllerUid(const api::Pod& pod) {
  for (const api::OwnerReference& owner : pod.metadata.owner_references) {
    if (owner.controller) return owner.uid;
  }
  return "";
}

DecisionAudit::DecisionAudit(std::string scheduler_name, Duration gang_timeout,
                             std::vector<std::string>& violations)
    : scheduler_name_(std::move(scheduler_name)),
      gang_timeout_(gang_timeout),
      violations_(violations) {}

void DecisionAudit::OnStep(Time now, std::span<const core::Event> events,
                           std::span<const core::Effect> effects) {
  now_ = now;
  DropDisturbedPlans();
  for (const core::Event& event : events) {
    Apply(event);
    DropDisturbedPlans();
  }
  for (const core::Effect& effect : effects) {
    if (const auto* bind = std::get_if<core::BindPod>(&effect)) JudgeBind(*bind);
    if (const auto* deletion = std::get_if<core::DeletePod>(&effect)) JudgeEviction(*deletion);
    if (const auto* fetch = std::get_if<core::FetchPod>(&effect)) {
      fetches_[fetch->call] = fetch->pod;
    }
  }
}

void DecisionAudit::Apply(const core::Event& event) {
  struct Visitor {
    DecisionAudit& audit;
    void operator()(const core::PodObserved& e) const { audit.Observe(e.pod); }
    void operator()(const core::NodeObserved& e) const {
      audit.nodes_[e.node.metadata.name] = e.node;
      if (!audit.disturbed_.empty()) audit.DropPlansOn(e.node.metadata.name);
    }
    void operator()(const core::PodGone& e) const { audit.Forget(e.uid); }
    void operator()(const core::NodeGone& e) const { audit.nodes_.erase(e.name); }
    void operator()(const core::ObjectObserved&) const {}
    void operator()(const core::ObjectGone&) const {}
    void operator()(const core::ResourceSynced& e) const { audit.synced_.insert(e.kind); }
    void operator()(const core::CallCompleted& e) const { audit.EndCall(e.call, e.outcome); }
    void operator()(const core::ConfigMapFetched&) const {}
    void operator()(const core::CustomResourceFetched&) const {}
    void operator()(const core::PodFetched& e) const { audit.EndFetch(e); }
  };
  std::visit(Visitor{*this}, event);
}

void DecisionAudit::Observe(const api::Pod& pod) {
  if (api::IsTerminal(pod)) {
    Forget(pod.metadata.uid);
    return;
  }
  KnownPod& known = pods_[pod.metadata.uid];
  // Where a disturbed application has slots now is not known, so room that somebody takes may be
  // room that is reserved.
  const bool is_surprise =
      !pod.spec.node_name.empty() && NodeOf(known.pod, known.assumed_node) != pod.spec.node_name;
  if (is_surprise && !disturbed_.empty()) DropPlansOn(pod.spec.node_name);
  const bool was_going = known.pod.metadata.deletion_timestamp.has_value();
  if (pod.metadata.deletion_timestamp && !was_going) known.going_since = now_;
  known.pod = pod;
  known.requests = api::EffectiveRequests(pod.spec);
  // A driver that is going ends its reservation.
  if (pod.metadata.deletion_timestamp) plans_.erase(pod.metadata.uid);
  const auto annotation = pod.metadata.annotations.find(kPlanAnnotation);
  // In the first list: left by an earlier process.
  const bool is_new = synced_.size() < core::kResourceKinds;
  if (is_new && annotation != pod.metadata.annotations.end()) {
    StatusOr<ReadPlan> plan = ParsePlan(annotation->second);
    if (plan.ok()) plans_[pod.metadata.uid] = {*std::move(plan), now_};
  }
}

void DecisionAudit::Forget(const std::string& uid) {
  pods_.erase(uid);
  plans_.erase(uid);
  disturbed_.erase(uid);
}

void DecisionAudit::EndCall(core::CallId call, const core::CallOutcome& outcome) {
  const auto bind = binds_.extract(call);
  if (bind.empty() || MayBeDone(outcome.result)) return;
  const auto known = pods_.find(bind.mapped());
  if (known == pods_.end()) return;
  known->second.assumed_node.clear();
  if (known->second.pod.spec.node_name.empty()) plans_.erase(bind.mapped());
}

void DecisionAudit::EndFetch(const core::PodFetched& fetched) {
  const auto fetch = fetches_.extract(fetched.call);
  if (fetch.empty()) return;
  const auto matches = [&](const auto& entry) {
    return api::NameOf(entry.second.pod.metadata) == fetch.mapped();
  };
  const auto known = std::find_if(pods_.begin(), pods_.end(), matches);
  if (fetched.outcome.result == core::CallResult::kOk && fetched.pod) {
    const bool is_unbound_for_good = known != pods_.end() && fetched.pod->spec.node_name.empty() &&
                                     now_ - known->second.assumed_at >= kBindMayLand;
    if (is_unbound_for_good) {
      known->second.assumed_node.clear();
      plans_.erase(known->first);
    }
    Observe(*fetched.pod);
  } else if (fetched.outcome.result == core::CallResult::kNotFound && known != pods_.end()) {
    Forget(std::string(known->first));
  }
}

void DecisionAudit::DropDisturbedPlans() {
  DropPlansIf([&](const std::string& driver_uid, const KnownPlan& known) {
    return now_ - known.since >= gang_timeout_ || HasUnplannedExecutor(driver_uid, known.plan);
  });
  std::set<std::string> lost_nodes;
  for (const auto& [uid, known] : plans_) {
    for (const std::string& node : known.plan.Nodes()) {
      if (!nodes_.contains(node) || Exceeded(node) || IsClosed(node)) lost_nodes.insert(node);
    }
  }
  for (const std::string& node : lost_nodes) DropPlansOn(node);
}

void DecisionAudit::DropPlansOn(const std::string& node) {
  DropPlansIf([&](const std::string&, const KnownPlan& known) {
    return known.plan.Nodes().contains(node);
  });
}

template <class Condition>
void DecisionAudit::DropPlansIf(Condition condition) {
  for (auto plan = plans_.begin(); plan != plans_.end();) {
    const bool is_dropped = condition(plan->first, plan->second);
    if (is_dropped) disturbed_.insert(plan->first);
    plan = is_dropped ? plans_.erase(plan) : std::next(plan);
  }
}

bool DecisionAudit::HasUnplannedExecutor(const std::string& driver_uid,
                                         const ReadPlan& plan) const {
  return std::any_of(pods_.begin(), pods_.end(), [&](const auto& entry) {
    const KnownPod& known = entry.second;
    if (!spark::IsExecutor(known.pod) || ControllerUid(known.pod) != driver_uid) return false;
    const std::string node = NodeOf(known.pod, known.assumed_node);
    const bool is_elsewhere = !node.empty() && ExecutorsOn(driver_uid, node) > plan.SlotsOn(node);
    return is_elsewhere || !plan.Predicts(known.requests);
  });
}

void DecisionAudit::JudgeBind(const core::BindPod& bind) {
  binds_[bind.call] = bind.uid;
  const auto known = pods_.find(bind.uid);
  if (known == pods_.end()) {
    Report("binds " + bind.pod.ToString() + " of which it was not told");
    return;
  }
  JudgeTarget(bind, known->second);
  if (spark::IsExecutor(known->second.pod)) JudgeSlot(bind, known->second);
  known->second.assumed_node = bind.node;
  known->second.assumed_at = now_;

  const std::string decision = "bind of " + bind.pod.ToString() + " to " + bind.node;
  if (spark::IsDriver(known->second.pod)) JudgePlan(bind);
  JudgeRoom(bind.node, decision);
  const auto plan = plans_.find(bind.uid);
  if (plan == plans_.end()) return;
  for (const std::string& node : plan->second.plan.Nodes()) {
    if (node != bind.node) JudgeRoom(node, decision);
  }
}

void DecisionAudit::JudgeTarget(const core::BindPod& bind, const KnownPod& known) {
  const std::string name = bind.pod.ToString();
  if (synced_.size() < core::kResourceKinds)
    Report("binds " + name + " before everything is synced");
  if (known.pod.spec.scheduler_name != scheduler_name_) {
    Report("binds " + name + ", a pod of another scheduler");
  }
  if (known.pod.metadata.deletion_timestamp) Report("binds " + name + ", which is being deleted");
  if (!known.pod.spec.scheduling_gates.empty()) Report("binds " + name + ", which is gated");
  const std::string node = NodeOf(known.pod, known.assumed_node);
  if (!node.empty()) Report("binds " + name + ", which is or may be on " + node + " already");
  if (!nodes_.contains(bind.node)) Report("binds " + name + " to " + bind.node + ", no such node");
  const bool tolerates_nothing = known.pod.spec.tolerations.empty();
  if (tolerates_nothing && IsClosed(bind.node))
    Report("binds " + name + " to " + bind.node + ", which is closed to it");
}

void DecisionAudit::JudgePlan(const core::BindPod& bind) {
  const auto annotation = bind.annotations.find(kPlanAnnotation);
  if (annotation == bind.annotations.end()) {
    Report("binds the driver " + bind.pod.ToString() + " without a plan");
    return;
  }
  StatusOr<ReadPlan> plan = ParsePlan(annotation->second);
  if (!plan.ok()) {
    Report("binds " + bind.pod.ToString() + ": " + std::string(MessageOf(plan.status())));
    return;
  }
  for (const ReadPlan::Set& set : plan->sets) {
    if (set.SlotCount() != set.count) {
      Report("the plan of " + bind.pod.ToString() + " has " + std::to_string(set.SlotCount()) +
             " slots for " + std::to_string(set.count) + " executors");
    }
  }
  plans_[bind.uid] = {*std::move(plan), now_};
}

void DecisionAudit::JudgeSlot(const core::BindPod& bind, const KnownPod& known) {
  const std::string driver_uid = ControllerUid(known.pod);
  const auto plan = plans_.find(driver_uid);
  if (plan == plans_.end()) return;
  const ReadPlan& slots = plan->second.plan;
  if (ExecutorsOn(driver_uid, bind.node) < slots.SlotsOn(bind.node)) return;
  for (const std::string& node : slots.Nodes()) {
    if (ExecutorsOn(driver_uid, node) >= slots.SlotsOn(node)) continue;
    Report("binds " + bind.pod.ToString() + " to " + bind.node + " while its slot on " + node +
           " is empty");
    return;
  }
}

void DecisionAudit::JudgeEviction(const core::DeletePod& deletion) {
  const std::string name = deletion.pod.ToString();
  const auto victim = pods_.find(deletion.uid);
  if (deletion.preemptor_uid.empty()) {
    if (victim != pods_.end() && !capacity::IsStandIn(victim->second.pod, scheduler_name_)) {
      Report("deletes " + name + ", which is no stand-in");
    }
    return;
  }
  const auto preemptor = pods_.find(deletion.preemptor_uid);
  if (victim == pods_.end() || preemptor == pods_.end()) {
    Report("evicts " + name + " for " + deletion.preemptor_uid + ", one of which it does not know");
    return;
  }
  const api::Pod& pod = victim->second.pod;
  const api::Pod& gainer = preemptor->second.pod;
  if (NodeOf(pod, victim->second.assumed_node).empty()) {
    Report("evicts " + name + ", which is on no node");
  }
  const bool unseen = pod.spec.node_name.empty();
  if (unseen && std::any_of(binds_.begin(), binds_.end(),
                            [&](const auto& bind) { return bind.second == deletion.uid; })) {
    Report("evicts " + name + ", whose bind has no answer yet");
  }
  // One answer of the same step may be older than the news.
  const bool was_going = pod.metadata.deletion_timestamp && victim->second.going_since < now_;
  if (was_going) Report("evicts " + name + ", which is going already");
  if (pod.spec.priority >= gainer.spec.priority) {
    Report("evicts " + name + ", whose priority is not lower than that of " +
           api::NameOf(gainer.metadata).ToString());
  }
  if (gainer.spec.never_preempts) Report("evicts " + name + " for a pod that never preempts");
  // Room is held for the preemptor from here on, and empty slots of lower priority give way to it.
  DropPlansIf([&](const std::string& driver_uid, const KnownPlan&) {
    const auto driver = pods_.find(driver_uid);
    return driver != pods_.end() && driver->second.pod.spec.priority < gainer.spec.priority;
  });
  if (!NodeOf(gainer, preemptor->second.assumed_node).empty()) {
    Report("evicts " + name + " for " + api::NameOf(gainer.metadata).ToString() +
           ", which has a node");
  }
  // Its place in the plan is not for its replacement.
  if (const std::string driver = ControllerUid(pod); plans_.erase(driver) > 0) {
    disturbed_.insert(driver);
  }
}

void DecisionAudit::JudgeRoom(const std::string& node, const std::string& decision) {
  if (const std::optional<std::string> resource = Exceeded(node)) {
    Report(decision + ": " + node + " has too little " + *resource);
  }
}

std::int64_t DecisionAudit::ExecutorsOn(const std::string& driver_uid,
                                        const std::string& node) const {
  return std::count_if(pods_.begin(), pods_.end(), [&](const auto& entry) {
    const KnownPod& known = entry.second;
    return NodeOf(known.pod, known.assumed_node) == node && spark::IsExecutor(known.pod) &&
           ControllerUid(known.pod) == driver_uid;
  });
}

void DecisionAudit::Use::Add(const api::ResourceList& requests, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    for (const auto& [resource, quantity] : requests) {
      amounts[resource] = amounts[resource] + quantity;
    }
    amounts["pods"] = amounts["pods"] + Quantity::FromUnits(1);
  }
}

DecisionAudit::Use DecisionAudit::UseOf(const std::string& node) const {
  Use use;
  for (const auto& [uid, known] : pods_) {
    if (NodeOf(known.pod, known.assumed_node) == node) use.Add(known.requests, 1);
  }
  for (const auto& [driver_uid, known] : plans_) {
    std::int64_t taken = ExecutorsOn(driver_uid, node);
    for (const ReadPlan::Set& set : known.plan.sets) {
      const auto slot = set.slots.find(node);
      if (slot == set.slots.end()) continue;
      const std::int64_t filled = std::min(taken, slot->second);
      taken -= filled;
      use.Add(set.requests, slot->second - filled);
    }
  }
  return use;
}

std::optional<std::string> DecisionAudit::Exceeded(const std::string& node) const {
  const auto known = nodes_.find(node);
  if (known == nodes_.end()) return std::nullopt;
  const Use use = UseOf(node);
  for (const auto& [resource, quantity] : use.amounts) {
    const auto limit = known->second.allocatable.find(resource);
    const Quantity allowed = limit == known->second.allocatable.end() ? Quantity() : limit->second;
    if (quantity > allowed) return resource;
  }
  return std::nullopt;
}

/// Cordoned or tainted.
bool DecisionAudit::IsClosed(const std::string& node) const {
  const auto known = nodes_.find(node);
  if (known == nodes_.end()) return false;
  const std::vector<api::Taint>& taints = known->second.taints;
  return known->second.unschedulable ||
         std::any_of(taints.begin(), taints.end(),
                     [](const api::Taint& taint) { return taint.effect == "NoSchedule"; });
}

void DecisionAudit::Report(const std::string& text) {
  violations_.push_back(FormatRfc3339Micro(now_) + " Muster " + text);
}

}  // namespace muster::bench
