#pragma once

#include <iosfwd>
#include <string>

#include "scheduler/cli/exit_code.h"

namespace muster::cli {

struct ShapeArguments {
  std::string driver_path;             // a Pod
  std::string config_maps_path;        // a List of ConfigMaps
  std::string spark_application_path;  // a SparkApplication of the Spark Operator; may be empty
  std::string output = "json";         // the only form there is
};

/// `musterctl shape`: prints, as one JSON object on `out`, the executors that a driver will ask
/// for. kAnswerIsNo: Spark or Muster would refuse this configuration. What is wrong goes to
/// `errors`.
ExitCode RunShape(const ShapeArguments& arguments, std::ostream& out, std::ostream& errors);

}  // namespace muster::cli
