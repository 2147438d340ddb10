#pragma once

#include <map>
#include <string>
#include <string_view>

#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"
#include "scheduler/spark/shape.h"

/// Names that Spark gives to things, and what shape.cc and its neighbours share.
namespace muster::spark {

inline constexpr char kRoleLabel[] = "spark-role";
inline constexpr std::string_view kExecutorRole = "executor";
inline constexpr char kApplicationLabel[] = "spark-app-selector";
inline constexpr char kApplicationNameLabel[] = "spark-app-name";
inline constexpr char kVersionLabel[] = "spark-version";
inline constexpr char kProfileLabel[] = "spark-exec-resourceprofile-id";
inline constexpr std::string_view kTemplateKey = "spark.kubernetes.executor.podTemplateFile";

/// The value of a label of the pod; "" when it has none.
inline std::string LabelOf(const api::Pod& pod, const std::string& label) {
  const auto entry = pod.metadata.labels.find(label);
  return entry == pod.metadata.labels.end() ? std::string() : entry->second;
}

/// The text of a file in a ConfigMap, borrowed from `config_maps`.
/// Errors: Unavailable when the ConfigMap was not given, InvalidArgument when it lacks the key.
StatusOr<std::string_view> FileContent(const std::map<std::string, api::ConfigMap>& config_maps,
                                       const ConfigMapFile& file);

}  // namespace muster::spark
