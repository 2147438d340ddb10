#pragma once

#include <memory>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// Refuses nodes outside the zones and regions that the labels of a bound volume name.
/// Source: kube-scheduler 1.36, plugins/volumezone.
std::unique_ptr<framework::FilterPlugin> MakeVolumeZone();

}  // namespace muster::plugins
