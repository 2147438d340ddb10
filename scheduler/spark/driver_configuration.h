#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"
#include "scheduler/spark/launch_command.h"
#include "scheduler/spark/settings.h"
#include "scheduler/spark/shape.h"
#include "scheduler/spark/submit_options.h"

namespace muster::spark {

/// The annotation by which a pod says that it is a driver in client mode.
inline constexpr char kDriverAnnotation[] = "muster.dev/spark-driver";

/// What a pod in client mode says of its configuration, without any ConfigMap.
struct ClientDriver {
  const api::Container* container = nullptr;  // of the pod; never null
  std::optional<LaunchCommand> command;       // absent for a notebook, say
  SubmitOptions options;
  /// Set by the annotation: where the master is not configured, its code sets it.
  bool is_annotated = false;
};

/// nullopt unless KindOfDriver(pod) is kClientMode.
std::optional<ClientDriver> ReadClientDriver(const api::Pod& pod);

/// The container of a driver whose mounts count; nullptr for a pod without containers.
const api::Container* FindDriverContainer(const api::Pod& driver);

/// Where a driver's properties are.
struct PropertiesSource {
  std::optional<ConfigMapFile> file;
  /// spark-defaults.conf, which need not be there.
  bool is_optional = false;
  std::vector<std::string> unknown;
};
StatusOr<PropertiesSource> FindProperties(const api::Pod& driver);

/// The whole configuration of a driver.
struct DriverConfiguration {
  Properties properties;
  std::string file;  // for errors
  KeyOrigins origins;
  std::vector<std::string> unknown;
  bool is_client_mode = false;
  bool asks_for_executors = true;  // of Kubernetes
};

/// Errors: NotFound as FindPropertiesFile in cluster mode, Unavailable when the ConfigMap was not
/// given, InvalidArgument for a file that cannot be read.
StatusOr<DriverConfiguration> ReadConfiguration(
    const api::Pod& driver, const std::map<std::string, api::ConfigMap>& config_maps);

/// The path of a template on the driver's disk: without "file:" or "local:" before it.
std::string_view LocalPath(std::string_view path);

}  // namespace muster::spark
