#pragma once

/// Stops the process when an invariant of Muster itself is broken: a restart rebuilds everything
/// from the API server, while a wrong bind does not heal. Never for bad input.
#define MUSTER_CHECK(condition, message)                            \
  do {                                                              \
    if (!(condition)) {                                             \
      ::muster::FailCheck(#condition, __FILE__, __LINE__, message); \
    }                                                               \
  } while (false)

#include <string_view>

namespace muster {

/// Prints the broken condition to standard error and aborts.
[[noreturn]] void FailCheck(const char* condition, const char* file, int line,
                            std::string_view message);

}  // namespace muster
