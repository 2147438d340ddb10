#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "scheduler/base/status.h"

/// How to reach an API server and who we are there. Secrets live only in these structures: they are
/// never logged and never part of an error message.
namespace muster::kube {

/// A PEM document, either inline or in a file. Files are named to libcurl, which opens them for
/// every new connection, so that a rotated certificate is picked up. At most one is set.
struct PemSource {
  std::string data;
  std::string path;
  bool Empty() const { return data.empty() && path.empty(); }
};

/// Everything a connection needs; plain data, copied freely.
struct ClusterAccess {
  std::string server_url;       // no trailing slash; https, or http on loopback only
  std::string tls_server_name;  // "" means the host of server_url
  bool insecure_skip_tls_verify = false;
  PemSource certificate_authority;  // empty: the system's
  PemSource client_certificate;
  PemSource client_key;
  std::string token;       // a fixed bearer token
  std::string token_file;  // beats `token`; read again every minute
  std::string proxy_url;   // "" means the environment's
};

/// Reads a file whole. Errors: NotFound (it cannot be opened), OutOfRange (more than `bytes_max`).
StatusOr<std::string> ReadFileLimited(const std::string& path, std::size_t bytes_max);

/// Plain access to a local proxy such as `kubectl proxy`. Errors: InvalidArgument unless the URL is
/// http on a loopback address.
StatusOr<ClusterAccess> AccessThroughLocalProxy(std::string_view url);

/// The service account of the pod we run in. Environment: KUBERNETES_SERVICE_HOST and _PORT.
/// Source: client-go rest.InClusterConfig.
StatusOr<ClusterAccess> InClusterAccess(const std::string& service_host,
                                        const std::string& service_port,
                                        const std::string& service_account_folder);

/// Checks the rules that hold for every access: a URL with a host, https unless loopback.
Status CheckAccess(const ClusterAccess& access);

/// The bearer token of one access. A token file is read again after a minute or after Invalidate();
/// when a read fails the token read last is kept, because a rotation may be half done.
/// Threading: safe.
class TokenSource {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;
  using SteadyNow = std::function<SteadyTime()>;

  explicit TokenSource(const ClusterAccess& access);
  TokenSource(const ClusterAccess& access, SteadyNow now);

  /// The token to send; empty means none. Errors: the file was never readable.
  StatusOr<std::string> Token();
  /// The server refused the token (401): the next Token() reads the file again.
  void Invalidate();

 private:
  const std::string file_;
  const SteadyNow now_;
  std::mutex mutex_;
  std::string token_;                  // guarded by mutex_
  std::optional<SteadyTime> read_at_;  // guarded by mutex_; absent: read before use
};

}  // namespace muster::kube
