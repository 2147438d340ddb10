#pragma once

#include <memory>

#include "scheduler/framework/score.h"

namespace muster::plugins {

/// Prefers nodes with fewer taints PreferNoSchedule that the pod does not tolerate.
/// Source: kube-scheduler framework/plugins/tainttoleration, Score.
std::unique_ptr<framework::ScorePlugin> MakeTaintTolerationScore();

}  // namespace muster::plugins
