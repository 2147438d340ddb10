#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "scheduler/api/objects.h"
#include "scheduler/api/storage_objects.h"
#include "scheduler/api/workload.h"

/// What the world tells the core. Every fact enters as one of these, in the order in which it was
/// learned; the same events at the same times give the same effects.
namespace muster::core {

/// Identifies one effect that answers; unique within one process, never 0.
using CallId = std::uint64_t;

/// What is watched. All of it must be there before anything is decided: a claim, a class or a
/// budget that is not known would be taken for one that does not exist. The last four are the kinds
/// of api::Workload, in its order; only scores read them.
enum class ResourceKind {
  kPod,
  kNode,
  kPersistentVolumeClaim,
  kPersistentVolume,
  kStorageClass,
  kCsiNode,
  kCsiDriver,
  kCsiStorageCapacity,
  kVolumeAttachment,
  kNamespace,
  kPodDisruptionBudget,
  kPriorityClass,
  kService,
  kReplicationController,
  kReplicaSet,
  kStatefulSet,
};
inline constexpr std::size_t kResourceKinds = 16;

/// Every kind, for those who must go through all of them.
constexpr std::array<ResourceKind, kResourceKinds> AllResourceKinds() {
  std::array<ResourceKind, kResourceKinds> kinds{};
  for (std::size_t i = 0; i < kResourceKinds; ++i) kinds[i] = static_cast<ResourceKind>(i);
  return kinds;
}

/// Requires one of the last four.
constexpr api::WorkloadKind WorkloadKindOf(ResourceKind kind) {
  return static_cast<api::WorkloadKind>(static_cast<int>(kind) -
                                        static_cast<int>(ResourceKind::kService));
}
static_assert(WorkloadKindOf(ResourceKind::kStatefulSet) == api::WorkloadKind::kStatefulSet);

/// The kinds of objects that have no events of their own, in the order of ResourceKind; the four
/// kinds of workloads share one.
using WatchedObject =
    std::variant<api::PersistentVolumeClaim, api::PersistentVolume, api::StorageClass, api::CsiNode,
                 api::CsiDriver, api::CsiStorageCapacity, api::VolumeAttachment, api::Namespace,
                 api::PodDisruptionBudget, api::PriorityClass, api::Workload>;
static_assert(std::variant_size_v<WatchedObject> + 2 + 3 == kResourceKinds);

/// A pod or node as the watch shows it, new or changed. Older versions than one already seen are
/// dropped by the reflector.
struct PodObserved {
  api::Pod pod;
};
struct NodeObserved {
  api::Node node;
};
/// Gone from the API server, or, for pods, terminal and outside the watch's field selector.
struct PodGone {
  api::NamespacedName name;
  std::string uid;
};
struct NodeGone {
  std::string name;
};

/// The same for all other kinds.
struct ObjectObserved {
  WatchedObject object;
};
struct ObjectGone {
  ResourceKind kind = ResourceKind::kPersistentVolumeClaim;
  api::NamespacedName name;
};

/// The first complete list of a resource has been delivered. Nothing is decided before all are.
struct ResourceSynced {
  ResourceKind kind;
};

/// How a call ended, as far as the caller can act on it.
enum class CallResult {
  kOk,
  kNotFound,     // definite: the object is not there
  kConflict,     // definite: a precondition failed, or the pod is bound already
  kForbidden,    // definite: RBAC or admission
  kInvalid,      // definite: the server rejects what we sent
  kUnavailable,  // definite: refused before anything was done; worth a retry
  kUnknown,      // sent, no answer: done or not
};

struct CallOutcome {
  CallResult result = CallResult::kOk;
  std::string message;  // the server's or the transport's words, at most 1 kB
};

/// Answers BindPod, PatchPodCondition, DeletePod, CreateStandIn, AnnotatePod and what is written
/// about volumes.
struct CallCompleted {
  CallId call = 0;
  CallOutcome outcome;
};
/// Answers FetchConfigMap; `config_map` is set when the result is kOk.
struct ConfigMapFetched {
  CallId call = 0;
  CallOutcome outcome;
  std::optional<api::ConfigMap> config_map;
};
/// Answers FetchCustomResource; `json` is the object's text, not yet parsed, when the result is
/// kOk. One beyond the size limit of the edge is kInvalid.
struct CustomResourceFetched {
  CallId call = 0;
  CallOutcome outcome;
  std::string json;
};
/// Answers FetchPod, a consistent read; `pod` is set when the result is kOk.
struct PodFetched {
  CallId call = 0;
  CallOutcome outcome;
  std::optional<api::Pod> pod;
};

using Event = std::variant<PodObserved, NodeObserved, PodGone, NodeGone, ObjectObserved, ObjectGone,
                           ResourceSynced, CallCompleted, ConfigMapFetched, CustomResourceFetched,
                           PodFetched>;

}  // namespace muster::core
