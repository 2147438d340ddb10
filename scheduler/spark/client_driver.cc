#include <algorithm>
#include <array>
#include <utility>

#include "scheduler/spark/driver_configuration.h"
#include "scheduler/spark/spark_driver.h"

// Drivers in client mode: which pods they are, and what their command line says.
namespace muster::spark {
namespace {

/// Where a driver without a launcher (a notebook) may have options of spark-submit.
constexpr char kPythonArguments[] = "PYSPARK_SUBMIT_ARGS";

bool StartsWithMaster(const SubmitOptions& options, std::string_view prefix) {
  const auto master = options.properties.Find("spark.master");
  return !master || options.unresolved.contains("spark.master") || master->starts_with(prefix);
}

/// Whether the command line alone rules out a driver with executors on Kubernetes.
bool IsElsewhere(const SubmitOptions& options) {
  if (options.starts_no_driver || options.properties.Contains("spark.remote")) return true;
  if (options.properties.Find("spark.submit.deployMode") == "cluster") return true;
  return !StartsWithMaster(options, "k8s://");
}

std::string AnnotationOf(const api::Pod& pod) {
  const auto annotation = pod.metadata.annotations.find(kDriverAnnotation);
  return annotation == pod.metadata.annotations.end() ? "" : annotation->second;
}

/// A driver whose process is not started by Spark's own programs.
ClientDriver ReadAnnotated(const api::Container& container) {
  ClientDriver driver{.container = &container, .command = {}, .options = {}, .is_annotated = true};
  const auto arguments = container.environment.find(kPythonArguments);
  if (arguments == container.environment.end()) return driver;
  std::vector<std::vector<Word>> commands = SplitShellScript(arguments->second);
  if (commands.empty()) return driver;
  LaunchCommand command;
  command.program = "pyspark";
  command.arguments = std::move(commands.front());
  command.environment = container.environment;
  driver.options = ParseSubmitOptions(command);
  return driver;
}

}  // namespace

std::optional<ClientDriver> ReadClientDriver(const api::Pod& pod) {
  if (LabelOf(pod, kRoleLabel) == kExecutorRole || IsDriver(pod)) return std::nullopt;
  const std::string annotation = AnnotationOf(pod);
  if (annotation == "false" || pod.spec.containers.empty()) return std::nullopt;
  for (const api::Container& container : pod.spec.containers) {
    std::optional<LaunchCommand> command = FindLaunchCommand(container);
    if (!command) continue;
    ClientDriver driver{.container = &container,
                        .command = std::move(command),
                        .options = {},
                        .is_annotated = annotation == "true"};
    driver.options = ParseSubmitOptions(*driver.command);
    if (IsElsewhere(driver.options)) continue;
    return driver;
  }
  if (annotation != "true") return std::nullopt;
  return ReadAnnotated(pod.spec.containers.front());
}

DriverKind KindOfDriver(const api::Pod& pod) {
  if (IsDriver(pod)) return DriverKind::kClusterMode;
  return ReadClientDriver(pod) ? DriverKind::kClientMode : DriverKind::kNone;
}

}  // namespace muster::spark
