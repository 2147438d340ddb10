#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "bench/replay/workload.h"

namespace muster::bench::replay {

/// The share of an all-to-all shuffle that leaves the place where it was written, when executors
/// are spread over places in these counts: 1 - sum of (count / all)^2. 0 when there are none.
double CrossingShare(std::span<const std::int64_t> counts);

/// The least that any placement of a gang on the empty cluster can reach.
struct LeastCrossing {
  double node_share = 0;
  double zone_share = 0;
  std::int64_t nodes = 0;  // fewest nodes that hold its executors
};

/// Answers for one cluster; each size of gang is computed once. The largest nodes first: for a sum
/// of squares with given places this is optimal. The driver goes where it costs least.
class LeastCrossingTable {
 public:
  explicit LeastCrossingTable(const Workload& workload);
  const LeastCrossing& Of(std::int64_t executors);

 private:
  std::vector<std::int64_t> node_places_;  // descending
  std::vector<std::int64_t> zone_places_;  // descending
  std::map<std::int64_t, LeastCrossing> known_;
};

}  // namespace muster::bench::replay
