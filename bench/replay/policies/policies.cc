#include "bench/replay/policies/policies.h"

#include <algorithm>

namespace muster::bench::replay {

const std::vector<PolicyDescription>& Policies() {
  static const std::vector<PolicyDescription> policies = {
      {"kube-least", "kube-scheduler 1.36, default profile",
       "Fit and LeastAllocated only; all nodes are scored, ties go to the first node.", true,
       [](ClusterView& c) { return MakePodByPod(c, NodeScore::kLeastAllocated); }},
      {"kube-most", "kube-scheduler 1.36, scoringStrategy MostAllocated",
       "Fit and MostAllocated only; all nodes are scored, ties go to the first node.", true,
       [](ClusterView& c) { return MakePodByPod(c, NodeScore::kMostAllocated); }},
      {"gang-fifo", "a gang scheduler that knows the executors, strictly in order of arrival",
       "No system does exactly this: native gangs would wait for executors that cannot come.", true,
       [](ClusterView& c) {
         return MakeWholeGangs(c, {.head_blocks = true, .packing = Packing::kSpread});
       }},
      {"muster", "Muster's own core, default plugins and options",
       "Not imitated: scheduler/core, told by events; its calls are answered at once.", true,
       MakeMuster},
  };
  return policies;
}

const PolicyDescription* FindPolicy(std::string_view name) {
  const auto& all = Policies();
  const auto found = std::find_if(all.begin(), all.end(), [name](const PolicyDescription& policy) {
    return policy.name == name;
  });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace muster::bench::replay
