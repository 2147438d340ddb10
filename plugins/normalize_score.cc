#include "plugins/normalize_score.h"

#include <algorithm>

#include "scheduler/framework/score.h"

namespace muster::plugins {

void NormalizeToHighest(std::span<std::int64_t> scores, bool reverse) {
  if (scores.empty()) return;
  const std::int64_t highest = *std::max_element(scores.begin(), scores.end());
  for (std::int64_t& score : scores) {
    if (highest > 0) score = framework::kNodeScoreMax * score / highest;
    if (reverse) score = framework::kNodeScoreMax - score;
  }
}

}  // namespace muster::plugins
