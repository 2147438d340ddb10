#include "scheduler/placement/engine.h"

#include "scheduler/placement/gang_placer.h"

namespace muster::placement {

// One seam between placement and its callers: a struct of these would only be named once.
// NOLINTNEXTLINE(readability-function-size)
Attempt PlaceGang(const framework::Profile& profile, model::ClusterModel& model,
                  model::Statement& statement, std::span<const PodSetDemand> demands,
                  std::span<const model::NodeIndex> preferred, PlacementCache* cache,
                  const AttemptDiagnosis& diagnosis) {
  PlacementCache nothing_kept;
  return GangPlacer(profile, model, statement, demands, preferred,
                    cache == nullptr ? nothing_kept : *cache, diagnosis)
      .Run();
}

}  // namespace muster::placement
