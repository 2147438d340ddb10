#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bench/replay/micro_cases.h"

namespace muster::bench::replay {

/// A drawing of each small case under each policy: one bar for each gang.
std::string MicroDrawings(std::span<const std::pair<MicroCase, std::vector<MicroRun>>> micro_cases);

}  // namespace muster::bench::replay
