#pragma once

#include <memory>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// Refuses nodes without room: cpu, memory, ephemeral storage, extended resources, number of pods.
/// Source: kube-scheduler, plugins/noderesources/fit.go.
std::unique_ptr<framework::FilterPlugin> MakeNodeResourcesFit();

}  // namespace muster::plugins
