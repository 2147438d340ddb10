#pragma once

#include <memory>

#include "scheduler/framework/score.h"

namespace muster::plugins {

/// Prefers nodes by the weights of the preferred node affinity terms that they match.
/// Source: kube-scheduler framework/plugins/nodeaffinity, Score; component-helpers nodeaffinity.go
/// PreferredSchedulingTerms.
std::unique_ptr<framework::ScorePlugin> MakeNodeAffinityScore();

}  // namespace muster::plugins
