#include "test/kube/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "scheduler/base/check.h"

namespace muster::kube {
namespace {

constexpr int kPollMilliseconds = 20;

/// Opens a listening socket on a free port.
std::pair<int, int> Listen() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  MUSTER_CHECK(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0, "bind");
  MUSTER_CHECK(listen(listener, 16) == 0, "listen");
  socklen_t size = sizeof(address);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return {listener, ntohs(address.sin_port)};
}

bool IsReadable(int descriptor) {
  pollfd entry{descriptor, POLLIN, 0};
  return poll(&entry, 1, kPollMilliseconds) > 0;
}

/// The size of the first whole request in `bytes`; nothing while it is not complete.
std::optional<std::size_t> RequestSize(const std::string& bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  static const std::string length_header = "Content-Length: ";
  const std::size_t length = bytes.find(length_header);
  std::size_t body = 0;
  if (length < end) body = std::strtoul(bytes.c_str() + length + length_header.size(), nullptr, 10);
  const std::size_t size = end + 4 + body;
  if (bytes.size() < size) return std::nullopt;
  return size;
}

}  // namespace

RawServer::RawServer(Handler handler) : handler_(std::move(handler)) {
  std::tie(listener_, port_) = Listen();
  thread_ = std::thread([this] { Run(); });
}

RawServer::~RawServer() {
  closing_ = true;
  thread_.join();
  if (listener_ >= 0) close(listener_);
}

void RawServer::Run() {
  while (!closing_ && listener_ >= 0) {
    if (!IsReadable(listener_)) continue;
    const int connection = accept(listener_, nullptr, nullptr);
    if (connection < 0) continue;
    Serve(connection);
    close(connection);
  }
}

void RawServer::Serve(int connection) {
  std::string received;
  while (!closing_) {
    if (!IsReadable(connection)) continue;
    char chunk[4096];
    const ssize_t count = recv(connection, chunk, sizeof(chunk), 0);
    if (count <= 0) return;
    received.append(chunk, static_cast<std::size_t>(count));
    while (auto size = RequestSize(received)) {
      received.erase(0, *size);
      const Answer answer = handler_(requests_++);
      send(connection, answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL);
      if (answer.leave) close(std::exchange(listener_, -1));
      if (answer.close) return;
    }
  }
}

ClusterAccess RawServer::Access() const {
  ClusterAccess access;
  access.server_url = "http://127.0.0.1:" + std::to_string(port_);
  return access;
}

ClusterAccess AccessToNobody() {
  auto [listener, port] = Listen();
  close(listener);
  ClusterAccess access;
  access.server_url = "http://127.0.0.1:" + std::to_string(port);
  return access;
}

}  // namespace muster::kube
