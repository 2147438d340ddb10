#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scheduler/api/objects.h"
#include "scheduler/capacity/options.h"
#include "scheduler/spark/shape.h"

/// Stand-ins: pods that stand for executors which do not exist yet. Autoscalers count them like any
/// pod that waits; they are never bound. All of one profile of an application are identical but for
/// their names, so that Cluster Autoscaler takes them for one equivalence group, and none has a
/// label of Spark's, because the driver counts pods by these.
namespace muster::capacity {

inline constexpr std::string_view kStandInLabel = "muster.dev/stand-in";
inline constexpr std::string_view kProfileLabel = "muster.dev/resource-profile";
inline constexpr std::string_view kGenerationLabel = "muster.dev/generation";
/// Cluster Autoscaler leaves a pod alone until it is older than this (a Go duration), which makes
/// it see all pods of a gang at once. Source: core/static_autoscaler.go, filterOutYoungPods.
inline constexpr std::string_view kScaleUpDelayAnnotation =
    "cluster-autoscaler.kubernetes.io/pod-scale-up-delay";
/// Pods below this are expendable to Cluster Autoscaler: they never add a node.
/// Source: --expendable-pods-priority-cutoff.
inline constexpr std::int32_t kExpendableBelow = -10;

/// The stand-in for an executor of this driver, without name and generation. It has the executor's
/// effective requests in one container, and what binds it to nodes: selector, node affinity,
/// tolerations, runtime class, host ports, claims by name, priority class. Left out: affinity
/// between pods and topology spread, whose selectors are about Spark's labels.
api::Pod BuildStandIn(const api::Pod& driver, const spark::ExecutorSet& executor_set,
                      const CapacityOptions& options);

/// "<driver>-<start of its UID>-<generation>-standin-<number>", at most 63 characters: the driver's
/// name is cut where needed, and the UID keeps it apart from an earlier driver of the same name.
std::string StandInName(const api::ObjectMeta& driver, std::int64_t generation,
                        std::int64_t number);

/// A pod that Muster made as a stand-in: it has the label, no node, this scheduler and a pod that
/// controls it. A label alone can be written by anybody.
bool IsStandIn(const api::Pod& pod, std::string_view scheduler_name);

/// 0 when the label is absent or no number.
std::int32_t ProfileOf(const api::Pod& stand_in);
std::int64_t GenerationOf(const api::Pod& stand_in);
/// The last part of its name; 0 when that is no number.
std::int64_t NumberOf(const api::Pod& stand_in);

}  // namespace muster::capacity
