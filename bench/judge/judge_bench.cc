// How many cases `musterctl judge` answers in a second: 10 nodes and 20 pods each, a pending pod
// that asks about resources and one more rule. Prints cases a second and bytes a case; `bench_judge
// print` prints the cases.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "scheduler/api/json_codec.h"
#include "scheduler/cli/judge_command.h"

namespace {

using muster::Quantity;
namespace api = muster::api;

constexpr int kCases = 2'000;
constexpr int kNodes = 10;
constexpr int kPods = 20;
constexpr int kRounds = 9;
constexpr char kHostname[] = "kubernetes.io/hostname";
constexpr char kZone[] = "topology.kubernetes.io/zone";

/// No two cases have the same nodes.
api::Node MakeNode(int case_index, int index) {
  api::Node node;
  node.metadata.name = "node-" + std::to_string(index);
  node.metadata.labels = {{"kubernetes.io/arch", index % 4 == 0 ? "arm64" : "amd64"},
                          {kHostname, node.metadata.name},
                          {"kubernetes.io/os", "linux"},
                          {"node.kubernetes.io/instance-type", "m6i.2xlarge"},
                          {"topology.kubernetes.io/region", "eu-1"},
                          {kZone, "eu-1" + std::string(1, static_cast<char>('a' + index % 3))}};
  if (index % 5 == 0) node.taints.push_back({"dedicated", "spark", "NoSchedule"});
  node.allocatable = {{"cpu", Quantity::FromMilli(6000 + (case_index * 7 + index) % 2000)},
                      {"ephemeral-storage", Quantity::FromUnits(std::int64_t{80} << 30)},
                      {"memory", Quantity::FromUnits(std::int64_t{30} << 30)},
                      {"pods", Quantity::FromUnits(58)}};
  return node;
}

api::Pod MakePod(const std::string& name, int index) {
  api::Pod pod;
  pod.metadata.name = name;
  pod.metadata.namespace_name = "analytics";
  pod.metadata.labels = {{"app", "app-" + std::to_string(index % 4)}, {"spark-role", "executor"}};
  api::Container& container = pod.spec.containers.emplace_back();
  container.name = "main";
  container.image = "registry.example/spark:3.5";
  container.resources.requests = {{"cpu", Quantity::FromMilli(500 + 250 * (index % 7))},
                                  {"memory", Quantity::FromUnits(std::int64_t{1408} << 20)}};
  container.resources.limits = {{"memory", Quantity::FromUnits(std::int64_t{1408} << 20)}};
  pod.spec.tolerations = {{"node.kubernetes.io/not-ready", "Exists", "", "NoExecute", 300},
                          {"node.kubernetes.io/unreachable", "Exists", "", "NoExecute", 300}};
  return pod;
}

/// One rule beyond resources, another one for each case.
void AddRule(int index, api::Pod& pod) {
  const api::LabelSelector own{{{"app", pod.metadata.labels.at("app")}}, {}};
  if (index % 5 == 1) pod.spec.node_selector = {{"kubernetes.io/arch", "amd64"}};
  if (index % 5 == 2) pod.spec.tolerations.push_back({"dedicated", "Equal", "spark", "", {}});
  if (index % 5 == 3) {
    api::PodAffinityTerm& term = pod.spec.pod_anti_affinity.required.emplace_back();
    term.label_selector = own;
    term.topology_key = kHostname;
  }
  if (index % 5 == 4) {
    api::TopologySpreadConstraint& constraint = pod.spec.topology_spread.emplace_back();
    constraint.max_skew = 1;
    constraint.topology_key = kZone;
    constraint.when_unsatisfiable = "DoNotSchedule";
    constraint.label_selector = own;
  }
}

std::string MakeCase(int index) {
  nlohmann::json text;
  for (int i = 0; i < kNodes; ++i) text["nodes"].push_back(api::EncodeNode(MakeNode(index, i)));
  for (int i = 0; i < kPods; ++i) {
    api::Pod pod = MakePod("pod-" + std::to_string(i), index + i);
    pod.metadata.uid = "uid-" + std::to_string(i);
    pod.spec.node_name = "node-" + std::to_string((index + i * i) % kNodes);
    pod.status.phase = "Running";
    text["pods"].push_back(api::EncodePod(pod));
  }
  api::Pod pending = MakePod("pending", index);
  AddRule(index, pending);
  text["pending"] = api::EncodePod(pending);
  return text.dump() + "\n";
}

}  // namespace

int main(int count, char** arguments) {
  std::string cases;
  for (int i = 0; i < kCases; ++i) cases += MakeCase(i);
  if (count > 1 && std::strcmp(arguments[1], "print") == 0) {
    std::cout << cases;
    return 0;
  }
  const std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
  std::vector<double> rates;
  std::vector<double> rates_of_core;
  for (int round = 0; round < kRounds; ++round) {
    std::istringstream in(cases);
    std::ostringstream out;
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t start_of_work = std::clock();
    muster::cli::RunJudge({.threads = threads}, in, out);
    const double worked_seconds =
        static_cast<double>(std::clock() - start_of_work) / static_cast<double>(CLOCKS_PER_SEC);
    rates_of_core.push_back(kCases / worked_seconds);
    const auto end = std::chrono::steady_clock::now();
    rates.push_back(kCases / std::chrono::duration<double>(end - start).count());
  }
  std::sort(rates.begin(), rates.end());
  std::sort(rates_of_core.begin(), rates_of_core.end());
  std::printf(
      "%.0f cases/s in %zu threads (median of %d rounds; %.0f to %.0f), "
      "%.0f in a second of one core's time, %zu bytes a case\n",
      rates[kRounds / 2], threads, kRounds, rates.front(), rates.back(), rates_of_core[kRounds / 2],
      cases.size() / kCases);
  return 0;
}
