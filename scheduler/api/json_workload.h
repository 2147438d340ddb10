#pragma once

#include <optional>
#include <string_view>

#include "scheduler/api/json_view.h"
#include "scheduler/api/workload.h"
#include "scheduler/base/status.h"

namespace muster::api {

/// The kind of that name, when it is one of them.
std::optional<WorkloadKind> WorkloadKindNamed(std::string_view name);

/// A Service, ReplicationController, ReplicaSet or StatefulSet from its JSON form; the same rules
/// as in json_codec.h. Neither labels, annotations nor the pod template are read: there may be many
/// of these objects, and all of them pass by with each change of their status.
StatusOr<Workload> DecodeWorkload(WorkloadKind kind, JsonView object);

}  // namespace muster::api
