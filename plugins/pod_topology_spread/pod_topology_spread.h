#pragma once

#include <memory>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// Refuses nodes in topology domains that already have more of the pods to be spread than the
/// emptiest domain, by maxSkew; and nodes that are in no domain. Only constraints with
/// DoNotSchedule: kube-scheduler's system defaults are ScheduleAnyway. Cost: one walk over the
/// nodes and pods for each pod set that has such constraints.
/// Source: kube-scheduler 1.36, plugins/podtopologyspread.
std::unique_ptr<framework::FilterPlugin> MakePodTopologySpread();

}  // namespace muster::plugins
