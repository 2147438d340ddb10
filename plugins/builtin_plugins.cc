#include "plugins/builtin_plugins.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "plugins/dynamic_resources/dynamic_resources.h"
#include "plugins/image_locality/image_locality.h"
#include "plugins/inter_pod_affinity/inter_pod_affinity.h"
#include "plugins/inter_pod_affinity/preferred_pod_affinity.h"
#include "plugins/node_affinity/node_affinity.h"
#include "plugins/node_affinity/preferred_node_affinity.h"
#include "plugins/node_name/node_name.h"
#include "plugins/node_ports/node_ports.h"
#include "plugins/node_resources_balanced_allocation/node_resources_balanced_allocation.h"
#include "plugins/node_resources_fit/node_resources_fit.h"
#include "plugins/node_unschedulable/node_unschedulable.h"
#include "plugins/node_volume_limits/node_volume_limits.h"
#include "plugins/pod_topology_spread/pod_topology_spread.h"
#include "plugins/pod_topology_spread/soft_spread.h"
#include "plugins/taint_toleration/prefer_no_schedule.h"
#include "plugins/taint_toleration/taint_toleration.h"
#include "plugins/volume_binding/volume_binding.h"
#include "plugins/volume_restrictions/volume_restrictions.h"
#include "plugins/volume_zone/volume_zone.h"
#include "scheduler/base/check.h"

namespace muster::plugins {
namespace {

/// Source: kube-scheduler apis/config/v1/default_plugins.go.
constexpr std::array<DefaultWeight, 7> kDefaultWeights{{{"TaintToleration", 3},
                                                        {"NodeAffinity", 2},
                                                        {"NodeResourcesFit", 1},
                                                        {"PodTopologySpread", 2},
                                                        {"InterPodAffinity", 2},
                                                        {"NodeResourcesBalancedAllocation", 1},
                                                        {"ImageLocality", 1}}};

std::int64_t WeightOf(std::string_view plugin, const ScoreSettings& settings) {
  const auto set = settings.weights.find(plugin);
  if (set != settings.weights.end()) return set->second;
  const auto known =
      std::find_if(kDefaultWeights.begin(), kDefaultWeights.end(),
                   [&](const DefaultWeight& entry) { return entry.plugin == plugin; });
  MUSTER_CHECK(known != kDefaultWeights.end(), "a score plugin has no default weight");
  return known->weight;
}

std::vector<framework::WeightedScorePlugin> ScorePlugins(const ScoreSettings& settings) {
  std::vector<framework::WeightedScorePlugin> scores;
  const auto add = [&](std::unique_ptr<framework::ScorePlugin> plugin) {
    const std::int64_t weight = WeightOf(plugin->Name(), settings);
    scores.push_back({std::move(plugin), weight});
  };
  add(MakeTaintTolerationScore());
  add(MakeNodeAffinityScore());
  add(MakeNodeResourcesFitScore(settings.strategy));
  add(MakePodTopologySpreadScore());
  add(MakeInterPodAffinityScore());
  add(MakeNodeResourcesBalancedAllocation());
  add(MakeImageLocality());
  return scores;
}

}  // namespace

std::span<const DefaultWeight> DefaultScoreWeights() { return kDefaultWeights; }

framework::Profile DefaultProfile() { return DefaultProfile(ScoreSettings{}); }

framework::Profile DefaultProfile(const ScoreSettings& settings) {
  framework::Profile profile;
  profile.filters.push_back(MakeNodeUnschedulable());
  profile.filters.push_back(MakeNodeName());
  profile.filters.push_back(MakeTaintToleration());
  profile.filters.push_back(MakeNodeAffinity());
  profile.filters.push_back(MakeNodePorts());
  profile.filters.push_back(MakeNodeResourcesFit());
  profile.filters.push_back(MakeVolumeRestrictions());
  profile.filters.push_back(MakeNodeVolumeLimits());
  profile.filters.push_back(MakeVolumeBinding());
  profile.filters.push_back(MakeVolumeZone());
  profile.filters.push_back(MakePodTopologySpread());
  profile.filters.push_back(MakeInterPodAffinity());
  profile.filters.push_back(MakeDynamicResources());
  profile.scores = ScorePlugins(settings);
  return profile;
}

}  // namespace muster::plugins
