#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

#include "scheduler/kube/http_transport.h"

/// One libcurl transfer; private to the transport, hence the curl header here.
namespace muster::kube {

struct CleanEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct CleanMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using EasyHandle = std::unique_ptr<CURL, CleanEasy>;
using MultiHandle = std::unique_ptr<CURLM, CleanMulti>;

/// Configures an easy handle for one request and collects its answer. The handle's address is
/// registered with libcurl, so a call does not move. Threading: one thread.
class HttpCall {
 public:
  /// Borrows `access` and, if not null, `sink`.
  HttpCall(const ClusterAccess& access, HttpRequest request, const HttpSink* sink);
  ~HttpCall();
  HttpCall(const HttpCall&) = delete;
  HttpCall& operator=(const HttpCall&) = delete;

  /// Sets every option on `easy`, which it then uses until Finish.
  void Prepare(CURL* easy, const std::string& token);
  /// The result after libcurl reported `code`.
  HttpResult Finish(CURLcode code);
  CURL* easy() const { return easy_; }

 private:
  static std::size_t ReceiveBody(char* data, std::size_t size, std::size_t count, void* call);
  static std::size_t ReceiveHeader(char* data, std::size_t size, std::size_t count, void* call);
  static std::size_t SendBody(char* data, std::size_t size, std::size_t count, void* call);

  void SetTarget();
  void SetMethodAndBody();
  void SetHeaders(const std::string& token);
  void SetTls();
  void SetDeadlines();
  void AddHeader(const std::string& line);
  std::size_t TakeBody(std::string_view bytes);
  void TakeHeader(std::string_view line);
  bool StatusIsSuccess() const { return status_ >= 200 && status_ < 300; }

  const ClusterAccess& access_;
  const HttpRequest request_;
  const HttpSink* const sink_;
  CURL* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
  curl_slist* connect_to_ = nullptr;
  std::size_t body_sent_bytes_ = 0;
  int status_ = 0;
  bool sink_ended_ = false;
  bool held_back_ = false;
  HttpResult result_;
  char error_buffer_[CURL_ERROR_SIZE] = {};
};

}  // namespace muster::kube
