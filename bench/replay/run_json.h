#pragma once

#include <span>
#include <string>

#include "bench/replay/constants.h"
#include "bench/replay/csv_table.h"
#include "bench/replay/run_result.h"

namespace muster::bench::replay {

/// Where the work came from; the same for all runs of one command.
struct Inputs {
  ReadReport jobs;
  ReadReport nodes;
};

/// One run as JSON: all metrics, constants and inputs. Equal for equal seeds but for the member
/// `wallClock`. Ends in a line break.
std::string RunToJson(const RunResult& result, const WorldConstants& constants,
                      const Inputs& inputs);

/// Mean, least and most over the seeds of each policy and load, for the figures that are compared.
std::string SummaryToJson(std::span<const RunResult> results, const WorldConstants& constants,
                          const Inputs& inputs);

}  // namespace muster::bench::replay
