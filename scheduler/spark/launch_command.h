#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/spark/command_words.h"

namespace muster::spark {

/// The command in a container that starts a Spark driver there.
struct LaunchCommand {
  std::string program;          // "/opt/spark/bin/spark-submit"
  std::vector<Word> arguments;  // what follows it
  api::StringMap environment;   // of the container, and what the script sets before the command
  std::vector<std::string> unknown;  // reasons why the configuration is not wholly known

  /// "spark-submit".
  std::string_view ProgramName() const;
};

/// Looks for spark-submit, spark-shell, pyspark, spark-sql, sparkR, start-connect-server.sh,
/// start-thriftserver.sh or the official image's `entrypoint.sh driver` in command and args, also
/// behind wrappers such as tini, env or exec, and in the script of `sh -c`. nullopt: none of these.
/// Cheap for containers that have nothing to do with Spark.
std::optional<LaunchCommand> FindLaunchCommand(const api::Container& container);

}  // namespace muster::spark
