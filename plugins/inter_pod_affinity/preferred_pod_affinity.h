#pragma once

#include <memory>

#include "scheduler/framework/score.h"

namespace muster::plugins {

/// Prefers nodes near the pods that the pod likes and away from those that it does not, by the
/// weights of its preferred terms; and the same the other way round for pods that are placed, whose
/// required affinity counts with weight 1.
/// Source: kube-scheduler framework/plugins/interpodaffinity/scoring.go, with its default
/// arguments. Cost: O(nodes + pods with affinity), all pods where the pod itself prefers some.
std::unique_ptr<framework::ScorePlugin> MakeInterPodAffinityScore();

}  // namespace muster::plugins
