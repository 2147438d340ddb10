#pragma once

#include "scheduler/api/objects.h"

namespace muster::api {

/// What a pod asks of its node: containers, sidecars, init containers, pod-level resources and
/// overhead, as kube-scheduler counts them for a pod that is not bound yet.
/// Source: k8s.io/component-helpers/resource PodRequests (facts: KEP-753, KEP-2837).
/// Cost: O(containers x resources). Errors: none; absent requests count as zero.
ResourceList EffectiveRequests(const PodSpec& spec);

/// The same for a pod that may be on a node already and be resized there: what a container asks,
/// was given and has, whichever is most, leaving out what the node has found infeasible (KEP-1287).
/// Without a status this is what its spec asks.
ResourceList EffectiveRequests(const Pod& pod);
/// The same without a copy, for nearly all pods: what the one container asks, where nothing else
/// counts. Null for all others.
const ResourceList* OnlyRequests(const Pod& pod);

/// The same for scoring nodes: a container that does not name its cpu or memory counts as 100m or
/// 200Mi, so that pods without requests do not all go to one node. Of the pod that waits, pod-level
/// requests do not count, as in kube-scheduler, which does not hand the feature gate to this
/// scorer. Source: kube-scheduler util/pod_resources.go; framework/types.go
/// CalculateResource; noderesources/fit.go nodeResourceStrategyTypeMap, resource_allocation.go
/// calculatePodResourceRequest.
ResourceList NonZeroRequestsOfPlaced(const Pod& pod);
ResourceList NonZeroRequestsOfPending(const PodSpec& spec);

}  // namespace muster::api
