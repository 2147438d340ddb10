#pragma once

#include "scheduler/api/json_view.h"
#include "scheduler/base/status.h"
#include "scheduler/core/events.h"
#include "scheduler/kube/known_objects.h"

namespace muster::kube {

/// The name and namespace of any object, as far as they are there.
api::NamespacedName NameOfObject(api::JsonView object);

/// Decodes a watched or listed object. Errors name the object and the path of the bad field.
StatusOr<SeenObject> DecodeSeenObject(core::ResourceKind kind, api::JsonView object);

}  // namespace muster::kube
