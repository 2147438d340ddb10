#pragma once

#include <memory>

#include "scheduler/framework/score.h"

namespace muster::plugins {

/// Which nodes NodeResourcesFit prefers: those with the most room, or the fullest.
enum class ScoringStrategy { kLeastAllocated, kMostAllocated };

/// Scores nodes by how much of their cpu and memory is taken once the pod is there; both count
/// alike, and containers without requests count as something (api::NonZeroRequestsOfPlaced).
/// Source: kube-scheduler framework/plugins/noderesources, least_allocated.go, most_allocated.go.
std::unique_ptr<framework::ScorePlugin> MakeNodeResourcesFitScore(ScoringStrategy strategy);

}  // namespace muster::plugins
