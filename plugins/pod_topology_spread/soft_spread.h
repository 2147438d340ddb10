#pragma once

#include <memory>

#include "scheduler/framework/score.h"

namespace muster::plugins {

/// Prefers nodes in topology domains with fewer of the pods to be spread: the pod's constraints
/// with ScheduleAnyway; for a pod without constraints kube-scheduler's system defaults over hosts
/// and zones, where a Service, ReplicationController, ReplicaSet or StatefulSet selects the pod
/// (ClusterModel::Workloads).
/// Source: kube-scheduler framework/plugins/podtopologyspread/scoring.go; floating point in the
/// same order of operations. Cost: O(nodes + pods) for each constraint.
std::unique_ptr<framework::ScorePlugin> MakePodTopologySpreadScore();

}  // namespace muster::plugins
