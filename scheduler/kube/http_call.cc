#include "scheduler/kube/http_call.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>
#include <utility>

#include "scheduler/base/check.h"

namespace muster::kube {
namespace {

constexpr long kConnectMilliseconds = 5000;
// The API server closes idle connections after 90 s; a request must not meet that.
constexpr long kIdleConnectionSeconds = 45;
constexpr long kRetryAfterSecondsMax = 300;
constexpr unsigned int kTcpUserTimeoutMilliseconds = 30'000;

template <class Value>
void Set(CURL* easy, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(easy, option, value);
  MUSTER_CHECK(code == CURLE_OK, curl_easy_strerror(code));
}

/// Without this, Linux takes a quarter of an hour to notice a peer that vanished.
int LimitUnacknowledgedTime(void*, curl_socket_t socket, curlsocktype) {
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kTcpUserTimeoutMilliseconds,
             sizeof(kTcpUserTimeoutMilliseconds));
  return CURL_SOCKOPT_OK;
}

/// libcurl asks to rewind the body when it would send a request again on a new connection. The
/// first copy may have been carried out, so it may not.
int RefuseToRewind(void*, curl_off_t, int) { return CURL_SEEKFUNC_FAIL; }

void SetBlob(CURL* easy, CURLoption option, const std::string& data) {
  curl_blob blob{const_cast<char*>(data.data()), data.size(), CURL_BLOB_COPY};
  Set(easy, option, &blob);
}

bool StartsWithIgnoringCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) ==
                  std::tolower(static_cast<unsigned char>(b));
         });
}

/// Whole seconds only: the API server does not send the date form.
std::optional<std::chrono::seconds> ParseRetryAfter(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  long seconds = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end == text.data() || seconds < 0) return std::nullopt;
  return std::chrono::seconds(std::min(seconds, kRetryAfterSecondsMax));
}

}  // namespace

HttpCall::HttpCall(const ClusterAccess& access, HttpRequest request, const HttpSink* sink)
    : access_(access), request_(std::move(request)), sink_(sink) {}

HttpCall::~HttpCall() {
  if (easy_ != nullptr) curl_easy_reset(easy_);  // drops the pointers into this call
  curl_slist_free_all(headers_);
  curl_slist_free_all(connect_to_);
}

void HttpCall::Prepare(CURL* easy, const std::string& token) {
  easy_ = easy;
  curl_easy_reset(easy_);
  Set(easy_, CURLOPT_ERRORBUFFER, error_buffer_);
  Set(easy_, CURLOPT_PRIVATE, this);
  Set(easy_, CURLOPT_NOSIGNAL, 1L);
  Set(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  Set(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Set(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  Set(easy_, CURLOPT_PROTOCOLS_STR, access_.server_url.starts_with("http://") ? "http" : "https");
  if (access_.server_url.starts_with("http://")) Set(easy_, CURLOPT_NOPROXY, "*");
  if (!access_.proxy_url.empty()) Set(easy_, CURLOPT_PROXY, access_.proxy_url.c_str());
  SetTarget();
  SetMethodAndBody();
  SetHeaders(token);
  SetTls();
  SetDeadlines();
  Set(easy_, CURLOPT_WRITEFUNCTION, &HttpCall::ReceiveBody);
  Set(easy_, CURLOPT_WRITEDATA, this);
  Set(easy_, CURLOPT_HEADERFUNCTION, &HttpCall::ReceiveHeader);
  Set(easy_, CURLOPT_HEADERDATA, this);
}

void HttpCall::SetTarget() {
  std::string base = access_.server_url;
  if (!access_.tls_server_name.empty()) {
    // The name to check goes into the URL, the address to dial beside it.
    CURLU* url = curl_url();
    char* host = nullptr;
    char* port = nullptr;
    char* renamed = nullptr;
    MUSTER_CHECK(url != nullptr, "out of memory");
    const bool parsed =
        curl_url_set(url, CURLUPART_URL, base.c_str(), 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_HOST, access_.tls_server_name.c_str(), 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_URL, &renamed, CURLU_NO_DEFAULT_PORT) == CURLUE_OK;
    if (parsed) {
      connect_to_ = curl_slist_append(nullptr, ("::" + std::string(host) + ":" + port).c_str());
      Set(easy_, CURLOPT_CONNECT_TO, connect_to_);
      base = renamed;
      while (base.ends_with('/')) base.pop_back();
    }
    curl_free(host);
    curl_free(port);
    curl_free(renamed);
    curl_url_cleanup(url);
  }
  Set(easy_, CURLOPT_URL, (base + request_.target).c_str());
}

void HttpCall::SetMethodAndBody() {
  if (request_.method == HttpMethod::kGet) {
    Set(easy_, CURLOPT_HTTPGET, 1L);
    return;
  }
  Set(easy_, CURLOPT_POST, 1L);
  if (request_.method == HttpMethod::kPut) Set(easy_, CURLOPT_CUSTOMREQUEST, "PUT");
  if (request_.method == HttpMethod::kPatch) Set(easy_, CURLOPT_CUSTOMREQUEST, "PATCH");
  if (request_.method == HttpMethod::kDelete) Set(easy_, CURLOPT_CUSTOMREQUEST, "DELETE");
  // Through a callback and not CURLOPT_POSTFIELDS: only so can a second sending be refused.
  Set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  Set(easy_, CURLOPT_READFUNCTION, &HttpCall::SendBody);
  Set(easy_, CURLOPT_READDATA, this);
  Set(easy_, CURLOPT_SEEKFUNCTION, &RefuseToRewind);
  Set(easy_, CURLOPT_SEEKDATA, nullptr);
}

void HttpCall::AddHeader(const std::string& line) {
  curl_slist* longer = curl_slist_append(headers_, line.c_str());
  MUSTER_CHECK(longer != nullptr, "out of memory");
  headers_ = longer;
}

void HttpCall::SetHeaders(const std::string& token) {
  AddHeader("Accept: " + request_.accept);
  AddHeader("User-Agent: muster");
  if (request_.method != HttpMethod::kGet) {
    AddHeader("Content-Type: " + request_.content_type);
    AddHeader("Expect:");  // no round trip before the body
  }
  if (!token.empty()) AddHeader("Authorization: Bearer " + token);
  Set(easy_, CURLOPT_HTTPHEADER, headers_);
}

void HttpCall::SetTls() {
  if (!access_.server_url.starts_with("https://")) return;
  Set(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  Set(easy_, CURLOPT_SSL_VERIFYPEER, access_.insecure_skip_tls_verify ? 0L : 1L);
  Set(easy_, CURLOPT_SSL_VERIFYHOST, access_.insecure_skip_tls_verify ? 0L : 2L);
  const PemSource& authority = access_.certificate_authority;
  if (!authority.data.empty()) SetBlob(easy_, CURLOPT_CAINFO_BLOB, authority.data);
  if (!authority.path.empty()) {
    Set(easy_, CURLOPT_CAINFO, authority.path.c_str());
    Set(easy_, CURLOPT_CA_CACHE_TIMEOUT, 300L);  // sees a rotated authority within 5 minutes
  }
  if (!authority.Empty()) Set(easy_, CURLOPT_CAPATH, nullptr);  // this authority and no other
  const PemSource& certificate = access_.client_certificate;
  if (!certificate.data.empty()) SetBlob(easy_, CURLOPT_SSLCERT_BLOB, certificate.data);
  if (!certificate.path.empty()) Set(easy_, CURLOPT_SSLCERT, certificate.path.c_str());
  const PemSource& key = access_.client_key;
  if (!key.data.empty()) SetBlob(easy_, CURLOPT_SSLKEY_BLOB, key.data);
  if (!key.path.empty()) Set(easy_, CURLOPT_SSLKEY, key.path.c_str());
}

void HttpCall::SetDeadlines() {
  const long deadline = static_cast<long>(request_.deadline.count());
  Set(easy_, CURLOPT_TIMEOUT_MS, deadline);
  Set(easy_, CURLOPT_CONNECTTIMEOUT_MS, std::min(deadline, kConnectMilliseconds));
  Set(easy_, CURLOPT_MAXAGE_CONN, kIdleConnectionSeconds);
  Set(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  Set(easy_, CURLOPT_TCP_KEEPIDLE, 15L);
  Set(easy_, CURLOPT_TCP_KEEPINTVL, 5L);
  Set(easy_, CURLOPT_SOCKOPTFUNCTION, &LimitUnacknowledgedTime);
  if (request_.silence_max.count() > 0) {
    Set(easy_, CURLOPT_LOW_SPEED_LIMIT, 1L);
    Set(easy_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request_.silence_max.count()));
  }
}

std::size_t HttpCall::ReceiveBody(char* data, std::size_t size, std::size_t count, void* call) {
  return static_cast<HttpCall*>(call)->TakeBody({data, size * count});
}

std::size_t HttpCall::ReceiveHeader(char* data, std::size_t size, std::size_t count, void* call) {
  static_cast<HttpCall*>(call)->TakeHeader({data, size * count});
  return size * count;
}

std::size_t HttpCall::SendBody(char* data, std::size_t size, std::size_t count, void* call) {
  auto* self = static_cast<HttpCall*>(call);
  const std::string& body = self->request_.body;
  if (self->request_.may_send && !self->request_.may_send()) {
    self->held_back_ = true;
    return CURL_READFUNC_ABORT;
  }
  const std::size_t bytes = std::min(size * count, body.size() - self->body_sent_bytes_);
  std::memcpy(data, body.data() + self->body_sent_bytes_, bytes);
  self->body_sent_bytes_ += bytes;
  return bytes;
}

std::size_t HttpCall::TakeBody(std::string_view bytes) {
  if (sink_ != nullptr && StatusIsSuccess()) {
    if (sink_->on_bytes(bytes)) return bytes.size();
    sink_ended_ = true;
    return 0;
  }
  if (result_.body.size() + bytes.size() > request_.response_bytes_max) {
    result_.body.append(bytes.substr(0, request_.response_bytes_max - result_.body.size()));
    result_.body_too_large = true;
    return 0;
  }
  result_.body.append(bytes);
  return bytes.size();
}

void HttpCall::TakeHeader(std::string_view line) {
  static constexpr std::string_view kRetryAfter = "retry-after:";
  if (line.starts_with("HTTP/")) {
    // Also the status lines of 100 Continue and of a proxy's CONNECT pass by; the last one counts.
    const std::size_t space = line.find(' ');
    int status = 0;
    if (space != std::string_view::npos) {
      std::from_chars(line.data() + space + 1, line.data() + line.size(), status);
    }
    status_ = status >= 200 ? status : 0;
    result_.retry_after.reset();
  } else if (StartsWithIgnoringCase(line, kRetryAfter)) {
    result_.retry_after = ParseRetryAfter(line.substr(kRetryAfter.size()));
  } else if ((line == "\r\n" || line == "\n") && sink_ != nullptr && StatusIsSuccess()) {
    sink_->on_success_status();
  }
}

HttpResult HttpCall::Finish(CURLcode code) {
  long request_bytes = 0;
  curl_easy_getinfo(easy_, CURLINFO_REQUEST_SIZE, &request_bytes);
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  // libcurl's figure excludes the answers of a proxy to CONNECT.
  result_.status = static_cast<int>(status);
  if (status >= 200) {
    result_.delivery = Delivery::kAnswered;
  } else {
    result_.status = 0;
    // The body counts by itself: after a kept-alive connection broke, libcurl connects again before
    // it learns that it may not send again, and that connect may be refused.
    const bool sent = body_sent_bytes_ > 0 || (request_bytes > 0 && !held_back_);
    result_.delivery = sent ? Delivery::kNoAnswer : Delivery::kNotSent;
  }
  result_.body_complete = code == CURLE_OK;
  result_.stopped = sink_ended_;
  if (code != CURLE_OK) {
    result_.error = error_buffer_[0] != '\0' ? error_buffer_ : curl_easy_strerror(code);
    if (held_back_) result_.error = "held back";
    // Of the two timeouts only the silence comes before the deadline.
    curl_off_t elapsed_microseconds = 0;
    curl_easy_getinfo(easy_, CURLINFO_TOTAL_TIME_T, &elapsed_microseconds);
    result_.silent = code == CURLE_OPERATION_TIMEDOUT && request_.silence_max.count() > 0 &&
                     std::chrono::microseconds(elapsed_microseconds) < request_.deadline;
  }
  return std::move(result_);
}

}  // namespace muster::kube
