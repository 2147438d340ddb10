#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/kube/credentials.h"

namespace muster::kube {

/// An HTTP server on 127.0.0.1 that answers as the test says; every request is kept.
class FakeApiServer {
 public:
  struct Request {
    std::string method;
    std::string target;  // path and query, decoded
    std::string body;
    std::string authorization;
  };
  struct Answer {
    int status = 200;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    /// A watch: these pieces one after the other instead of `body`, then the end, or silence until
    /// the server is destroyed.
    std::vector<std::string> pieces;
    bool stay_open = false;
  };
  using Handler = std::function<Answer(const Request&)>;

  /// The handler is called on many threads, one call at a time.
  explicit FakeApiServer(Handler handler);
  ~FakeApiServer();

  ClusterAccess Access() const;
  std::vector<Request> Requests() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace muster::kube
