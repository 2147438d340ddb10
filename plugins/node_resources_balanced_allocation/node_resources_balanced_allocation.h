#pragma once

#include <memory>

#include "scheduler/framework/score.h"

namespace muster::plugins {

/// Prefers nodes on which the pod brings the used shares of cpu and memory closer together. Has
/// nothing to say about pods without requests.
/// Source: kube-scheduler framework/plugins/noderesources/balanced_allocation.go; floating point in
/// the same order of operations.
std::unique_ptr<framework::ScorePlugin> MakeNodeResourcesBalancedAllocation();

}  // namespace muster::plugins
