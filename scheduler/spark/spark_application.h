#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"
#include "scheduler/spark/shape.h"

namespace muster::spark {

inline constexpr char kSparkOperatorGroup[] = "sparkoperator.k8s.io";
inline constexpr char kSparkOperatorVersion[] = "v1beta2";
inline constexpr char kSparkApplicationPlural[] = "sparkapplications";

/// The SparkApplication (sparkoperator.k8s.io/v1beta2) behind a driver of the Spark Operator, named
/// by the driver's label sparkoperator.k8s.io/app-name; nullopt for all other drivers.
std::optional<api::NamespacedName> FindSparkApplication(const api::Pod& driver);

/// Adds to a predicted shape what the operator's webhook adds to executors when they are created,
/// which is neither in the properties nor in the template: from spec.executor tolerations,
/// nodeSelector, affinity, gpu, sidecars, initContainers, priorityClassName, schedulerName (of
/// spec.batchScheduler first), memoryLimit and hostNetwork. The labels are not its work: the
/// operator hands them to spark-submit, so the properties have them.
/// An executor with a template of its own (spec.executor.template) is marked for the webhook by the
/// label mutated-by-spark-operator or is not; without it the releases of the operator differ, so a
/// shape that the webhook would change stays as it was, with a reason in `unknown`.
/// Assumes that the webhook is on. Source: kubeflow/spark-operator v2, internal/webhook.
/// Errors: InvalidArgument names the field and what is allowed.
StatusOr<Shape> ApplySparkApplication(Shape shape, const nlohmann::json& custom_resource);

/// The same from the text that the API server gave for FindSparkApplication(driver), up to 2 MiB.
/// Errors: also InvalidArgument for text that is no JSON, NotFound when the object is another of
/// the same name than the one that owns the driver.
StatusOr<Shape> ApplySparkApplicationText(Shape shape, const api::Pod& driver,
                                          std::string_view text);

/// For a SparkApplication that cannot be read: gives executors the tolerations of their driver,
/// which have more nodes to choose from then, and its scheduler where nothing names another.
/// Nothing that narrows the choice is taken over (a selector that both roles share is
/// spec.nodeSelector, which the properties hold), because a wrong guess would leave the driver
/// waiting for nodes that its executors do not need.
void AssumeFromDriver(const api::Pod& driver, Shape& shape);

}  // namespace muster::spark
