#include "test/kube/fake_api_server.h"

#include <httplib.h>

#include <condition_variable>
#include <mutex>
#include <thread>

// cpp-httplib comes compiled without ThreadSanitizer, which therefore does not see the guards of
// its function-local statics and reports their first use as a race.
// NOLINTBEGIN(bugprone-reserved-identifier): the name that the sanitizer looks for.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libcpp-httplib.so\n";
}
// NOLINTEND(bugprone-reserved-identifier)

namespace muster::kube {

class FakeApiServer::State {
 public:
  explicit State(Handler handler) : handler_(std::move(handler)) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(48); };
    server_.set_keep_alive_timeout(1);
    const auto serve = [this](const httplib::Request& in, httplib::Response& out) {
      Serve(in, out);
    };
    server_.Get(".*", serve);
    server_.Post(".*", serve);
    server_.Put(".*", serve);
    server_.Patch(".*", serve);
    server_.Delete(".*", serve);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }

  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    {
      std::lock_guard lock(mutex_);
      closing_ = true;
    }
    closed_.notify_all();
    server_.stop();
    thread_.join();
  }

  int port() const { return port_; }

  std::vector<Request> Requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void Serve(const httplib::Request& in, httplib::Response& out) {
    Request request{in.method, in.path, in.body, in.get_header_value("Authorization")};
    char separator = '?';
    for (const auto& [key, value] : in.params) {
      request.target += separator + key + "=" + value;
      separator = '&';
    }
    Answer answer;
    {
      std::lock_guard lock(mutex_);
      requests_.push_back(request);
      answer = handler_(request);
    }
    out.status = answer.status;
    for (const auto& [name, value] : answer.headers) out.set_header(name, value);
    if (answer.pieces.empty() && !answer.stay_open) {
      out.set_content(answer.body, "application/json");
      return;
    }
    out.set_chunked_content_provider("application/json",
                                     [this, answer](std::size_t, httplib::DataSink& sink) {
                                       for (const std::string& piece : answer.pieces)
                                         sink.write(piece.data(), piece.size());
                                       if (answer.stay_open) {
                                         std::unique_lock lock(mutex_);
                                         closed_.wait(lock, [this] { return closing_; });
                                       }
                                       sink.done();
                                       return true;
                                     });
  }

  const Handler handler_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::condition_variable closed_;
  bool closing_ = false;           // guarded by mutex_
  std::vector<Request> requests_;  // guarded by mutex_
};

FakeApiServer::FakeApiServer(Handler handler)
    : state_(std::make_unique<State>(std::move(handler))) {}
FakeApiServer::~FakeApiServer() = default;

ClusterAccess FakeApiServer::Access() const {
  ClusterAccess access;
  access.server_url = "http://127.0.0.1:" + std::to_string(state_->port());
  return access;
}

std::vector<FakeApiServer::Request> FakeApiServer::Requests() const { return state_->Requests(); }

}  // namespace muster::kube
