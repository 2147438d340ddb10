#include "scheduler/http/status_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>

namespace muster::http {
namespace {

class StatusServerTest : public ::testing::Test {
 protected:
  StatusServerTest() {
    StatusPages pages;
    pages.live = [this] { return ProbeAnswer{live_, live_ ? "ok" : "stuck"}; };
    pages.ready = [] { return ProbeAnswer{false, "pods: not synced: listing"}; };
    pages.metrics = [] { return std::string("muster_x 1\n"); };
    auto server = StatusServer::Start("127.0.0.1", 0, std::move(pages));
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  httplib::Result Get(const std::string& path) {
    return httplib::Client("127.0.0.1", server_->port()).Get(path.c_str());
  }

  std::atomic<bool> live_ = true;
  std::unique_ptr<StatusServer> server_;
};

TEST_F(StatusServerTest, AProbeAnswers200WithOkOr503WithTheReason) {
  EXPECT_EQ(Get("/livez")->status, 200);
  EXPECT_EQ(Get("/healthz")->body, "ok\n");
  live_ = false;
  EXPECT_EQ(Get("/livez")->status, 503);
  EXPECT_EQ(Get("/healthz")->body, "stuck\n");
  EXPECT_EQ(Get("/readyz")->status, 503);
  EXPECT_EQ(Get("/readyz")->body, "pods: not synced: listing\n");
}

TEST_F(StatusServerTest, MetricsAreInPrometheusTextFormat) {
  auto answer = Get("/metrics");
  EXPECT_EQ(answer->body, "muster_x 1\n");
  EXPECT_EQ(answer->get_header_value("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
}

TEST_F(StatusServerTest, OtherPathsMethodsAndLargeBodiesAreRefused) {
  EXPECT_EQ(Get("/debug/pprof")->status, 404);
  httplib::Client client("127.0.0.1", server_->port());
  EXPECT_EQ(client.Post("/metrics", "x", "text/plain")->status, 404);
  auto large = client.Post("/metrics", std::string(100'000, 'x'), "text/plain");
  EXPECT_TRUE(!large || large->status >= 400);
}

TEST_F(StatusServerTest, APortInUseIsAnErrorThatNamesIt) {
  auto second = StatusServer::Start("127.0.0.1", server_->port(), {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(MessageOf(second.status()),
            "cannot listen on 127.0.0.1:" + std::to_string(server_->port()));
}

}  // namespace
}  // namespace muster::http
