#include "scheduler/kube/lease.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace muster::kube {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using Result = LeaseAnswer::Result;

const api::NamespacedName kName{"muster-system", "muster"};

HttpResult Answered(int status, const std::string& body) {
  HttpResult result;
  result.delivery = Delivery::kAnswered;
  result.status = status;
  result.body = body;
  result.body_complete = true;
  return result;
}

TEST(Lease, AReadAsksForTheLeaseByName) {
  const auto request = LeaseReadRequest(kName);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->method, HttpMethod::kGet);
  EXPECT_EQ(request->target, "/apis/coordination.k8s.io/v1/namespaces/muster-system/leases/muster");
}

TEST(Lease, ANewLeaseIsPostedToTheCollection) {
  const auto request = LeaseCreateRequest(kName, {"me", 15, "a", "r", 0});
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->method, HttpMethod::kPost);
  EXPECT_EQ(request->target, "/apis/coordination.k8s.io/v1/namespaces/muster-system/leases");
  const json body = json::parse(request->body);
  EXPECT_EQ(body["kind"], "Lease");
  EXPECT_EQ(body["metadata"]["name"], "muster");
  EXPECT_EQ(body["spec"]["leaseDurationSeconds"], 15);
}

TEST(Lease, AnUpdateKeepsLabelsAndVersionAndReplacesTheSpec) {
  const LeaseAnswer answer = ReadLeaseAnswer(
      Answered(200, R"({"metadata":{"name":"muster","resourceVersion":"42","labels":{"k":"v"}},
               "spec":{"holderIdentity":"other","leaseDurationSeconds":15,"leaseTransitions":3,
                       "acquireTime":"a","renewTime":"r"}})"));
  ASSERT_EQ(answer.result, Result::kOk);
  EXPECT_EQ(answer.lease->record, (LeaseRecord{"other", 15, "a", "r", 3}));
  Lease next = *answer.lease;
  next.record.holder = "";
  const auto request = LeaseUpdateRequest(kName, next);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->method, HttpMethod::kPut);
  const json body = json::parse(request->body);
  EXPECT_EQ(body["metadata"]["resourceVersion"], "42");
  EXPECT_EQ(body["metadata"]["labels"]["k"], "v");
  EXPECT_EQ(body["spec"]["holderIdentity"], "");
  EXPECT_EQ(body["spec"]["leaseTransitions"], 3);
}

TEST(Lease, WhatIsAbsentIsEmptyOrZero) {
  for (const char* text : {R"({"metadata":{}})", R"({"metadata":{},"spec":null})",
                           R"({"metadata":{},"spec":{"holderIdentity":null,
                               "leaseDurationSeconds":null}})"}) {
    const LeaseAnswer answer = ReadLeaseAnswer(Answered(200, text));
    ASSERT_EQ(answer.result, Result::kOk) << text;
    EXPECT_EQ(answer.lease->record, LeaseRecord{}) << text;
  }
}

TEST(Lease, AnAnswerThatIsNoLeaseIsAFailure) {
  for (const char* text :
       {"", "[]", "{}", R"({"metadata":7})", R"({"metadata":{},"spec":{"leaseTransitions":-1}})",
        R"({"metadata":{},"spec":{"leaseDurationSeconds":2147483648}})",
        R"({"metadata":{},"spec":{"leaseDurationSeconds":"15"}})"}) {
    EXPECT_EQ(ReadLeaseAnswer(Answered(200, text)).result, Result::kFailed) << text;
  }
  HttpResult cut = Answered(200, R"({"metadata":{}})");
  cut.body_complete = false;
  EXPECT_EQ(ReadLeaseAnswer(cut).result, Result::kFailed);
}

TEST(Lease, RefusalsAreToldApart) {
  EXPECT_EQ(ReadLeaseAnswer(Answered(404, "{}")).result, Result::kNotFound);
  EXPECT_EQ(ReadLeaseAnswer(Answered(409, "{}")).result, Result::kConflict);
  const LeaseAnswer forbidden = ReadLeaseAnswer(Answered(403, R"({"reason":"Forbidden"})"));
  EXPECT_EQ(forbidden.result, Result::kFailed);
  EXPECT_THAT(forbidden.problem, HasSubstr("403 Forbidden"));
  EXPECT_EQ(ReadLeaseAnswer(HttpResult{}).result, Result::kFailed);
}

TEST(Lease, ANameThatIsNoPathIsRefused) {
  EXPECT_FALSE(LeaseReadRequest({"..", "muster"}).ok());
  EXPECT_FALSE(LeaseCreateRequest({"ns", "a/b"}, {}).ok());
  EXPECT_FALSE(LeaseUpdateRequest({"ns", ""}, {}).ok());
}

}  // namespace
}  // namespace muster::kube
