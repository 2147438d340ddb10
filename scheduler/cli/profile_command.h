#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "scheduler/cli/exit_code.h"

namespace muster::cli {

struct ProfileArguments {
  std::vector<std::string> log_paths;
  std::string profile_path;      // written, what is there is added to; may be empty
  std::string output = "table";  // or "json"
};

/// `musterctl profile`: reads Spark event logs and prints on `out` what each application moved
/// between its executors, and whether it is worth packing. Each log is read in one pass.
/// kCouldNotDoIt: a log, or the profile, cannot be read or written; `errors` names it, and the
/// other logs are read all the same.
ExitCode RunProfile(const ProfileArguments& arguments, std::ostream& out, std::ostream& errors);

}  // namespace muster::cli
