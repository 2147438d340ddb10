#pragma once

#include <string>

#include "scheduler/core/effects.h"

namespace muster::bench {

/// One line that holds everything the effect says, without its end: equal effects give equal lines.
/// It is what the determinism tests compare and what a failing simulation prints.
std::string DescribeEffect(const core::Effect& effect);

}  // namespace muster::bench
