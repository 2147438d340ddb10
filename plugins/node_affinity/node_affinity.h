#pragma once

#include <memory>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// Refuses nodes that the pod's nodeSelector or required node affinity does not match.
/// Source: kube-scheduler, plugins/nodeaffinity.
std::unique_ptr<framework::FilterPlugin> MakeNodeAffinity();

}  // namespace muster::plugins
