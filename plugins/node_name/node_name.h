#pragma once

#include <memory>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// Refuses every node but the one that the pod names in spec.nodeName.
/// Source: kube-scheduler, plugins/nodename.
std::unique_ptr<framework::FilterPlugin> MakeNodeName();

}  // namespace muster::plugins
