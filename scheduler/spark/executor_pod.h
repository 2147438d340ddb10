#pragma once

#include <string>
#include <string_view>

#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"
#include "scheduler/spark/settings.h"

namespace muster::spark {

/// What an application's executors have in common beside its settings. What is empty is not known
/// yet, and their labels lack it.
struct ExecutorIdentity {
  std::string namespace_name;
  std::string application_id;
  std::string application_name;  // as the label has it
  std::string spark_version;
};

/// In cluster mode the driver's labels say all of it.
ExecutorIdentity ClusterIdentity(const api::Pod& driver);

/// The label spark-app-name for an application's name. Source: KubernetesConf.getAppNameLabel.
std::string AppNameLabel(std::string_view name);

/// The executor pod of the default profile as the API server will show it: the template (an empty
/// pod when there is none) with what Spark sets on top, and the API server's defaults.
/// It has no name and no label spark-exec-id, in which executors differ.
/// Source: BasicExecutorFeatureStep, KubernetesUtils.selectSparkContainer.
/// Errors: InvalidArgument names the key, the value and what is allowed.
StatusOr<api::Pod> BuildExecutorPod(const ExecutorIdentity& identity, Settings& settings,
                                    api::Pod pod_template);

/// What the API server adds to requests: a container's limit is its request where it has none, and
/// pod-level requests are completed from the containers' requests and the pod-level limits.
void DefaultRequests(api::PodSpec& spec);

}  // namespace muster::spark
