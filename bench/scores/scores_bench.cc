// How long one single pod takes to find its node: filters, scores and the choice, on a cluster that
// is half full. Prints the median of placing one pod after the other.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "plugins/builtin_plugins.h"
#include "scheduler/placement/engine.h"

namespace {

using muster::Quantity;
namespace api = muster::api;
namespace model = muster::model;
namespace placement = muster::placement;

constexpr int kPods = 1001;
constexpr int kPodsOnNode = 20;
constexpr char kZone[] = "topology.kubernetes.io/zone";

api::Pod MakePod(const std::string& app) {
  api::Pod pod;
  pod.metadata.namespace_name = "bench";
  pod.metadata.labels["app"] = app;
  api::Container& container = pod.spec.containers.emplace_back();
  container.image = "app:1";
  container.resources.requests = {{"cpu", Quantity::FromMilli(500)},
                                  {"memory", Quantity::FromUnits(std::int64_t{1} << 30)}};
  return pod;
}

model::ClusterModel MakeCluster(int nodes) {
  model::ClusterModel cluster;
  for (int i = 0; i < nodes; ++i) {
    api::Node node;
    node.metadata.name = "node-" + std::to_string(i);
    node.metadata.labels = {{"kubernetes.io/hostname", node.metadata.name},
                            {"kubernetes.io/arch", "amd64"},
                            {"kubernetes.io/os", "linux"},
                            {kZone, "zone-" + std::to_string(i % 3)}};
    node.allocatable = {{"cpu", Quantity::FromUnits(32)},
                        {"memory", Quantity::FromUnits(std::int64_t{128} << 30)},
                        {"pods", Quantity::FromUnits(110)}};
    if (i % 4 == 0) node.images.push_back({{"app:1"}, muster::Mebibytes(800)});
    if (i % 5 == 0) node.taints.push_back({"spot", "", "PreferNoSchedule"});
    cluster.Nodes().Upsert(node, cluster.Names());
    for (int p = 0; p < kPodsOnNode; ++p) {
      cluster.PlacePod(
          "uid-" + std::to_string(i) + "-" + std::to_string(p),
          cluster.Nodes().Find(node.metadata.name),
          model::MakePodInfo(MakePod("app-" + std::to_string((i + p) % 50)), cluster.Names()));
    }
  }
  return cluster;
}

void Measure(const char* what, int nodes, const api::Pod& pod) {
  model::ClusterModel cluster = MakeCluster(nodes);
  const muster::framework::Profile profile = muster::plugins::DefaultProfile();
  placement::PlacementCache cache;
  placement::PodSetDemand demand{"pod", pod, model::MakePodInfo(pod, cluster.Names())};
  demand.alone = true;
  std::vector<double> microseconds;
  for (int i = 0; i < kPods; ++i) {
    const auto start = std::chrono::steady_clock::now();
    model::Statement statement(cluster);
    const auto attempt = placement::PlaceGang({profile, cluster, cache}, statement, {{&demand, 1}});
    std::move(statement).Commit();
    const auto end = std::chrono::steady_clock::now();
    if (!attempt.shares) break;
    microseconds.push_back(std::chrono::duration<double, std::micro>(end - start).count());
  }
  std::sort(microseconds.begin(), microseconds.end());
  std::printf("%-40s %6d nodes %8.1f us (median of %zu pods)\n", what, nodes,
              microseconds[microseconds.size() / 2], microseconds.size());
}

}  // namespace

int main() {
  api::Pod preferring = MakePod("app-1");
  preferring.spec.node_affinity.preferred = {{10, {{{kZone, "In", {"zone-1"}}}, {}}}};
  api::Pod spreading = MakePod("app-1");
  api::TopologySpreadConstraint& constraint = spreading.spec.topology_spread.emplace_back();
  constraint.max_skew = 1;
  constraint.topology_key = kZone;
  constraint.when_unsatisfiable = "ScheduleAnyway";
  constraint.label_selector = api::LabelSelector{{{"app", "app-1"}}, {}};
  for (const int nodes : {1000, 5000}) {
    Measure("a plain pod", nodes, MakePod("app-1"));
    Measure("with preferred node affinity", nodes, preferring);
    Measure("with a soft spread over zones", nodes, spreading);
  }
  return 0;
}
