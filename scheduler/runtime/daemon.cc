#include "scheduler/runtime/daemon.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <random>
#include <utility>

#include "plugins/builtin_plugins.h"
#include "scheduler/runtime/health.h"

namespace muster::runtime {
namespace {

// A few megabytes of pods: enough to keep the core busy, little enough to slow a flood down.
constexpr std::size_t kQueueCapacity = 4096;

kube::DispatcherOptions OptionsOfDispatcher(const Configuration& configuration) {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  kube::DispatcherOptions options;
  options.calls_in_flight_max = configuration.bind_concurrency;
  options.reporter.controller = configuration.core.scheduler_name;
  options.reporter.instance = configuration.core.scheduler_name + "-" + host.data();
  return options;
}

}  // namespace

Daemon::Daemon(Configuration configuration, kube::ClusterAccess access)
    : configuration_(std::move(configuration)),
      access_(std::move(access)),
      tokens_(access_),
      queue_(kQueueCapacity),
      dispatcher_(access_, tokens_, queue_, OptionsOfDispatcher(configuration_)),
      core_(configuration_.core, plugins::DefaultProfile(configuration_.scores)),
      loop_(queue_, PartsOfLoop()) {}

CoreLoopParts Daemon::PartsOfLoop() {
  return {.step = [this](Time now,
                         std::span<const core::Event> events) { return core_.Step(now, events); },
          .statistics = [this] { return core_.Statistics(); },
          .synced = [this] { return core_.Synced(); },
          .submit =
              [this](std::vector<core::Effect> effects) { dispatcher_.Submit(std::move(effects)); },
          .now = [this] { return clock_.Now(); }};
}

void Daemon::AddReflector(kube::WatchedResource resource) {
  kube::ReflectorOptions options;
  options.seed = std::random_device()();  // only spreads out retries; decides nothing
  reflectors_.push_back(
      std::make_unique<kube::Reflector>(std::move(resource), access_, tokens_, queue_, options));
}

Status Daemon::Listen() {
  http::StatusPages pages;
  pages.live = [this] { return loop_.Liveness(clock_.Now()); };
  pages.ready = [this] { return Ready(); };
  pages.metrics = [this] { return Metrics(); };
  const ListenAddress& listen = configuration_.listen;
  MUSTER_ASSIGN_OR_RETURN(status_server_,
                          http::StatusServer::Start(listen.host, listen.port, std::move(pages)));
  return OkStatus();
}

StatusOr<std::unique_ptr<Daemon>> Daemon::Start(Configuration configuration,
                                                kube::ClusterAccess access) {
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(configuration), std::move(access)));
  for (kube::WatchedResource& resource : kube::AllWatchedResources()) {
    daemon->AddReflector(std::move(resource));
  }
  MUSTER_RETURN_IF_ERROR(daemon->Listen());
  daemon->core_thread_ =
      std::jthread([loop = &daemon->loop_](const std::stop_token& stop) { loop->Run(stop); });
  spdlog::info("scheduling pods of schedulerName {}; API server {}; status on {} port {}",
               daemon->configuration_.core.scheduler_name, daemon->access_.server_url,
               daemon->configuration_.listen.host, daemon->port());
  return daemon;
}

Daemon::~Daemon() {
  status_server_.reset();
  for (const auto& reflector : reflectors_) reflector->RequestStop();
  reflectors_.clear();
}

http::ProbeAnswer Daemon::Ready() const {
  http::ProbeAnswer live = loop_.Liveness(clock_.Now());
  if (!live.ok) return live;
  std::vector<WatchHealth> watches;
  watches.reserve(reflectors_.size());
  for (const auto& reflector : reflectors_) {
    watches.push_back({reflector->resource().name, reflector->Statistics()});
  }
  return Readiness(watches, loop_.Status().synced);
}

std::string Daemon::Metrics() const {
  DaemonFigures figures;
  figures.scheduler_name = configuration_.core.scheduler_name;
  figures.core = loop_.Status().statistics;
  for (const auto& reflector : reflectors_) {
    figures.watches.push_back({reflector->resource().name, reflector->Statistics()});
  }
  figures.dispatcher = dispatcher_.Statistics();
  figures.queue = queue_.Statistics();
  figures.step_durations = loop_.step_durations().Read();
  figures.now = std::chrono::steady_clock::now();
  return MetricsText(figures);
}

}  // namespace muster::runtime
