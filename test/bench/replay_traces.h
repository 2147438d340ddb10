#pragma once

#include <filesystem>
#include <string>

/// Where the public traces are; tests that read them are skipped where they are not.
namespace muster::bench::replay {

inline std::string TraceFile(const std::string& name) {
  return (std::filesystem::path(MUSTER_TRACES) / name).string();
}

}  // namespace muster::bench::replay

#define MUSTER_SKIP_WITHOUT_TRACE(file)                                                       \
  do {                                                                                        \
    if (!std::filesystem::exists(file)) {                                                     \
      GTEST_SKIP() << "no " << (file) << "; configure with -DMUSTER_TRACES=FOLDER to run it"; \
    }                                                                                         \
  } while (false)
