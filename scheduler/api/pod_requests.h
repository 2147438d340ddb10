#pragma once

#include "scheduler/api/objects.h"

namespace muster::api {

/// What a pod asks of its node: containers, sidecars, init containers, pod-level resources and
/// overhead, as kube-scheduler counts them for a pod that is not bound yet.
/// Source: k8s.io/component-helpers/resource PodRequests (facts: KEP-753, KEP-2837).
/// Cost: O(containers x resources). Errors: none; absent requests count as zero.
ResourceList EffectiveRequests(const PodSpec& spec);

}  // namespace muster::api
