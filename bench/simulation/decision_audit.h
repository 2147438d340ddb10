#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "bench/simulation/plan.h"
#include "scheduler/core/effects.h"
#include "scheduler/core/events.h"

namespace muster::bench {

/// Judges every decision of Muster by what Muster had been told when it took it, so that a race
/// which nobody could see is not blamed on it, and a mistake is not excused by luck.
///
/// Holds, for each bind: both resources were synced; the pod is Muster's, pending, not gated, not
/// being deleted and in no other bind; the node exists and is neither cordoned nor tainted, unless
/// the pod tolerates something; on every node that the decision touches, bound pods + binds without
/// a definite failure + empty reserved slots fit (S1 of facts/kubernetes.md 9.2); a driver carries
/// a plan with a slot for each of its executors (S3); an executor goes to a reserved slot while its
/// application has one. For each eviction: the victim is bound, not on its way out, and of lower
/// priority than the pod that it is evicted for, which still waits and may preempt. A plan stops to
/// be checked once it is disturbed: a stranger took its room, a node of it went, an executor came
/// that it does not predict, one of its executors was evicted, or its slots timed out. Muster may
/// then re-plan, which the annotation does not show.
class DecisionAudit {
 public:
  DecisionAudit(std::string scheduler_name, Duration gang_timeout,
                std::vector<std::string>& violations);

  void OnStep(Time now, std::span<const core::Event> events, std::span<const core::Effect> effects);

 private:
  /// A pod as Muster knows it.
  struct KnownPod {
    api::Pod pod;
    api::ResourceList requests;
    std::string assumed_node;  // of a bind that has not failed definitely
    Time assumed_at{};
    Time going_since{};  // when it was told of its deletion
  };
  struct KnownPlan {
    ReadPlan plan;
    Time since{};
  };
  struct Use {
    api::ResourceList amounts;
    void Add(const api::ResourceList& requests, std::int64_t count);
  };

  void Apply(const core::Event& event);
  void Observe(const api::Pod& pod);
  void Forget(const std::string& uid);
  void EndCall(core::CallId call, const core::CallOutcome& outcome);
  void EndFetch(const core::PodFetched& fetched);
  void DropDisturbedPlans();
  void DropPlansOn(const std::string& node);
  template <class Condition>
  void DropPlansIf(Condition condition);
  /// An executor outside the plan's slots, or of another size than they have.
  bool HasUnplannedExecutor(const std::string& driver_uid, const ReadPlan& plan) const;

  void JudgeBind(const core::BindPod& bind);
  void JudgeTarget(const core::BindPod& bind, const KnownPod& known);
  void JudgePlan(const core::BindPod& bind);
  void JudgeSlot(const core::BindPod& bind, const KnownPod& known);
  void JudgeEviction(const core::DeletePod& deletion);
  void JudgeRoom(const std::string& node, const std::string& decision);

  /// The application's living executors on the node, bound or in a bind.
  std::int64_t ExecutorsOn(const std::string& driver_uid, const std::string& node) const;
  /// Bound, assumed and reserved on the node.
  Use UseOf(const std::string& node) const;
  /// The first resource of which more is used than there is; nullopt when all fit.
  std::optional<std::string> Exceeded(const std::string& node) const;
  bool IsClosed(const std::string& node) const;
  void Report(const std::string& text);

  std::string scheduler_name_;
  Duration gang_timeout_;
  std::vector<std::string>& violations_;
  Time now_{};
  std::set<core::ResourceKind> synced_;
  std::map<std::string, api::Node> nodes_;
  std::map<std::string, KnownPod> pods_;       // by UID
  std::map<std::string, KnownPlan> plans_;     // by the driver's UID
  std::set<std::string> disturbed_;            // drivers whose plans are not checked any more
  std::map<core::CallId, std::string> binds_;  // call -> UID
  std::map<core::CallId, api::NamespacedName> fetches_;
};

/// The controlling owner's UID, or "".
std::string ControllerUid(const api::Pod& pod);

}  // namespace muster::bench
