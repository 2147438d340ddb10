#include "scheduler/kube/kubeconfig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/kube/temporary_folder.h"

namespace muster::kube {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Kubeconfig(std::string_view cluster, std::string_view user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: main\n"
         "contexts:\n- name: main\n  context: {cluster: c, user: u}\n"
         "clusters:\n- name: c\n  cluster: {" +
         std::string(cluster) + "}\nusers:\n- name: u\n  user: {" + std::string(user) + "}\n";
}

StatusOr<ClusterAccess> Load(std::string_view cluster, std::string_view user) {
  TemporaryFolder folder;
  return LoadKubeconfig({folder.Write("config", Kubeconfig(cluster, user))});
}

std::string ErrorOf(const StatusOr<ClusterAccess>& access) {
  return std::string(MessageOf(access.status()));
}

TEST(Kubeconfig, ATokenAndAnInlineAuthorityAreRead) {
  auto access = Load(
      "server: 'https://10.0.0.1:6443/', certificate-authority-data: cGVt, "
      "tls-server-name: kubernetes, insecure-skip-tls-verify: true",
      "token: secret");
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_EQ(access->server_url, "https://10.0.0.1:6443");
  EXPECT_EQ(access->certificate_authority.data, "pem");
  EXPECT_EQ(access->tls_server_name, "kubernetes");
  EXPECT_TRUE(access->insecure_skip_tls_verify);
  EXPECT_EQ(access->token, "secret");
}

TEST(Kubeconfig, DataBeatsThePathAndATokenFileIsKeptBesideTheToken) {
  TemporaryFolder folder;
  folder.Write("client.crt", "from file");
  folder.Write("client.key", "key");
  auto access = LoadKubeconfig({folder.Write(
      "config", Kubeconfig("server: 'https://a'",
                           "client-certificate: client.crt, client-certificate-data: cGVt, "
                           "client-key: client.key, token: t, tokenFile: sub/token"))});
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_EQ(access->client_certificate.data, "pem");
  EXPECT_EQ(access->client_certificate.path, "");
  EXPECT_EQ(access->client_key.path, folder.path() + "/client.key");
  EXPECT_EQ(access->token_file, folder.path() + "/sub/token");
}

TEST(Kubeconfig, TheFirstFileWinsPerNameAndFieldsAreNotMerged) {
  TemporaryFolder folder;
  const std::string first =
      folder.Write("first", "clusters:\n- {name: c, cluster: {server: 'https://first'}}\n");
  const std::string second = folder.Write(
      "second", Kubeconfig("server: 'https://second', tls-server-name: other", "token: t"));
  auto access = LoadKubeconfig({first, second});
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_EQ(access->server_url, "https://first");
  EXPECT_EQ(access->tls_server_name, "");
  EXPECT_EQ(access->token, "t");
}

TEST(Kubeconfig, WhatIsNotSupportedIsNamed) {
  EXPECT_THAT(ErrorOf(Load("server: 'https://a'", "exec: {command: aws}")),
              AllOf(HasSubstr("user 'u'"), HasSubstr("'exec' is not supported")));
  EXPECT_THAT(ErrorOf(Load("server: 'https://a'", "auth-provider: {name: gcp}")),
              HasSubstr("'auth-provider' is not supported"));
  EXPECT_THAT(ErrorOf(Load("server: 'https://a'", "username: x, password: y")),
              HasSubstr("'username' is not supported"));
}

TEST(Kubeconfig, WrongContentsAreToldWithTheirPlace) {
  EXPECT_THAT(ErrorOf(Load("server: 'http://10.0.0.1'", "token: t")), HasSubstr("loopback"));
  EXPECT_THAT(ErrorOf(Load("server: 'https://a', certificate-authority-data: '*'", "token: t")),
              HasSubstr("'certificate-authority-data' is not base64"));
  EXPECT_THAT(ErrorOf(Load("server: 'https://a', certificate-authority: missing.pem", "")),
              HasSubstr("missing.pem"));
  EXPECT_THAT(ErrorOf(Load("server: 'https://a'", "client-certificate-data: cGVt")),
              HasSubstr("together"));
  TemporaryFolder folder;
  EXPECT_THAT(ErrorOf(LoadKubeconfig({folder.Write("a", "current-context: gone\n")})),
              HasSubstr("'gone' is not among the contexts"));
  EXPECT_THAT(ErrorOf(LoadKubeconfig({folder.Write("b", "[1, 2]")})),
              HasSubstr("not a kubeconfig"));
  EXPECT_THAT(ErrorOf(LoadKubeconfig({folder.Write("c", "users: [{name: u}\ntoken: sesame")})),
              AllOf(HasSubstr("line"), Not(HasSubstr("sesame"))));
}

TEST(Kubeconfig, EntriesWithoutABodyOrOfTheWrongShapeAreErrorsAndNotCrashes) {
  TemporaryFolder folder;
  int number = 0;
  for (const char* rest :
       {"clusters: [{name: c}]\nusers: [{name: u}]\n", "clusters: {c: 1}\n", "clusters: [1, 2]\n",
        "clusters: [{name: c, cluster: [1]}]\nusers: [{name: u, user: text}]\n",
        "clusters: [{name: [c], cluster: {}}]\n", "clusters:\n"}) {
    const std::string file = folder.Write(
        std::to_string(number++),
        std::string("current-context: m\ncontexts: [{name: m, context: {cluster: c, user: u}}]\n") +
            rest);
    EXPECT_FALSE(LoadKubeconfig({file}).ok()) << rest;
  }
}

TEST(Kubeconfig, AFileOfMoreThanOneMebibyteIsRefused) {
  TemporaryFolder folder;
  EXPECT_THAT(ErrorOf(LoadKubeconfig({folder.Write("a", std::string(1024 * 1024 + 1, '#'))})),
              HasSubstr("larger than"));
}

TEST(Kubeconfig, NoCredentialsGoOverPlainHttp) {
  auto access = Load("server: 'http://127.0.0.1:8080'", "token: secret");
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_EQ(access->token, "");
}

TEST(ResolveAccess, TheOrderIsServerThenFlagThenVariableThenHomeThenCluster) {
  TemporaryFolder folder;
  AccessOptions options;
  options.home_folder = folder.path();
  options.service_account_folder = folder.path();
  options.service_host = "10.9.9.9";
  options.service_port = "443";
  folder.Write("token", "t");
  folder.Write("ca.crt", "pem");
  EXPECT_EQ(ResolveAccess(options)->server_url, "https://10.9.9.9:443");
  folder.Write(".kube/config", Kubeconfig("server: 'https://home'", "token: t"));
  EXPECT_EQ(ResolveAccess(options)->server_url, "https://home");
  options.kubeconfig_variable =
      folder.path() +
      "/missing::" + folder.Write("variable", Kubeconfig("server: 'https://variable'", "token: t"));
  EXPECT_EQ(ResolveAccess(options)->server_url, "https://variable");
  options.kubeconfig = folder.Write("flag", Kubeconfig("server: 'https://flag'", "token: t"));
  EXPECT_EQ(ResolveAccess(options)->server_url, "https://flag");
  options.server = "http://127.0.0.1:8001";
  EXPECT_EQ(ResolveAccess(options)->server_url, "http://127.0.0.1:8001");
}

TEST(ResolveAccess, NothingConfiguredTellsWhatWasTried) {
  AccessOptions options;
  options.home_folder = "/nonexistent";
  EXPECT_THAT(ErrorOf(ResolveAccess(options)),
              AllOf(HasSubstr("--kubeconfig"), HasSubstr("KUBECONFIG")));
  options.kubeconfig = "/nonexistent/config";
  EXPECT_THAT(ErrorOf(ResolveAccess(options)), HasSubstr("cannot open '/nonexistent/config'"));
}

}  // namespace
}  // namespace muster::kube
