#pragma once

#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"
#include "scheduler/spark/settings.h"

/// Parts of an executor pod that tie it to some nodes, beside its requests and selectors.
namespace muster::spark {

/// Adds the claims of spark.kubernetes.executor.volumes.persistentVolumeClaim.NAME.options.
/// A claim that Spark makes for each executor (claimName=OnDemand, or SPARK_EXECUTOR_ID in it) has
/// an empty name here. Volumes of other kinds do not matter to scheduling.
/// Source: KubernetesVolumeUtils, MountVolumesFeatureStep.
void AddClaims(Settings& settings, api::PodSpec& spec);

/// On the host's network the port of the block manager is a port of the node, which leaves one
/// executor for each node. Source: BasicExecutorFeatureStep, and the API server's defaults.
Status AddHostPorts(Settings& settings, api::Container& spark_container, bool host_network);

/// What the API server does with matchLabelKeys and mismatchLabelKeys: the pod's own values become
/// requirements of the selector. Keys that the pod lacks are skipped. Needed once.
/// Source: kubernetes pkg/registry/core/pod/strategy.go.
void MergeLabelKeys(api::Pod& pod);

}  // namespace muster::spark
