#include "plugins/builtin_plugins.h"

#include "plugins/node_affinity/node_affinity.h"
#include "plugins/node_resources_fit/node_resources_fit.h"
#include "plugins/node_unschedulable/node_unschedulable.h"
#include "plugins/node_volume_limits/node_volume_limits.h"
#include "plugins/taint_toleration/taint_toleration.h"
#include "plugins/volume_binding/volume_binding.h"
#include "plugins/volume_restrictions/volume_restrictions.h"
#include "plugins/volume_zone/volume_zone.h"

namespace muster::plugins {

framework::Profile DefaultProfile() {
  framework::Profile profile;
  profile.filters.push_back(MakeNodeUnschedulable());
  profile.filters.push_back(MakeTaintToleration());
  profile.filters.push_back(MakeNodeAffinity());
  profile.filters.push_back(MakeNodeResourcesFit());
  profile.filters.push_back(MakeVolumeRestrictions());
  profile.filters.push_back(MakeNodeVolumeLimits());
  profile.filters.push_back(MakeVolumeBinding());
  profile.filters.push_back(MakeVolumeZone());
  return profile;
}

}  // namespace muster::plugins
