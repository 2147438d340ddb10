#include "scheduler/kube/credentials.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

namespace muster::kube {
namespace {

constexpr std::size_t kTokenBytesMax = 64 * 1024;
constexpr std::size_t kPemBytesMax = 1024 * 1024;
// A projected token lives ten minutes at least and is rotated at 80 % of its life.
constexpr std::chrono::seconds kTokenAgeMax(60);

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

struct CleanUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

/// The scheme and host of a URL; nothing when it is not one.
std::optional<std::pair<std::string, std::string>> SchemeAndHost(const std::string& url) {
  std::unique_ptr<CURLU, CleanUrl> handle(curl_url());
  if (!handle || curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return std::nullopt;
  }
  std::pair<std::string, std::string> parts;
  for (auto [part, text] :
       {std::pair{CURLUPART_SCHEME, &parts.first}, std::pair{CURLUPART_HOST, &parts.second}}) {
    char* value = nullptr;
    if (curl_url_get(handle.get(), part, &value, 0) != CURLUE_OK) return std::nullopt;
    *text = value;
    curl_free(value);
  }
  return parts;
}

bool IsLoopback(const std::string& host) {
  if (host == "localhost" || host == "[::1]") return true;
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

std::string Trimmed(std::string text) {
  constexpr const char* kSpace = " \t\r\n";
  text.erase(text.find_last_not_of(kSpace) + 1);
  text.erase(0, text.find_first_not_of(kSpace));
  return text;
}

/// A control character in a token would end the header that carries it.
bool IsHeaderSafe(std::string_view token) {
  return std::all_of(token.begin(), token.end(),
                     [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
}

}  // namespace

StatusOr<std::string> ReadFileLimited(const std::string& path, std::size_t bytes_max) {
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return NotFoundError("cannot open '" + path + "'");
  std::string content;
  std::vector<char> chunk(16 * 1024);
  while (std::size_t count = std::fread(chunk.data(), 1, chunk.size(), file.get())) {
    if (content.size() + count > bytes_max) {
      return OutOfRangeError("'" + path + "' is larger than " + std::to_string(bytes_max) +
                             " bytes");
    }
    content.append(chunk.data(), count);
  }
  if (std::ferror(file.get()) != 0) return NotFoundError("cannot read '" + path + "'");
  return content;
}

Status CheckAccess(const ClusterAccess& access) {
  auto parts = SchemeAndHost(access.server_url);
  if (!parts) {
    return InvalidArgumentError("server '" + access.server_url +
                                "' is not a URL; allowed: https://HOST[:PORT]");
  }
  const auto& [scheme, host] = *parts;
  if (scheme == "http" && !IsLoopback(host)) {
    return InvalidArgumentError("server '" + access.server_url +
                                "': http is allowed for loopback addresses only; use https");
  }
  if (scheme != "http" && scheme != "https") {
    return InvalidArgumentError("server '" + access.server_url + "': scheme '" + scheme +
                                "' is not supported; allowed: https, http on loopback");
  }
  if (access.client_certificate.Empty() != access.client_key.Empty()) {
    return InvalidArgumentError("a client certificate and its key must be given together");
  }
  for (const PemSource* pem :
       {&access.certificate_authority, &access.client_certificate, &access.client_key}) {
    if (!pem->path.empty()) {
      MUSTER_RETURN_IF_ERROR(ReadFileLimited(pem->path, kPemBytesMax).status());
    }
  }
  return OkStatus();
}

StatusOr<ClusterAccess> AccessThroughLocalProxy(std::string_view url) {
  ClusterAccess access;
  access.server_url = url;
  while (access.server_url.ends_with('/')) access.server_url.pop_back();
  if (!access.server_url.starts_with("http://")) {
    return InvalidArgumentError("--server '" + access.server_url +
                                "': only http:// on a loopback address is allowed here, such as "
                                "http://127.0.0.1:8001 of kubectl proxy; use --kubeconfig for TLS");
  }
  MUSTER_RETURN_IF_ERROR(CheckAccess(access));
  return access;
}

StatusOr<ClusterAccess> InClusterAccess(const std::string& service_host,
                                        const std::string& service_port,
                                        const std::string& service_account_folder) {
  if (service_host.empty() || service_port.empty()) {
    return NotFoundError("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set");
  }
  ClusterAccess access;
  const bool is_ipv6 = service_host.find(':') != std::string::npos;
  access.server_url =
      "https://" + (is_ipv6 ? "[" + service_host + "]" : service_host) + ":" + service_port;
  access.token_file = service_account_folder + "/token";
  access.certificate_authority.path = service_account_folder + "/ca.crt";
  MUSTER_RETURN_IF_ERROR(CheckAccess(access));
  MUSTER_RETURN_IF_ERROR(ReadFileLimited(access.token_file, kTokenBytesMax).status());
  return access;
}

TokenSource::TokenSource(const ClusterAccess& access)
    : TokenSource(access, [] { return std::chrono::steady_clock::now(); }) {}

TokenSource::TokenSource(const ClusterAccess& access, SteadyNow now)
    : file_(access.token_file), now_(std::move(now)), token_(access.token) {}

StatusOr<std::string> TokenSource::Token() {
  std::lock_guard lock(mutex_);
  if (file_.empty()) return token_;
  const SteadyTime now = now_();
  if (read_at_ && now - *read_at_ < kTokenAgeMax) return token_;
  StatusOr<std::string> content = ReadFileLimited(file_, kTokenBytesMax);
  std::string token = content.ok() ? Trimmed(*content) : std::string();
  if (!token.empty() && IsHeaderSafe(token)) {
    token_ = std::move(token);
    read_at_ = now;
  } else if (token_.empty()) {
    if (!content.ok()) return content.status();
    return InvalidArgumentError("'" + file_ + "' holds no usable token");
  }
  return token_;
}

void TokenSource::Invalidate() {
  std::lock_guard lock(mutex_);
  read_at_.reset();
}

}  // namespace muster::kube
