#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/replay/policy.h"
#include "bench/replay/report/figures.h"

namespace muster::bench::replay {

/// Of one load: distribution of delays, useful cores and waiting gangs over time. The first seed's.
std::string RunPlots(std::span<const PolicyDescription> policies,
                     const std::vector<RunGroup>& groups);

/// Avoidable bytes and mean delay by load.
std::string LoadPlots(std::span<const PolicyDescription> policies,
                      const std::vector<RunGroup>& groups);

/// The page's colour of a policy.
int ColourOf(std::span<const PolicyDescription> policies, const std::string& policy);

}  // namespace muster::bench::replay
