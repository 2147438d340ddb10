#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/core/events.h"

/// What the core wants done in the world. Effects on one object are carried out in the order given,
/// one in flight; effects on different objects may overtake each other.
namespace muster::core {

/// Binds a pod to a node, with the UID as precondition; `annotations` are merged into the pod in
/// the same transaction. Answered by CallCompleted.
struct BindPod {
  CallId call = 0;
  api::NamespacedName pod;
  std::string uid;
  std::string node;
  api::StringMap annotations;
};

/// Sets one condition of a pod's status, with the UID as precondition. Answered by CallCompleted.
struct PatchPodCondition {
  CallId call = 0;
  api::NamespacedName pod;
  std::string uid;
  api::PodCondition condition;
  Time transition_time{};
  /// Sets status.nominatedNodeName too; "" removes it.
  std::optional<std::string> nominated_node = std::nullopt;
};

/// Reads one ConfigMap. Answered by ConfigMapFetched.
struct FetchConfigMap {
  CallId call = 0;
  api::NamespacedName config_map;
};

/// Reads one custom resource. Answered by CustomResourceFetched.
struct FetchCustomResource {
  CallId call = 0;
  std::string group;    // "sparkoperator.k8s.io"
  std::string version;  // "v1beta2"
  std::string plural;   // "sparkapplications"
  api::NamespacedName name;
};

/// Reads one pod consistently, to learn what became of a bind without an answer. Answered by
/// PodFetched.
struct FetchPod {
  CallId call = 0;
  api::NamespacedName pod;
};

/// Records an event on a pod (events.k8s.io/v1). Best effort, no answer; similar events are merged
/// at the edge.
struct RecordEvent {
  enum class Type { kNormal, kWarning };
  Type type = Type::kNormal;
  api::NamespacedName pod;
  std::string pod_uid;
  std::string reason;  // Scheduled, FailedScheduling, GangRefused, ...
  std::string action;  // Binding, Scheduling, ...
  std::string note;    // at most 1 kB
  Time time{};
};

/// Tells the provisioner of a claim for which node it shall make a volume; UID and resource version
/// are preconditions. Answered by CallCompleted.
struct SelectNode {
  CallId call = 0;
  api::NamespacedName claim;
  std::string uid;
  std::string resource_version;
  std::string node;
};

/// Keeps a volume for a claim, so that the controller binds them; UID and resource version of the
/// volume are preconditions. Answered by CallCompleted.
struct KeepVolume {
  CallId call = 0;
  std::string volume;
  std::string uid;
  std::string resource_version;
  api::ClaimReference claim;
  bool was_kept = false;  // for this claim, by a person: then it is not marked as bound by us
};

/// Deletes a pod, with its own grace period and the UID as precondition. Answered by CallCompleted.
/// Source: kube-scheduler deletes victims and does not use the eviction subresource, which would
/// refuse what a PodDisruptionBudget forbids.
struct DeletePod {
  CallId call = 0;
  api::NamespacedName pod;
  std::string uid;
  std::string preemptor_uid;  // for logs; "" for a stand-in
  /// Keeps the order of effects on this pod instead: a stand-in goes before the executor that it
  /// stood for is bound, so that no autoscaler counts both.
  std::optional<api::NamespacedName> before = std::nullopt;
};

/// Creates a pod that stands for one which does not exist yet and will never run: never restarted,
/// no grace period, no token, the least rights that a container can have. Answered by
/// CallCompleted; a pod of this name that is there is kConflict.
struct CreateStandIn {
  CallId call = 0;
  api::Pod pod;
};

/// Sets annotations of a pod, with the UID as precondition. Answered by CallCompleted.
struct AnnotatePod {
  CallId call = 0;
  api::NamespacedName pod;
  std::string uid;
  api::StringMap annotations;
};

using Effect =
    std::variant<BindPod, PatchPodCondition, FetchConfigMap, FetchCustomResource, FetchPod,
                 RecordEvent, SelectNode, KeepVolume, DeletePod, CreateStandIn, AnnotatePod>;

struct StepResult {
  std::vector<Effect> effects;
  /// Step wants to be called at this time even if no event comes.
  std::optional<Time> wake_at;
};

}  // namespace muster::core
