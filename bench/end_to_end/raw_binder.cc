// The limit that an API server sets: binds every pod that waits for a scheduler's name, round robin
// over the nodes, and decides nothing. Lists and binds with Muster's own client (reflector,
// dispatcher, transport), then watches nothing and records no events. Looks at no capacity: give
// it a cluster with room. Prints one line of JSON; exit code 0: all bound, 1: some not, 2: usage,
// 3: could not start.

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "scheduler/kube/dispatcher.h"
#include "scheduler/kube/event_queue.h"
#include "scheduler/kube/http_transport.h"
#include "scheduler/kube/kubeconfig.h"
#include "scheduler/kube/reflector.h"

namespace {

namespace core = muster::core;
namespace kube = muster::kube;

constexpr std::size_t kQueueCapacity = 4096;
constexpr std::size_t kBatchMax = 4096;
constexpr std::chrono::seconds kSilenceMax(30);

struct Arguments {
  std::string kubeconfig;
  std::string scheduler_name = "muster";
  std::size_t concurrency = kube::DispatcherOptions().calls_in_flight_max;
};

struct Seen {
  std::vector<muster::api::Pod> pods;
  std::vector<std::string> nodes;
};

/// Lists one resource through a reflector and ends its watch.
bool List(kube::WatchedResource resource, const kube::ClusterAccess& access,
          kube::TokenSource& tokens, const std::string& scheduler_name, Seen& seen) {
  kube::EventQueue queue(kQueueCapacity);
  const kube::Reflector reflector(std::move(resource), access, tokens, queue, {});
  const std::stop_token never;
  while (true) {
    std::vector<core::Event> batch = queue.PopBatch(kBatchMax, kSilenceMax, never);
    if (batch.empty()) return false;
    for (core::Event& event : batch) {
      if (std::holds_alternative<core::ResourceSynced>(event)) return true;
      if (const auto* node = std::get_if<core::NodeObserved>(&event)) {
        seen.nodes.push_back(node->node.metadata.name);
      }
      auto* pod = std::get_if<core::PodObserved>(&event);
      if (pod == nullptr || !pod->pod.spec.node_name.empty()) continue;
      if (pod->pod.spec.scheduler_name == scheduler_name) {
        seen.pods.push_back(std::move(pod->pod));
      }
    }
  }
}

std::vector<core::Effect> BindsOf(const Seen& seen) {
  std::vector<core::Effect> binds;
  binds.reserve(seen.pods.size());
  for (std::size_t i = 0; i < seen.pods.size(); ++i) {
    const muster::api::ObjectMeta& metadata = seen.pods[i].metadata;
    binds.push_back(core::BindPod{
        i + 1, muster::api::NameOf(metadata), metadata.uid, seen.nodes[i % seen.nodes.size()], {}});
  }
  return binds;
}

/// Carries out the binds and prints what became of them.
int Bind(std::vector<core::Effect> binds, const kube::ClusterAccess& access,
         kube::TokenSource& tokens, std::size_t concurrency) {
  kube::EventQueue outcomes(kQueueCapacity);
  kube::DispatcherOptions options;
  options.calls_in_flight_max = concurrency;
  kube::Dispatcher dispatcher(access, tokens, outcomes, std::move(options));
  const std::size_t count = binds.size();
  std::size_t answered = 0;
  std::size_t bound = 0;
  const auto begin = std::chrono::steady_clock::now();
  dispatcher.Submit(std::move(binds));
  while (answered < count) {
    const std::vector<core::Event> batch = outcomes.PopBatch(kBatchMax, kSilenceMax, {});
    if (batch.empty()) break;
    for (const core::Event& event : batch) {
      const auto* completed = std::get_if<core::CallCompleted>(&event);
      if (completed == nullptr) continue;
      ++answered;
      if (completed->outcome.result == core::CallResult::kOk) ++bound;
    }
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  const nlohmann::json result = {
      {"pods", count}, {"bound", bound}, {"answered", answered}, {"seconds", elapsed.count()}};
  std::puts(result.dump().c_str());
  return bound == count ? 0 : 1;
}

int Fail(const char* what) {
  std::fprintf(stderr, "bench_raw_binder: %s\n", what);
  return 3;
}

int Run(const Arguments& arguments) {
  if (!kube::InitializeHttp().ok()) return Fail("libcurl does not start");
  kube::AccessOptions options;
  options.kubeconfig = arguments.kubeconfig;
  const muster::StatusOr<kube::ClusterAccess> access = kube::ResolveAccess(options);
  if (!access.ok()) return Fail(std::string(muster::MessageOf(access.status())).c_str());
  kube::TokenSource tokens(*access);
  Seen seen;
  for (kube::WatchedResource& resource : kube::AllWatchedResources()) {
    const bool wanted =
        resource.kind == core::ResourceKind::kNode || resource.kind == core::ResourceKind::kPod;
    if (wanted && !List(std::move(resource), *access, tokens, arguments.scheduler_name, seen)) {
      return Fail("the API server showed no complete list within 30 s");
    }
  }
  if (seen.nodes.empty()) return Fail("there are no nodes");
  return Bind(BindsOf(seen), *access, tokens, arguments.concurrency);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Binds all waiting pods round robin: the limit that the API server sets.");
  Arguments arguments;
  app.add_option("--kubeconfig", arguments.kubeconfig, "How to reach the API server")->required();
  app.add_option("--scheduler-name", arguments.scheduler_name, "Whose pods to bind");
  app.add_option("--concurrency", arguments.concurrency, "Binds in flight, at most")
      ->check(CLI::Range(1, 1000));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return Run(arguments);
}
