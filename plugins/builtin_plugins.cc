#include "plugins/builtin_plugins.h"

#include "plugins/inter_pod_affinity/inter_pod_affinity.h"
#include "plugins/node_affinity/node_affinity.h"
#include "plugins/node_name/node_name.h"
#include "plugins/node_ports/node_ports.h"
#include "plugins/node_resources_fit/node_resources_fit.h"
#include "plugins/node_unschedulable/node_unschedulable.h"
#include "plugins/pod_topology_spread/pod_topology_spread.h"
#include "plugins/taint_toleration/taint_toleration.h"

namespace muster::plugins {

framework::Profile DefaultProfile() {
  framework::Profile profile;
  profile.filters.push_back(MakeNodeUnschedulable());
  profile.filters.push_back(MakeNodeName());
  profile.filters.push_back(MakeTaintToleration());
  profile.filters.push_back(MakeNodeAffinity());
  profile.filters.push_back(MakeNodePorts());
  profile.filters.push_back(MakeNodeResourcesFit());
  profile.filters.push_back(MakePodTopologySpread());
  profile.filters.push_back(MakeInterPodAffinity());
  return profile;
}

}  // namespace muster::plugins
