#pragma once

#include "scheduler/api/objects.h"

namespace muster::api {

/// Puts the pod's own values of matchLabelKeys and mismatchLabelKeys into the selectors of its
/// affinity terms and spread constraints, as the API server does when a pod is created. For pods
/// that do not exist yet; doing it twice would be wrong after a label has changed.
/// Source: Kubernetes 1.36 pkg/registry/core/pod/strategy.go.
void ApplyMatchLabelKeys(Pod& pod);

}  // namespace muster::api
