#pragma once

#include <memory>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// Refuses nodes to which no more volumes of a CSI driver can be attached: CSINode says how many
/// can, claims of the pods there and VolumeAttachments say how many are. A claim that Spark will
/// make for an executor counts for the driver of its class. Cost: O(pods with volumes on a node),
/// on nodes with a limit only. Source: kube-scheduler 1.36, plugins/nodevolumelimits; its gate
/// VolumeLimitScaling is off by default and not done.
std::unique_ptr<framework::FilterPlugin> MakeNodeVolumeLimits();

}  // namespace muster::plugins
