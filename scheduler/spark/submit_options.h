#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scheduler/spark/launch_command.h"
#include "scheduler/spark/settings.h"

namespace muster::spark {

/// What a command line of spark-submit (or pyspark, spark-shell, ...) says of the configuration.
struct SubmitOptions {
  /// Keys that the command line sets, which beat those of any file. A flag of its own
  /// (--num-executors) beats --conf.
  Properties properties;
  KeySet unresolved;                           // those of them whose value is not known here
  Properties fallbacks;                        // from variables; any file beats these
  std::optional<std::string> properties_file;  // --properties-file
  bool loads_defaults_too = false;             // --load-spark-defaults (4.0)
  std::string default_name;                    // spark.app.name, where nothing else sets it
  bool starts_no_driver = false;               // --version, --kill, --status
  std::vector<std::string> unknown;
};

/// Reads options up to the application's file, after which they are the application's own; the
/// shells and servers take Spark's options anywhere.
/// Source: SparkSubmitOptionParser, SparkSubmitArguments, SparkSubmit.prepareSubmitEnvironment.
SubmitOptions ParseSubmitOptions(const LaunchCommand& command);

}  // namespace muster::spark
