#pragma once

#include <optional>

#include "scheduler/api/objects.h"

namespace muster::api {

enum class WorkloadKind { kService, kReplicationController, kReplicaSet, kStatefulSet };

/// An object that groups pods, as far as scheduling reads it: by the selector alone. Source:
/// k8s.io/api core/v1, apps/v1.
struct Workload {
  WorkloadKind kind = WorkloadKind::kService;
  ObjectMeta metadata;  // of it only what identifies the object
  /// Absent: selects nothing. Services and ReplicationControllers have labels only, which are
  /// match_labels here.
  std::optional<LabelSelector> selector;
  bool operator==(const Workload&) const = default;
};

}  // namespace muster::api
