#include "bench/replay/policies/policies.h"

#include <algorithm>
#include <map>

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
      {"quota", "Kueue 0.20, one ClusterQueue of the whole cluster, BestEffortFIFO",
       "No topology, no preemption, no waitForPodsReady; pods then as kube-least.", true,
       MakeQuota},
      {"palantir", "Palantir k8s-spark-scheduler (2023), tightly-pack, one instance group",
       "Zones are not looked at; a driver is tried again at once when room comes free.", true,
       [](ClusterView& c) {
         return MakeWholeGangs(c, {.head_blocks = true, .packing = Packing::kTight});
       }},
      {"placeholder", "YuniKorn 1.9, gang style Soft, node order fair, one FIFO queue",
       "A tick serves all asks; a swap costs no time of its own; no reservation of whole nodes.",
       true, MakePlaceholder},
      {"volcano", "Volcano 1.16, PodGroups as the Spark operator makes them",
       "Overcommit, drf and binpack only; all nodes are scored; one queue; no preemption.", true,
       MakeVolcano},
      {"muster", "Muster's own core, default plugins and options",
       "Not imitated: scheduler/core, told by events; its calls are answered at once.", true,
       [](ClusterView& c) { return MakeMuster(c, {}); }},
      {"oracle-srpt", "no system: knows run times, shortest first, passes what does not fit",
       "Not preemptive; whole gangs, roomiest nodes first. A bound for mean completion.", false,
       [](ClusterView& c) {
         return MakeWholeGangs(
             c, {.shortest_first = true, .head_blocks = false, .packing = Packing::kRoomiest});
       }},
  };
  return policies;
}

namespace {

constexpr std::string_view kMusterWith = "muster@";

/// "backfill-patience=10m@packing-patience=0s".
StatusOr<core::CoreOptions> ParseMusterOptions(std::string_view text) {
  core::CoreOptions options;
  const std::map<std::string_view, Duration*> durations = {
      {"backfill-patience", &options.backfill_patience},
      {"packing-patience", &options.packing_patience},
  };
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('@'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const std::size_t equals = part.find('=');
    const auto duration = durations.find(part.substr(0, equals));
    if (equals == std::string_view::npos || duration == durations.end()) {
      return InvalidArgumentError("\"" + std::string(part) +
                                  "\" is no option of muster; there are backfill-patience=DURATION "
                                  "and packing-patience=DURATION");
    }
    MUSTER_ASSIGN_OR_RETURN(*duration->second, ParseDuration(part.substr(equals + 1)));
  }
  return options;
}

}  // namespace

StatusOr<PolicyDescription> FindPolicy(const std::string& name) {
  for (const PolicyDescription& policy : Policies()) {
    if (policy.name == name) return policy;
  }
  if (name.starts_with(kMusterWith)) {
    const std::string_view text = std::string_view(name).substr(kMusterWith.size());
    MUSTER_ASSIGN_OR_RETURN(const core::CoreOptions options, ParseMusterOptions(text));
    return PolicyDescription{
        name, "Muster's own core with " + std::string(text),
        "Not imitated: scheduler/core, told by events; its calls are answered at once.", true,
        [options](ClusterView& cluster) { return MakeMuster(cluster, options); }};
  }
  std::string known;
  for (const PolicyDescription& policy : Policies()) known += policy.name + ", ";
  return InvalidArgumentError("there is no policy \"" + name + "\"; there are " + known +
                              "muster@OPTION=VALUE");
}

}  // namespace muster::bench::replay
