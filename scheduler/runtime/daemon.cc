#include "scheduler/runtime/daemon.h"

#include <pthread.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <random>
#include <utility>

#include "plugins/builtin_plugins.h"
#include "scheduler/runtime/health.h"

namespace muster::runtime {
namespace {

// A few megabytes of pods: enough to keep the core busy, little enough to slow a flood down.
constexpr std::size_t kQueueCapacity = 4096;

std::string HostName() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return host.data();
}

/// This process's alone, also among several in one pod or after a restart: host name and 128 random
/// bits.
std::string NewIdentity() {
  std::random_device random;
  std::array<char, 36> bits{};
  std::snprintf(bits.data(), bits.size(), "%08x%08x%08x%08x", random(), random(), random(),
                random());
  return HostName() + "_" + bits.data();
}

kube::LeaderElectorOptions OptionsOfElector(const Configuration& configuration) {
  const LeaderElection& election = configuration.leader_election;
  const std::string& name = election.resource_name;
  kube::LeaderElectorOptions options;
  options.times = election.times;
  options.lease = {election.resource_namespace,
                   name.empty() ? configuration.core.scheduler_name : name};
  options.identity = NewIdentity();
  options.seed = std::random_device()();
  return options;
}

kube::DispatcherOptions OptionsOfDispatcher(const Configuration& configuration,
                                            const kube::WriteFence& fence) {
  kube::DispatcherOptions options;
  options.calls_in_flight_max = configuration.bind_concurrency;
  options.reporter.controller = configuration.core.scheduler_name;
  options.reporter.instance = configuration.core.scheduler_name + "-" + HostName();
  options.may_write = [&fence] { return fence.IsOpen(); };
  return options;
}

}  // namespace

Daemon::Daemon(Configuration configuration, kube::ClusterAccess access)
    : configuration_(std::move(configuration)),
      access_(std::move(access)),
      tokens_(access_),
      queue_(kQueueCapacity),
      fence_([this] { return clock_.Now(); }),
      dispatcher_(access_, tokens_, queue_, OptionsOfDispatcher(configuration_, fence_)),
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
  options.synced_after_confirm = configuration_.leader_election.leader_elect;
  reflectors_.push_back(
      std::make_unique<kube::Reflector>(std::move(resource), access_, tokens_, queue_, options));
}

void Daemon::CreateElector() {
  if (!configuration_.leader_election.leader_elect) {
    fence_.OpenForGood();
    return;
  }
  elector_ = std::make_unique<kube::LeaderElector>(
      access_, tokens_, fence_, [this] { return clock_.Now(); }, OptionsOfElector(configuration_));
}

Status Daemon::Listen() {
  http::StatusPages pages;
  pages.live = [this] { return Live(); };
  pages.ready = [this] { return Ready(); };
  pages.metrics = [this] { return Metrics(); };
  const ListenAddress& listen = configuration_.listen;
  MUSTER_ASSIGN_OR_RETURN(status_server_,
                          http::StatusServer::Start(listen.host, listen.port, std::move(pages)));
  return OkStatus();
}

StatusOr<std::unique_ptr<Daemon>> Daemon::Start(Configuration configuration,
                                                kube::ClusterAccess access, LeaseLost lease_lost) {
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(configuration), std::move(access)));
  for (kube::WatchedResource& resource : kube::AllWatchedResources()) {
    daemon->AddReflector(std::move(resource));
  }
  daemon->CreateElector();
  MUSTER_RETURN_IF_ERROR(daemon->Listen());
  daemon->core_thread_ = std::jthread([loop = &daemon->loop_](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "core");
    loop->Run(stop);
  });
  spdlog::info("scheduling pods of schedulerName {}; API server {}; status on {} port {}",
               daemon->configuration_.core.scheduler_name, daemon->access_.server_url,
               daemon->configuration_.listen.host, daemon->port());
  if (daemon->elector_) {
    const auto confirm = [&reflectors = daemon->reflectors_] {
      for (const auto& reflector : reflectors) reflector->Confirm();
    };
    daemon->elector_->Start({.on_leading = confirm, .on_lost = std::move(lease_lost)});
  }
  return daemon;
}

Daemon::~Daemon() {
  status_server_.reset();
  for (const auto& reflector : reflectors_) reflector->RequestStop();
  core_thread_.request_stop();
  if (core_thread_.joinable()) core_thread_.join();
  const bool settled = dispatcher_.Stop();
  if (elector_) elector_->Stop(settled);  // after the last write, before what its thread calls
}

std::vector<WatchHealth> Daemon::Watches() const {
  std::vector<WatchHealth> watches;
  watches.reserve(reflectors_.size());
  for (const auto& reflector : reflectors_) {
    watches.push_back({reflector->resource().name, reflector->Statistics()});
  }
  return watches;
}

std::optional<ElectionHealth> Daemon::Election() const {
  if (!elector_) return std::nullopt;
  return ElectionHealth{elector_->options().lease.ToString(), elector_->Statistics()};
}

http::ProbeAnswer Daemon::Live() const {
  http::ProbeAnswer answer = loop_.Liveness(clock_.Now());
  const std::optional<ElectionHealth> election = Election();
  return answer.ok && election ? LivenessOfElection(*election, clock_.Now()) : answer;
}

http::ProbeAnswer Daemon::Ready() const {
  http::ProbeAnswer live = Live();
  if (!live.ok) return live;
  return Readiness(Watches(), loop_.Status().synced, Election());
}

std::string Daemon::Metrics() const {
  DaemonFigures figures;
  figures.scheduler_name = configuration_.core.scheduler_name;
  figures.core = loop_.Status().statistics;
  figures.watches = Watches();
  figures.election = Election();
  figures.dispatcher = dispatcher_.Statistics();
  figures.queue = queue_.Statistics();
  figures.step_durations = loop_.step_durations().Read();
  figures.now = std::chrono::steady_clock::now();
  return MetricsText(figures);
}

}  // namespace muster::runtime
