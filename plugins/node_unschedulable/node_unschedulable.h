#pragma once

#include <memory>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// Refuses cordoned nodes (spec.unschedulable) unless the pod tolerates the taint
/// node.kubernetes.io/unschedulable:NoSchedule.
/// Source: kube-scheduler, plugins/nodeunschedulable.
std::unique_ptr<framework::FilterPlugin> MakeNodeUnschedulable();

}  // namespace muster::plugins
