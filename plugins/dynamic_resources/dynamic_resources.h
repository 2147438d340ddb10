#pragma once

#include <memory>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// Refuses pods with spec.resourceClaims on every node: Muster does not allocate devices to claims,
/// and on a node without an allocation the kubelet would not start them. The reason names the
/// claims. Source: kube-scheduler, plugins/dynamicresources, which allocates them.
std::unique_ptr<framework::FilterPlugin> MakeDynamicResources();

}  // namespace muster::plugins
