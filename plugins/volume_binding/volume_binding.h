#pragma once

#include <memory>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// Refuses nodes that bound volumes cannot be reached from, and nodes for which the claims that
/// wait for a first consumer could get no volume: none is there (static) and none would be made
/// (topology and capacity of the class). Claims that a pod's creation brings along, and that do not
/// exist yet, are judged by their class; those of a class with immediate binding are taken to be
/// bound anywhere, since where is not known before. Where drivers publish how much storage there
/// is, the volumes of a gang on one node are summed up, which kube-scheduler need not do for one
/// pod. Source: kube-scheduler 1.36, plugins/volumebinding.
std::unique_ptr<framework::FilterPlugin> MakeVolumeBinding();

}  // namespace muster::plugins
