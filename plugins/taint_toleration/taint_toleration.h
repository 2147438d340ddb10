#pragma once

#include <memory>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// Refuses nodes with a NoSchedule or NoExecute taint that the pod does not tolerate.
/// Source: kube-scheduler 1.36, plugins/tainttoleration.
std::unique_ptr<framework::FilterPlugin> MakeTaintToleration();

}  // namespace muster::plugins
