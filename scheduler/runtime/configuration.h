#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "plugins/builtin_plugins.h"
#include "scheduler/base/status.h"
#include "scheduler/core/scheduler_core.h"
#include "scheduler/kube/lease_machine.h"

namespace muster::runtime {

/// Where the status server listens.
struct ListenAddress {
  std::string host = "127.0.0.1";
  int port = 10259;  // kube-scheduler's
};

/// Parses "127.0.0.1:10259", "[::1]:10259" or ":10259" (every address). Errors: InvalidArgument.
StatusOr<ListenAddress> ParseListenAddress(std::string_view text);

enum class LogFormat { kText, kJson };

/// Which of several replicas works; kube-scheduler's names.
struct LeaderElection {
  bool leader_elect = true;
  kube::LeaseTimes times;
  std::string resource_name;       // "": the scheduler's name
  std::string resource_namespace;  // "": that of the pod, or muster-system outside of a cluster
};

/// What a MusterConfiguration file says, with the defaults of what it does not. Units are in the
/// types.
struct Configuration {
  core::CoreOptions core;
  std::string shuffle_profile_file;  // "": none; LoadConfiguration reads it into `core`
  plugins::ScoreSettings scores;
  ListenAddress listen;
  LeaderElection leader_election;
  std::size_t bind_concurrency = 32;  // calls in flight
  std::string log_level = "info";
  LogFormat log_format = LogFormat::kText;
};

/// Checks a log level. Errors: InvalidArgument with the allowed ones.
Status CheckLogLevel(std::string_view level);

/// Reads a configuration strictly: an unknown or repeated field, a value of the wrong type or out
/// of range is an error that names the file, the path, the line and what is allowed. Nothing is
/// clamped. `file` is for messages only.
StatusOr<Configuration> ParseConfiguration(const std::string& text, const std::string& file);

/// As above, from a file of at most 64 KiB, with the shuffle profile that it names (at most 16
/// MiB).
StatusOr<Configuration> LoadConfiguration(const std::string& file);

}  // namespace muster::runtime
