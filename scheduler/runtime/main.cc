#include <pthread.h>
#include <signal.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "scheduler/kube/http_transport.h"
#include "scheduler/kube/kubeconfig.h"
#include "scheduler/runtime/configuration.h"
#include "scheduler/runtime/daemon.h"
#include "scheduler/runtime/logging.h"

namespace muster::runtime {
namespace {

constexpr int kExitDone = 0;
constexpr int kExitUsage = 2;
constexpr int kExitNotStarted = 3;
constexpr int kExitLeaseLost = 4;

struct Arguments {
  std::string config;
  std::string kubeconfig;
  std::string server;
  std::string listen;
  std::string log_level;
  std::optional<bool> leader_elect;
};

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

void DescribeArguments(CLI::App& app, Arguments& arguments) {
  app.name("muster");
  app.set_version_flag("--version", std::string("muster ") + MUSTER_VERSION);
  app.add_option("--config", arguments.config,
                 "MusterConfiguration file (YAML); without it every setting has its default")
      ->type_name("FILE");
  app.add_option("--kubeconfig", arguments.kubeconfig,
                 "How to reach the API server; default: $KUBECONFIG, then ~/.kube/config, then "
                 "the service account of the pod")
      ->type_name("FILE");
  app.add_option("--server", arguments.server,
                 "Plain HTTP on a loopback address, such as http://127.0.0.1:8001 of "
                 "'kubectl proxy'; beats --kubeconfig")
      ->type_name("URL");
  app.add_option("--listen", arguments.listen,
                 "Address of /livez, /readyz and /metrics; default 127.0.0.1:10259; port 0 takes "
                 "a free one")
      ->type_name("ADDR:PORT");
  app.add_option("--leader-elect", arguments.leader_elect,
                 "Work only while holding the Lease, so that replicas do not collide; default "
                 "true; beats the configuration")
      ->type_name("true|false");
  app.add_option("--log-level", arguments.log_level,
                 "trace, debug, info, warn, error or off; default info")
      ->type_name("LEVEL");
  app.footer(
      "The configuration also says how single pods choose a node: scoreWeights (a map of score "
      "plugins\nto weights from 0 to 100; 0: not asked) and scoringStrategy (LeastAllocated or "
      "MostAllocated).\nDefaults are those of kube-scheduler; manifests/README.md lists them.\n\n"
      "With leader election (leaderElection: leaseDuration 15s, renewDeadline 10s, retryPeriod 2s, "
      "resourceName,\nresourceNamespace) one replica works and the others stand by.\n\n"
      "Exit codes: 0 stopped by SIGTERM or SIGINT, 2 wrong usage or configuration, 3 could not "
      "start,\n4 lost the lease: start it again.\nAn API server that cannot be reached does not "
      "end muster: it keeps trying and "
      "/readyz says why.");
}

/// The namespace that the service account of the pod is in.
std::string NamespaceOfPod() {
  constexpr std::size_t kNameBytesMax = 63;
  const StatusOr<std::string> name = kube::ReadFileLimited(
      std::string(kube::AccessOptions().service_account_folder) + "/namespace", kNameBytesMax);
  return name.ok() && !name->empty() ? *name : "muster-system";
}

StatusOr<Configuration> ReadConfiguration(const Arguments& arguments) {
  Configuration configuration;
  if (!arguments.config.empty()) {
    MUSTER_ASSIGN_OR_RETURN(configuration, LoadConfiguration(arguments.config));
  }
  if (!arguments.listen.empty()) {
    StatusOr<ListenAddress> listen = ParseListenAddress(arguments.listen);
    if (!listen.ok()) return Annotate(listen.status(), "--listen");
    configuration.listen = *std::move(listen);
  }
  if (arguments.leader_elect) {
    configuration.leader_election.leader_elect = *arguments.leader_elect;
  }
  if (configuration.leader_election.resource_namespace.empty()) {
    configuration.leader_election.resource_namespace = NamespaceOfPod();
  }
  if (!arguments.log_level.empty()) {
    MUSTER_RETURN_IF_ERROR(Annotate(CheckLogLevel(arguments.log_level), "--log-level"));
    configuration.log_level = arguments.log_level;
  }
  return configuration;
}

StatusOr<kube::ClusterAccess> FindAccess(const Arguments& arguments) {
  kube::AccessOptions options;
  options.server = arguments.server;
  options.kubeconfig = arguments.kubeconfig;
  options.kubeconfig_variable = Variable("KUBECONFIG");
  options.home_folder = Variable("HOME");
  options.service_host = Variable("KUBERNETES_SERVICE_HOST");
  options.service_port = Variable("KUBERNETES_SERVICE_PORT");
  return kube::ResolveAccess(options);
}

int Fail(int code, const Status& status) {
  std::fprintf(stderr, "muster: %s\n", std::string(MessageOf(status)).c_str());
  return code;
}

/// Blocks the signals that end the daemon in this and all later threads.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

/// Ends the process where it stands: another replica may lead already, so nothing is finished
/// first, and the next process finds all it needs in the pods.
void EndWithoutLease(const std::string& why) {
  spdlog::critical("lost the lease, ending: {}", why);
  spdlog::default_logger()->flush();
  std::_Exit(kExitLeaseLost);
}

int Run(const Arguments& arguments) {
  StatusOr<Configuration> configuration = ReadConfiguration(arguments);
  if (!configuration.ok()) return Fail(kExitUsage, configuration.status());
  if (Status http = kube::InitializeHttp(); !http.ok()) return Fail(kExitNotStarted, http);
  StatusOr<kube::ClusterAccess> access = FindAccess(arguments);
  if (!access.ok()) return Fail(kExitUsage, access.status());
  SetUpLogging(configuration->log_level, configuration->log_format);

  const sigset_t signals = BlockSignals();
  auto daemon = Daemon::Start(*std::move(configuration), *std::move(access), EndWithoutLease);
  if (!daemon.ok()) return Fail(kExitNotStarted, daemon.status());
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  spdlog::info("stopping: signal {}", signal_number);
  daemon->reset();
  spdlog::info("stopped");
  return kExitDone;
}

}  // namespace
}  // namespace muster::runtime

int main(int argc, char** argv) {
  CLI::App app("Schedules whole Spark applications, driver and executors, on Kubernetes.");
  muster::runtime::Arguments arguments;
  muster::runtime::DescribeArguments(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // --help and --version also end here, with code 0.
    const int code = app.exit(error);
    return code == 0 ? muster::runtime::kExitDone : muster::runtime::kExitUsage;
  }
  return muster::runtime::Run(arguments);
}
