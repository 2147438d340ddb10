#include "scheduler/kube/http_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/kube/fake_api_server.h"
#include "test/kube/raw_server.h"

namespace muster::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

HttpRequest Post() {
  HttpRequest request;
  request.method = HttpMethod::kPost;
  request.target = "/things";
  request.body = "{\"a\":1}";
  request.content_type = "application/json";
  return request;
}

HttpResult Call(HttpMultiplexer& http, HttpRequest request) {
  http.Start(1, std::move(request));
  while (true) {
    std::vector<HttpMultiplexer::Finished> finished = http.Poll(seconds(1));
    if (!finished.empty()) return std::move(finished.front().result);
  }
}

HttpResult CallOnce(const ClusterAccess& access, HttpRequest request) {
  TokenSource tokens(access);
  HttpMultiplexer http(access, tokens, 1);
  return Call(http, std::move(request));
}

TEST(HttpTransport, ARefusedConnectionIsNotSent) {
  const HttpResult result = CallOnce(AccessToNobody(), Post());
  EXPECT_EQ(result.delivery, Delivery::kNotSent);
  EXPECT_THAT(result.error, HasSubstr("connect"));
}

TEST(HttpTransport, AHostThatDoesNotResolveIsNotSent) {
  ClusterAccess access;
  access.server_url = "https://muster.invalid";
  EXPECT_EQ(CallOnce(access, Post()).delivery, Delivery::kNotSent);
}

TEST(HttpTransport, AConnectionClosedAfterTheRequestIsNoAnswer) {
  RawServer server([](int) { return RawServer::Answer{"", true}; });
  const HttpResult result = CallOnce(server.Access(), Post());
  EXPECT_EQ(result.delivery, Delivery::kNoAnswer);
  EXPECT_EQ(server.request_count(), 1);
}

TEST(HttpTransport, AKeptAliveConnectionThatBreaksNeverRepeatsAWrite) {
  // libcurl by itself would send the second request again on a new connection.
  RawServer server([](int number) {
    return number == 1 ? RawServer::Answer{"", true} : RawServer::Answer{kOk, false};
  });
  const ClusterAccess access = server.Access();
  TokenSource tokens(access);
  HttpMultiplexer http(access, tokens, 1);
  EXPECT_EQ(Call(http, Post()).status, 200);
  EXPECT_EQ(Call(http, Post()).delivery, Delivery::kNoAnswer);
  EXPECT_EQ(server.request_count(), 2);
  EXPECT_EQ(Call(http, Post()).status, 200);
}

TEST(HttpTransport, AWriteOnAConnectionThatBreaksIsNotCalledUnsentWhenTheServerIsGone) {
  RawServer server([](int number) {
    return number == 1 ? RawServer::Answer{"", true, true} : RawServer::Answer{kOk, false};
  });
  const ClusterAccess access = server.Access();
  TokenSource tokens(access);
  HttpMultiplexer http(access, tokens, 1);
  EXPECT_EQ(Call(http, Post()).status, 200);
  EXPECT_EQ(Call(http, Post()).delivery, Delivery::kNoAnswer);
}

TEST(HttpTransport, SilenceAfterTheRequestIsNoAnswerWithinTheDeadline) {
  RawServer server([](int) { return RawServer::Answer{"", false}; });
  HttpRequest request = Post();
  request.deadline = milliseconds(100);
  EXPECT_EQ(CallOnce(server.Access(), request).delivery, Delivery::kNoAnswer);
}

TEST(HttpTransport, AStatusLineCountsEvenIfTheBodyIsCut) {
  RawServer server([](int) {
    return RawServer::Answer{"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{", true};
  });
  const HttpResult result = CallOnce(server.Access(), Post());
  EXPECT_EQ(result.delivery, Delivery::kAnswered);
  EXPECT_EQ(result.status, 201);
  EXPECT_FALSE(result.body_complete);
}

TEST(HttpTransport, ABodyOverTheLimitIsCutAndSaidSo) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{200, std::string(2000, 'x'), {}, {}, false};
  });
  HttpRequest request;
  request.target = "/big";
  request.response_bytes_max = 1000;
  const HttpResult result = CallOnce(server.Access(), request);
  EXPECT_EQ(result.status, 200);
  EXPECT_TRUE(result.body_too_large);
  EXPECT_EQ(result.body.size(), 1000u);
}

TEST(HttpTransport, RetryAfterIsReadAndRedirectsAreNotFollowed) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{
        302, "", {{"Retry-After", "7"}, {"Location", "http://127.0.0.1:1/"}}, {}, false};
  });
  HttpRequest request;
  request.target = "/moved";
  const HttpResult result = CallOnce(server.Access(), request);
  EXPECT_EQ(result.status, 302);
  EXPECT_EQ(result.retry_after, seconds(7));
}

TEST(HttpTransport, TheTokenGoesIntoTheHeaderAndNotIntoErrors) {
  FakeApiServer server([](const FakeApiServer::Request&) { return FakeApiServer::Answer{}; });
  ClusterAccess access = server.Access();
  access.token = "sesame";
  HttpRequest request;
  request.target = "/x";
  EXPECT_EQ(CallOnce(access, request).status, 200);
  EXPECT_EQ(server.Requests().at(0).authorization, "Bearer sesame");
  access.server_url = AccessToNobody().server_url;
  EXPECT_THAT(CallOnce(access, request).error, Not(HasSubstr("sesame")));
}

TEST(HttpStream, AStopEndsASilentStream) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{200, "", {}, {"{}"}, true};
  });
  const ClusterAccess access = server.Access();
  TokenSource tokens(access);
  HttpStream stream(access, tokens);
  std::stop_source stop;
  bool started = false;
  HttpRequest request;
  request.target = "/watch";
  request.deadline = std::chrono::hours(1);
  const HttpSink sink{[&] { started = true; },
                      [&](std::string_view) {
                        stop.request_stop();
                        return true;
                      }};
  const HttpResult result = stream.Run(request, sink, stop.get_token());
  EXPECT_TRUE(started);
  EXPECT_TRUE(result.stopped);
}

TEST(HttpStream, TheBodyOfARefusalIsInTheResultAndNotStreamed) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{403, "no", {}, {}, false};
  });
  const ClusterAccess access = server.Access();
  TokenSource tokens(access);
  HttpStream stream(access, tokens);
  const HttpSink sink{[] { FAIL(); }, [](std::string_view) { return true; }};
  HttpRequest request;
  request.target = "/watch";
  EXPECT_EQ(stream.Run(request, sink, {}).body, "no");
}

TEST(HttpStream, SilenceEndsTheStreamBeforeItsDeadline) {
  FakeApiServer server([](const FakeApiServer::Request&) {
    return FakeApiServer::Answer{200, "", {}, {"{}"}, true};
  });
  const ClusterAccess access = server.Access();
  TokenSource tokens(access);
  HttpStream stream(access, tokens);
  HttpRequest request;
  request.target = "/watch";
  request.deadline = std::chrono::hours(1);
  request.silence_max = seconds(1);
  const HttpSink sink{[] {}, [](std::string_view) { return true; }};
  EXPECT_TRUE(stream.Run(request, sink, {}).silent);
}

}  // namespace
}  // namespace muster::kube
