#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"

/// What a Spark application will ask for, computed from its driver pod and the ConfigMaps that the
/// pod names, before any executor exists. Exact for the default resource profile of Spark 3.3
/// to 4.x, in cluster mode and, as far as the driver's pod tells, in client mode; stage-level
/// profiles exist only once the driver runs. Pure functions: no I/O, no clock; the caller owns the
/// results.
namespace muster::spark {

/// The identical executors of one resource profile.
struct ExecutorSet {
  std::int32_t profile = 0;
  std::int64_t count = 0;      // created at the start; the gang (0 is possible: see below)
  std::int64_t count_min = 0;  // as dynamic allocation is configured; count when it is off
  std::int64_t count_max = 0;  // 2147483647 when dynamic allocation has no maximum
  bool dynamic_allocation = false;
  /// The executor pod as the API server will show it, as far as scheduling is concerned: metadata
  /// labels and annotations, scheduler name, containers with requests, limits and host ports, node
  /// selector, affinity, tolerations, spread, claims, gates, priority class, runtime class. Without
  /// what only admission knows: the priority's number, a runtime class's overhead, LimitRange
  /// defaults, webhooks, and the two tolerations that every pod gets. No name, UID, owner or label
  /// spark-exec-id. It is there even when count is 0, which is where dynamic allocation starts by
  /// default.
  api::Pod pod;
};

struct Shape {
  /// Label spark-app-selector. Empty in client mode, where the driver makes it up when it starts,
  /// unless spark.app.id is set; the executors then lack that label here.
  std::string application_id;
  /// spark.app.name; "" when it is not set.
  std::string application_name;
  /// The host in the executors' SPARK_DRIVER_URL, when it is configured and known; NamesDriver
  /// takes it.
  std::string driver_host;
  /// Empty when the driver asks Kubernetes for no executors (spark.master=local[4]).
  std::vector<ExecutorSet> executor_sets;
  /// Reasons why the prediction is not exact ("spark.executor.memory holds ${env:SIZE}"); empty
  /// when it is.
  std::vector<std::string> unknown;
  /// Nothing that the submitter wrote names a scheduler for either role, and Spark's labels are on
  /// the driver: if it has one by name all the same, admission gave it (a MutatingAdmissionPolicy,
  /// say), and executors may be given it too. `executor_sets` are as if they were not.
  bool names_no_scheduler = false;
  /// Shuffle files go to a service of their own or to object storage: executors exchange little.
  bool shuffles_remotely = false;
};

/// Where a driver keeps its configuration: which ConfigMaps have to be fetched, and which key of
/// them is which file.
struct ConfigMapFile {
  std::string config_map;  // in the driver's namespace
  std::string key;
};

/// A driver pod in cluster mode: label spark-role=driver and spark-app-selector.
bool IsDriver(const api::Pod& pod);
bool IsExecutor(const api::Pod& pod);

enum class DriverKind { kNone, kClusterMode, kClientMode };

/// What a pod is to Spark. kClusterMode: IsDriver. kClientMode: a pod that a person wrote, and
/// whose command line clearly starts Spark on Kubernetes (spark-submit, pyspark, a Connect server,
/// ..., not with --deploy-mode cluster or another master), or that says so with the annotation
/// muster.dev/spark-driver: "true" ("false" denies it). Executors are never drivers.
/// Cost: a look at the labels and, without them, at the words of command and args.
DriverKind KindOfDriver(const api::Pod& pod);

/// Whether an executor that no pod controls points to this driver, for drivers in client mode and
/// executors that a StatefulSet or Deployment made. In doubt it does not. Both are in one
/// namespace, the driver is not terminal, and one of these holds: the application ids are equal, or
/// the host in the executor's SPARK_DRIVER_URL is the driver's pod IP (unless the driver shares it
/// with its node), the DNS name made of that IP, or spark.driver.host of the driver:
/// `driver_host` (Shape::driver_host), else what its command line says.
bool NamesDriver(const api::Pod& executor, const api::Pod& driver,
                 std::string_view driver_host = {});

/// The file behind an absolute path in the driver's Spark container, found through its volume
/// mounts; nullopt when no ConfigMap volume covers the path.
std::optional<ConfigMapFile> FindMountedFile(const api::Pod& driver, const std::string& path);

/// The ConfigMap file that holds the driver's properties: its argument --properties-file, and in
/// client mode else spark-defaults.conf in the configuration directory (SPARK_CONF_DIR, or conf
/// beside the program's bin, or /opt/spark/conf).
/// Errors: NotFound when the driver names none that a ConfigMap provides.
StatusOr<ConfigMapFile> FindPropertiesFile(const api::Pod& driver);

/// The ConfigMaps the shape needs, by name: the map of the properties itself (a driver in client
/// mode may have none) and, if the properties name an executor template, the map that holds it. The
/// list grows when more maps are given, and is complete when every name in it is a key of
/// `config_maps`.
StatusOr<std::vector<std::string>> RequiredConfigMaps(
    const api::Pod& driver, const std::map<std::string, api::ConfigMap>& config_maps);

/// Computes the shape. `config_maps` is keyed by name and holds at least RequiredConfigMaps().
/// Bounded: properties up to 1 MiB, an executor template up to 256 KiB. Cost: linear in both.
/// Errors: NotFound when a driver in cluster mode names no properties file in a ConfigMap.
/// Unavailable when a ConfigMap that is needed was not given (Spark creates them after the driver:
/// ask again). InvalidArgument for what Spark or the API server would refuse too; it names the
/// file, the key, the value and what is allowed.
StatusOr<Shape> ComputeShape(const api::Pod& driver,
                             const std::map<std::string, api::ConfigMap>& config_maps);

}  // namespace muster::spark
