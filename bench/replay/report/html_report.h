#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/replay/constants.h"
#include "bench/replay/micro_cases.h"
#include "bench/replay/policy.h"
#include "bench/replay/run_json.h"
#include "bench/replay/run_result.h"

namespace muster::bench::replay {

/// Everything that the page shows; borrowed.
struct ReportContent {
  std::span<const RunResult> results;
  std::span<const PolicyDescription> policies;
  const WorldConstants& constants;
  const Inputs& inputs;
  std::span<const std::pair<MicroCase, std::vector<MicroRun>>> micro_cases;
};

/// One page without any outside resource: tables with all policies, plots, drawings of the small
/// cases, what is simplified, all constants.
std::string HtmlReport(const ReportContent& content);

}  // namespace muster::bench::replay
