#pragma once

#include <functional>
#include <memory>
#include <string>

#include "scheduler/base/status.h"

namespace muster::http {

/// An answer to "are you well?": 200 with "ok", or 503 with what is wrong.
struct ProbeAnswer {
  bool ok = false;
  std::string text;
};

/// What the pages say; called on the server's threads, so they must be thread-safe and quick.
struct StatusPages {
  std::function<ProbeAnswer()> live;   // /livez, /healthz
  std::function<ProbeAnswer()> ready;  // /readyz
  std::function<std::string()> metrics;
};

/// Serves /livez, /healthz, /readyz and /metrics over plain HTTP, without authentication: bind it
/// to a pod network only, or to loopback behind a proxy. Reads and writes have deadlines, requests
/// a size limit, and every answer closes its connection, so that a few threads are enough.
/// Threading: the constructor starts the threads, the destructor ends them.
class StatusServer {
 public:
  /// Listens on `address`:`port`; port 0 takes a free one. Errors: Unavailable when it cannot.
  static StatusOr<std::unique_ptr<StatusServer>> Start(const std::string& address, int port,
                                                       StatusPages pages);
  ~StatusServer();
  StatusServer(const StatusServer&) = delete;
  StatusServer& operator=(const StatusServer&) = delete;

  int port() const;

 private:
  class State;
  explicit StatusServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace muster::http
