#include "scheduler/topology/packing_policy.h"

namespace muster::topology {

TopologySettings DefaultTopologySettings() {
  return {{"topology.kubernetes.io/region", "topology.kubernetes.io/zone",
           "topology.kubernetes.io/rack", "kubernetes.io/hostname"},
          {{"eks.amazonaws.com/capacityType", "SPOT"},
           {"karpenter.sh/capacity-type", "spot"},
           {"cloud.google.com/gke-spot", "true"},
           {"cloud.google.com/gke-preemptible", "true"},
           {"kubernetes.azure.com/scalesetpriority", "spot"}}};
}

}  // namespace muster::topology
