#include "scheduler/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace muster {

void FailCheck(const char* condition, const char* file, int line, std::string_view message) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s: %.*s\n", file, line, condition,
               static_cast<int>(message.size()), message.data());
  std::abort();
}

}  // namespace muster
