#include "plugins/builtin_plugins.h"

#include "plugins/node_affinity/node_affinity.h"
#include "plugins/node_resources_fit/node_resources_fit.h"
#include "plugins/node_unschedulable/node_unschedulable.h"
#include "plugins/taint_toleration/taint_toleration.h"

namespace muster::plugins {

framework::Profile DefaultProfile() {
  framework::Profile profile;
  profile.filters.push_back(MakeNodeUnschedulable());
  profile.filters.push_back(MakeTaintToleration());
  profile.filters.push_back(MakeNodeAffinity());
  profile.filters.push_back(MakeNodeResourcesFit());
  return profile;
}

}  // namespace muster::plugins
