#pragma once

#include <string>
#include <vector>

#include "scheduler/base/status.h"
#include "scheduler/kube/credentials.h"

namespace muster::kube {

/// What the command line and the environment say about the API server; gathered by the runtime.
struct AccessOptions {
  std::string server;               // --server: a local proxy, beats everything
  std::string kubeconfig;           // --kubeconfig: must exist
  std::string kubeconfig_variable;  // $KUBECONFIG: files joined by ':'; missing ones are skipped
  std::string home_folder;          // $HOME
  std::string service_host;         // $KUBERNETES_SERVICE_HOST
  std::string service_port;         // $KUBERNETES_SERVICE_PORT
  std::string service_account_folder = "/var/run/secrets/kubernetes.io/serviceaccount";
};

/// Reads kubeconfig files and resolves the current context. The first file wins per name of a
/// cluster, user or context (never field by field), and the first non-empty current-context counts;
/// relative paths start at their file's folder; `-data` beats the path; tokenFile beats token.
/// Files are capped at 1 MiB. Errors name the file, the entry and what is not supported (exec,
/// auth-provider, username/password, impersonation).
/// Source: client-go tools/clientcmd loader and overrides.
StatusOr<ClusterAccess> LoadKubeconfig(const std::vector<std::string>& files);

/// Chooses as client-go does: --server, --kubeconfig, $KUBECONFIG, ~/.kube/config, in cluster.
/// Errors: NotFound that lists what was tried.
StatusOr<ClusterAccess> ResolveAccess(const AccessOptions& options);

}  // namespace muster::kube
