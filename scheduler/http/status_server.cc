#include "scheduler/http/status_server.h"

#include <httplib.h>

#include <thread>
#include <utility>

namespace muster::http {
namespace {

constexpr std::size_t kThreads = 8;
constexpr std::size_t kRequestBodyBytesMax = 1024;
constexpr std::chrono::seconds kReadDeadline(5);
constexpr std::chrono::seconds kWriteDeadline(10);
constexpr char kPlainText[] = "text/plain; charset=utf-8";
constexpr char kPrometheusText[] = "text/plain; version=0.0.4; charset=utf-8";
constexpr int kServiceUnavailable = 503;

httplib::Server::Handler Probe(std::function<ProbeAnswer()> probe) {
  return [probe = std::move(probe)](const httplib::Request&, httplib::Response& response) {
    const ProbeAnswer answer = probe();
    if (!answer.ok) response.status = kServiceUnavailable;
    response.set_content(answer.text + "\n", kPlainText);
  };
}

}  // namespace

class StatusServer::State {
 public:
  explicit State(StatusPages pages) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    // Not the library's default SO_REUSEPORT: a port in use must be an error, not shared.
    server_.set_socket_options([](socket_t socket) {
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    });
    server_.set_payload_max_length(kRequestBodyBytesMax);
    server_.set_read_timeout(kReadDeadline);
    server_.set_write_timeout(kWriteDeadline);
    server_.set_keep_alive_max_count(1);
    server_.Get("/livez", Probe(pages.live));
    server_.Get("/healthz", Probe(std::move(pages.live)));
    server_.Get("/readyz", Probe(std::move(pages.ready)));
    server_.Get("/metrics", [metrics = std::move(pages.metrics)](const httplib::Request&,
                                                                 httplib::Response& response) {
      response.set_content(metrics(), kPrometheusText);
    });
  }

  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  bool Listen(const std::string& address, int port) {
    if (port == 0) {
      port_ = server_.bind_to_any_port(address);
    } else {
      port_ = server_.bind_to_port(address, port) ? port : -1;
    }
    if (port_ <= 0) return false;
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    // stop() before the listening loop has begun would not reach it.
    while (!server_.is_running()) std::this_thread::yield();
    return true;
  }

  int port() const { return port_; }

 private:
  httplib::Server server_;
  int port_ = -1;
  std::thread thread_;
};

StatusOr<std::unique_ptr<StatusServer>> StatusServer::Start(const std::string& address, int port,
                                                            StatusPages pages) {
  auto state = std::make_unique<State>(std::move(pages));
  if (!state->Listen(address, port)) {
    return UnavailableError("cannot listen on " + address + ":" + std::to_string(port));
  }
  return std::unique_ptr<StatusServer>(new StatusServer(std::move(state)));
}

StatusServer::StatusServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
StatusServer::~StatusServer() = default;

int StatusServer::port() const { return state_->port(); }

}  // namespace muster::http
