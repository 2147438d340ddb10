#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "scheduler/kube/credentials.h"

namespace muster::kube {

/// A server on 127.0.0.1 that reads whole HTTP requests and answers with raw bytes, or closes the
/// connection instead: for what a well-behaved HTTP server cannot be made to do. One connection at
/// a time.
class RawServer {
 public:
  struct Answer {
    std::string bytes;
    bool close = false;  // the connection, after the bytes
    bool leave = false;  // stop listening, before the close
  };
  /// Called with the number of the request, from 0.
  using Handler = std::function<Answer(int)>;

  explicit RawServer(Handler handler);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  ClusterAccess Access() const;
  int request_count() const { return requests_; }

 private:
  void Run();
  void Serve(int connection);

  const Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> requests_ = 0;
  std::atomic<bool> closing_ = false;
  std::thread thread_;
};

/// A port of 127.0.0.1 at which nobody listens.
ClusterAccess AccessToNobody();

}  // namespace muster::kube
