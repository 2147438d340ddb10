#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "scheduler/api/objects.h"

/// What the world tells the core. Every fact enters as one of these, in the order in which it was
/// learned; the same events at the same times give the same effects.
namespace muster::core {

/// Identifies one effect that answers; unique within one process, never 0.
using CallId = std::uint64_t;

enum class ResourceKind { kPod, kNode };

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

/// Answers BindPod and PatchPodCondition.
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

using Event = std::variant<PodObserved, NodeObserved, PodGone, NodeGone, ResourceSynced,
                           CallCompleted, ConfigMapFetched, CustomResourceFetched, PodFetched>;

}  // namespace muster::core
