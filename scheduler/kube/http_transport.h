#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/base/status.h"
#include "scheduler/kube/credentials.h"

/// HTTP/1.1 over libcurl: bytes, deadlines, TLS and credentials, and nothing of Kubernetes.
/// No request is ever sent twice: a reset after the body left is reported, not retried. Never asks
/// for compression (a watch of Kubernetes 1.37 would send one gzip member per flush, of which
/// libcurl reads only the first). Headers and tokens are never logged.
namespace muster::kube {

enum class HttpMethod { kGet, kPost, kPut, kPatch, kDelete };

struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;
  std::string target;  // path and query, already encoded: "/api/v1/pods?limit=500"
  std::string body;
  std::string content_type;  // for a body
  std::string accept = "application/json";
  std::chrono::milliseconds deadline{5000};
  /// Longest silence once connected; zero means none but the deadline.
  std::chrono::seconds silence_max{0};
  std::size_t response_bytes_max = 64 * 1024;
  /// Asked when the connection is there and the body is about to leave; `false` ends the call with
  /// kNotSent, because no server acts on a request without its body. Not set: always.
  std::function<bool()> may_send;
};

/// How far a call got.
enum class Delivery {
  kNotSent,   // not resolved, refused, connect timeout, TLS failure, or held back by may_send
  kAnswered,  // a status line arrived
  kNoAnswer,  // sent, wholly or in part, and then silence, a reset or the deadline
};

struct HttpResult {
  Delivery delivery = Delivery::kNotSent;
  int status = 0;              // of kAnswered
  std::string body;            // at most response_bytes_max
  bool body_complete = false;  // false: cut by the connection, the deadline or the size limit
  bool body_too_large = false;
  bool silent = false;   // ended by silence_max
  bool stopped = false;  // ended by the caller
  std::optional<std::chrono::seconds> retry_after;
  std::string error;  // the transport's words when not complete, no secrets
};

/// Takes a streamed body piece by piece, on the thread that called HttpStream::Run. A `false`
/// ends the stream.
struct HttpSink {
  std::function<void()> on_success_status;  // a 2xx status line has arrived
  std::function<bool(std::string_view)> on_bytes;
};

/// Prepares libcurl for the process; call once before any thread is started.
Status InitializeHttp();

/// One connection, kept alive, for one call at a time: lists and watches.
/// Threading: Run from one thread.
class HttpStream {
 public:
  /// Borrows both; they must outlive the stream.
  HttpStream(const ClusterAccess& access, TokenSource& tokens);
  ~HttpStream();
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;

  /// Blocks until the answer has ended. The body of a 2xx answer goes to the sink; of any other
  /// into the result.
  HttpResult Run(const HttpRequest& request, const HttpSink& sink, const std::stop_token& stop);

 private:
  class State;
  std::unique_ptr<State> state_;
};

/// Many calls at a time on one thread, with a pool of kept-alive connections.
/// Threading: one thread, but for Wake.
class HttpMultiplexer {
 public:
  using RequestId = std::uint64_t;
  struct Finished {
    RequestId id = 0;
    HttpResult result;
  };

  /// Borrows both. `connections_max` bounds the connections kept open.
  HttpMultiplexer(const ClusterAccess& access, TokenSource& tokens, std::size_t connections_max);
  ~HttpMultiplexer();
  HttpMultiplexer(const HttpMultiplexer&) = delete;
  HttpMultiplexer& operator=(const HttpMultiplexer&) = delete;

  void Start(RequestId id, HttpRequest request);
  /// Drives the calls; returns those that ended, at the latest after `wait_max` or Wake().
  std::vector<Finished> Poll(std::chrono::milliseconds wait_max);
  /// Ends the running or next Poll early. Threading: any thread.
  void Wake();
  std::size_t InFlight() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace muster::kube
