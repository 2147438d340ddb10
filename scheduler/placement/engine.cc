#include "scheduler/placement/engine.h"

#include "scheduler/placement/gang_placer.h"

namespace muster::placement {

Attempt PlaceGang(const PlacementContext& context, model::Statement& statement,
                  const GangRequest& request) {
  return GangPlacer(context, statement, request).Run();
}

}  // namespace muster::placement
