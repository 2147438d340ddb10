#include "scheduler/kube/http_transport.h"

#include <algorithm>
#include <map>
#include <utility>

#include "scheduler/base/check.h"
#include "scheduler/kube/http_call.h"

namespace muster::kube {
namespace {

constexpr int kPollMillisecondsMax = 60'000;

MultiHandle NewMulti(std::size_t connections_max) {
  MultiHandle multi(curl_multi_init());
  MUSTER_CHECK(multi != nullptr, "curl_multi_init failed; was InitializeHttp called?");
  curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(connections_max));
  return multi;
}

EasyHandle NewEasy() {
  EasyHandle easy(curl_easy_init());
  MUSTER_CHECK(easy != nullptr, "curl_easy_init failed");
  return easy;
}

HttpResult TokenFailure(const Status& status) {
  HttpResult result;
  result.error = "no token: " + std::string(MessageOf(status));
  return result;
}

/// The transfer that libcurl has just reported as finished, if any.
std::optional<std::pair<CURL*, CURLcode>> NextFinished(CURLM* multi) {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg == CURLMSG_DONE) {
      return std::pair{message->easy_handle, message->data.result};
    }
  }
  return std::nullopt;
}

}  // namespace

Status InitializeHttp() {
  const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) return UnavailableError(curl_easy_strerror(code));
  return OkStatus();
}

class HttpStream::State {
 public:
  State(const ClusterAccess& access, TokenSource& tokens)
      : access_(access), tokens_(tokens), multi_(NewMulti(1)), easy_(NewEasy()) {}

  HttpResult Run(const HttpRequest& request, const HttpSink& sink, const std::stop_token& stop) {
    StatusOr<std::string> token = tokens_.Token();
    if (!token.ok()) return TokenFailure(token.status());
    std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi_.get()); });
    HttpCall call(access_, request, &sink);
    call.Prepare(easy_.get(), *token);
    curl_multi_add_handle(multi_.get(), easy_.get());
    std::optional<CURLcode> code = Drive(stop);
    HttpResult result = call.Finish(code.value_or(CURLE_ABORTED_BY_CALLBACK));
    if (!code) result.stopped = true;
    curl_multi_remove_handle(multi_.get(), easy_.get());
    return result;
  }

 private:
  /// The code libcurl ended with; nothing when stopped by the caller.
  std::optional<CURLcode> Drive(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      int running = 0;
      if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) return CURLE_FAILED_INIT;
      if (auto finished = NextFinished(multi_.get())) return finished->second;
      curl_multi_poll(multi_.get(), nullptr, 0, kPollMillisecondsMax, nullptr);
    }
    return std::nullopt;
  }

  const ClusterAccess& access_;
  TokenSource& tokens_;
  MultiHandle multi_;
  EasyHandle easy_;
};

HttpStream::HttpStream(const ClusterAccess& access, TokenSource& tokens)
    : state_(std::make_unique<State>(access, tokens)) {}
HttpStream::~HttpStream() = default;

HttpResult HttpStream::Run(const HttpRequest& request, const HttpSink& sink,
                           const std::stop_token& stop) {
  return state_->Run(request, sink, stop);
}

class HttpMultiplexer::State {
 public:
  State(const ClusterAccess& access, TokenSource& tokens, std::size_t connections_max)
      : access_(access), tokens_(tokens), multi_(NewMulti(connections_max)) {}

  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    for (auto& [easy, running] : running_) curl_multi_remove_handle(multi_.get(), easy);
  }

  void Start(RequestId id, HttpRequest request) {
    StatusOr<std::string> token = tokens_.Token();
    if (!token.ok()) {
      finished_.push_back({id, TokenFailure(token.status())});
      return;
    }
    EasyHandle easy = TakeIdle();
    auto call = std::make_unique<HttpCall>(access_, std::move(request), nullptr);
    call->Prepare(easy.get(), *token);
    curl_multi_add_handle(multi_.get(), easy.get());
    CURL* key = easy.get();
    running_.emplace(key, Running{id, std::move(easy), std::move(call)});
  }

  std::vector<Finished> Poll(std::chrono::milliseconds wait_max) {
    Collect();
    if (finished_.empty()) {
      const auto wait = std::clamp<std::int64_t>(wait_max.count(), 0, kPollMillisecondsMax);
      curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(wait), nullptr);
      Collect();
    }
    return std::exchange(finished_, {});
  }

  void Wake() { curl_multi_wakeup(multi_.get()); }
  std::size_t InFlight() const { return running_.size(); }

 private:
  struct Running {
    RequestId id = 0;
    EasyHandle easy;
    std::unique_ptr<HttpCall> call;  // after `easy`: it resets the handle when destroyed
  };

  EasyHandle TakeIdle() {
    if (idle_.empty()) return NewEasy();
    EasyHandle easy = std::move(idle_.back());
    idle_.pop_back();
    return easy;
  }

  void Collect() {
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    while (auto done = NextFinished(multi_.get())) {
      auto entry = running_.find(done->first);
      MUSTER_CHECK(entry != running_.end(), "libcurl finished a call that was not started");
      Running call = std::move(entry->second);
      running_.erase(entry);
      finished_.push_back({call.id, call.call->Finish(done->second)});
      curl_multi_remove_handle(multi_.get(), call.easy.get());
      call.call.reset();
      idle_.push_back(std::move(call.easy));
    }
  }

  const ClusterAccess& access_;
  TokenSource& tokens_;
  MultiHandle multi_;
  std::map<CURL*, Running> running_;  // for lookup only
  std::vector<EasyHandle> idle_;
  std::vector<Finished> finished_;
};

HttpMultiplexer::HttpMultiplexer(const ClusterAccess& access, TokenSource& tokens,
                                 std::size_t connections_max)
    : state_(std::make_unique<State>(access, tokens, connections_max)) {}
HttpMultiplexer::~HttpMultiplexer() = default;

void HttpMultiplexer::Start(RequestId id, HttpRequest request) {
  state_->Start(id, std::move(request));
}
std::vector<HttpMultiplexer::Finished> HttpMultiplexer::Poll(std::chrono::milliseconds wait_max) {
  return state_->Poll(wait_max);
}
void HttpMultiplexer::Wake() { state_->Wake(); }
std::size_t HttpMultiplexer::InFlight() const { return state_->InFlight(); }

}  // namespace muster::kube
