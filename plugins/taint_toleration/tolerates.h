#pragma once

#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/framework/pod_set_key.h"

namespace muster::plugins {

/// True when one of the tolerations matches the taint.
/// Source: k8s.io/api core/v1 Toleration.ToleratesTaint. An operator that is not Exists, Equal or
/// "" tolerates nothing.
bool Tolerates(const std::vector<api::Toleration>& tolerations, const api::Taint& taint);

/// What Tolerates depends on.
void AddTolerations(const std::vector<api::Toleration>& tolerations, framework::PodSetKey& key);

/// True when none of the taints keeps the pod from being scheduled: NoSchedule or NoExecute, and
/// not tolerated.
bool ToleratesAllThatForbid(const std::vector<api::Toleration>& tolerations,
                            const std::vector<api::Taint>& taints);

}  // namespace muster::plugins
