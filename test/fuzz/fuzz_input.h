#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scheduler/base/check.h"

/// What libFuzzer calls with every input; each target defines it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace muster::fuzz {

inline std::string_view TextOf(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace muster::fuzz
