#pragma once

#include <memory>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// Refuses nodes where another pod has the same disk (GCE, EBS, iSCSI, RBD; several readers may
/// share some of them), and all nodes while a ReadWriteOncePod claim is in use. Source:
/// kube-scheduler 1.36, plugins/volumerestrictions.
std::unique_ptr<framework::FilterPlugin> MakeVolumeRestrictions();

}  // namespace muster::plugins
