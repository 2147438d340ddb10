#pragma once

#include <cstdint>
#include <span>

namespace muster::plugins {

/// Scales scores that are not negative to 0..100 of the highest; `reverse`: the highest becomes 0.
/// Source: kube-scheduler plugins/helper/normalize_score.go.
void NormalizeToHighest(std::span<std::int64_t> scores, bool reverse);

}  // namespace muster::plugins
