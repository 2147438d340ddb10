#include "scheduler/placement/engine.h"

#include "scheduler/placement/gang_placer.h"

namespace muster::placement {

Attempt PlaceGang(const framework::Profile& profile, model::ClusterModel& model,
                  model::Statement& statement, std::span<const PodSetDemand> demands,
                  std::span<const model::NodeIndex> preferred, const AttemptDiagnosis& diagnosis) {
  return GangPlacer(profile, model, statement, demands, preferred, diagnosis).Run();
}

}  // namespace muster::placement
