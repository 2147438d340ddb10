#include "scheduler/kube/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "test/kube/temporary_folder.h"

namespace muster::kube {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

TEST(TokenSource, AFixedTokenIsAlwaysTheSame) {
  ClusterAccess access;
  access.token = "fixed";
  TokenSource tokens(access);
  tokens.Invalidate();
  EXPECT_EQ(*tokens.Token(), "fixed");
}

TEST(TokenSource, AFileIsReadAgainAfterAMinuteOrWhenRefused) {
  TemporaryFolder folder;
  ClusterAccess access;
  access.token_file = folder.Write("token", "one\n");
  TokenSource::SteadyTime now{};
  TokenSource tokens(access, [&] { return now; });
  EXPECT_EQ(*tokens.Token(), "one");
  folder.Write("token", "two");
  now += seconds(59);
  EXPECT_EQ(*tokens.Token(), "one");
  now += seconds(1);
  EXPECT_EQ(*tokens.Token(), "two");
  folder.Write("token", "three");
  tokens.Invalidate();
  EXPECT_EQ(*tokens.Token(), "three");
}

TEST(TokenSource, TheOldTokenIsKeptWhileTheFileCannotBeUsed) {
  TemporaryFolder folder;
  ClusterAccess access;
  access.token_file = folder.Write("token", "one");
  TokenSource tokens(access);
  EXPECT_EQ(*tokens.Token(), "one");
  std::remove(access.token_file.c_str());
  tokens.Invalidate();
  EXPECT_EQ(*tokens.Token(), "one");
  folder.Write("token", "");
  EXPECT_EQ(*tokens.Token(), "one");
}

TEST(TokenSource, ATokenThatCouldEndTheHeaderIsRefused) {
  TemporaryFolder folder;
  ClusterAccess access;
  access.token_file = folder.Write("token", "one\r\nX-Evil: 1");
  TokenSource tokens(access);
  EXPECT_FALSE(tokens.Token().ok());
}

TEST(ReadFileLimited, AFileOverTheLimitIsAnError) {
  TemporaryFolder folder;
  const std::string path = folder.Write("big", std::string(101, 'x'));
  EXPECT_TRUE(ReadFileLimited(path, 101).ok());
  EXPECT_FALSE(ReadFileLimited(path, 100).ok());
}

TEST(AccessThroughLocalProxy, OnlyLoopbackMayBePlainHttp) {
  EXPECT_EQ(AccessThroughLocalProxy("http://127.0.0.1:8001/")->server_url, "http://127.0.0.1:8001");
  EXPECT_TRUE(AccessThroughLocalProxy("http://[::1]:8001").ok());
  EXPECT_TRUE(AccessThroughLocalProxy("http://localhost:8001").ok());
  for (const char* url : {"http://10.0.0.1:8001", "http://127.0.0.1.example.org",
                          "https://127.0.0.1", "ftp://127.0.0.1", "nonsense"}) {
    EXPECT_FALSE(AccessThroughLocalProxy(url).ok()) << url;
  }
}

TEST(InClusterAccess, AnIPv6HostIsPutInBrackets) {
  TemporaryFolder folder;
  folder.Write("token", "t");
  folder.Write("ca.crt", "pem");
  StatusOr<ClusterAccess> access = InClusterAccess("fd00::1", "443", folder.path());
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_EQ(access->server_url, "https://[fd00::1]:443");
  EXPECT_EQ(access->token_file, folder.path() + "/token");
}

TEST(InClusterAccess, AMissingTokenIsNamed) {
  TemporaryFolder folder;
  folder.Write("ca.crt", "pem");
  StatusOr<ClusterAccess> access = InClusterAccess("10.0.0.1", "443", folder.path());
  EXPECT_THAT(std::string(MessageOf(access.status())), HasSubstr("/token'"));
}

}  // namespace
}  // namespace muster::kube
