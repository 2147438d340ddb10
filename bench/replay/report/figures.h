#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/replay/run_result.h"

namespace muster::bench::replay {

/// The runs of one policy under one load, over all seeds.
struct RunGroup {
  double load = 0;
  std::string policy;
  std::vector<const RunResult*> runs;
};

/// In the order in which they first occur. Borrows the results.
std::vector<RunGroup> GroupRuns(std::span<const RunResult> results);

/// One figure of a run that policies are compared by: JSON's name, the report's name and unit.
struct Figure {
  enum class Better { kLess, kMore, kNeither };
  const char* name;
  const char* title;
  const char* unit;
  Better better;
  int digits;
  double (*of)(const RunResult&);  // in the unit
};

/// All of them, in the order of tables.
std::span<const Figure> Figures();
const Figure& FigureNamed(const std::string& name);

struct Spread {
  double mean = 0, least = 0, most = 0;
};
Spread SpreadOf(const Figure& figure, const RunGroup& group);

}  // namespace muster::bench::replay
