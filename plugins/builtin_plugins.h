#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "plugins/node_resources_fit/allocated_score.h"
#include "scheduler/framework/profile.h"

namespace muster::plugins {

/// What may be said about scores; the defaults are those of kube-scheduler's default profile.
struct ScoreSettings {
  /// By name, from 0 (not asked) to framework::kScoreWeightMax; absent ones have their default.
  std::map<std::string, std::int64_t, std::less<>> weights;
  ScoringStrategy strategy = ScoringStrategy::kLeastAllocated;
};

struct DefaultWeight {
  std::string_view plugin;
  std::int64_t weight;
};
/// The score plugins, in kube-scheduler's order.
std::span<const DefaultWeight> DefaultScoreWeights();

/// Every plugin that Muster ships, in kube-scheduler's order. To add one, write it in a folder of
/// its own and name it in builtin_plugins.cc.
framework::Profile DefaultProfile();
framework::Profile DefaultProfile(const ScoreSettings& settings);

}  // namespace muster::plugins
