#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scheduler/api/objects.h"

namespace muster::bench {

/// What a user gives to spark-submit, and how the application then behaves.
struct SparkApplication {
  std::string name;
  std::string namespace_name = "spark";
  std::string scheduler_name = "muster";
  /// What the user set with --conf; what spark-submit adds itself is left out.
  std::map<std::string, std::string> properties;
  /// Of driver and executors, as admission sets it from their PriorityClass.
  std::int32_t priority = 0;
  api::ResourceList driver_requests;
  api::StringMap driver_annotations;
  std::vector<api::Toleration> driver_tolerations;
  /// The spec of the SparkApplication that the driver is of, as JSON; none when empty. Its name is
  /// the application's.
  std::string operator_spec;
  /// YAML of the executor pod template; none when empty.
  std::string executor_template;

  /// How long it runs once all its executors run.
  Duration run_time = std::chrono::seconds(60);
  /// From the driver's Running to its first request for executors: the start of the JVM.
  Duration driver_startup = std::chrono::seconds(3);
  /// Executors created in one second: spark.kubernetes.allocation.batch.size, 5 up to Spark 3.5.
  std::int64_t batch_size = 5;
  /// From the driver pod to its ConfigMaps (facts/spark.md 3.3); nullopt: spark-submit dies
  /// between.
  std::optional<Duration> config_map_delay = std::chrono::milliseconds(200);
  /// Executors that ask for another CPU than their properties say, as after a mutating webhook.
  std::optional<Quantity> executor_cpu_override;
  /// False: nothing in the properties names a scheduler, so that it is admission that gives
  /// `scheduler_name` to the driver, and `admitted_executor_scheduler` to executors.
  bool names_scheduler = true;
  std::string admitted_executor_scheduler = "default-scheduler";
};

/// An application with static allocation: a driver of 1 CPU and 1408Mi, and `executors` executors
/// of `cores` CPU and `memory` (Java form, "4g") plus Spark's overhead.
SparkApplication StaticApplication(const std::string& name, std::int64_t executors,
                                   std::int64_t cores, const std::string& memory);

/// The objects that `spark-submit --deploy-mode cluster` creates: the driver pod first, the
/// ConfigMaps after it. Form: facts/spark.md 2.1, 3.1 and 3.2.
struct Submission {
  api::Pod driver;
  std::vector<api::ConfigMap> config_maps;
};

/// `identity` tells submissions apart and is the source of every generated name.
Submission Submit(const SparkApplication& application, std::uint64_t identity);

/// The text form of java.util.Properties.store: comments, escapes, one key=value a line.
std::string StoreProperties(const std::map<std::string, std::string>& properties);

}  // namespace muster::bench
