#include "scheduler/kube/api_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scheduler/kube/api_paths.h"

namespace muster::kube {
namespace {

using core::CallResult;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

HttpResult Answered(int status, std::string body) {
  HttpResult result;
  result.delivery = Delivery::kAnswered;
  result.status = status;
  result.body = std::move(body);
  result.body_complete = true;
  return result;
}

HttpResult Failed(Delivery delivery) {
  HttpResult result;
  result.delivery = delivery;
  result.error = "reset";
  return result;
}

CallResult Write(const HttpResult& result) { return OutcomeOf(result, CallKind::kWrite).result; }
CallResult Read(const HttpResult& result) { return OutcomeOf(result, CallKind::kRead).result; }

TEST(BindRequest, CarriesTheUidTheAnnotationsAndAServerDeadline) {
  core::BindPod bind;
  bind.pod = {"ns", "driver"};
  bind.uid = "u1";
  bind.node = "n1";
  bind.annotations = {{"muster.dev/plan", "{\"v\":1}"}};
  StatusOr<HttpRequest> request = BindRequest(bind);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->method, HttpMethod::kPost);
  EXPECT_EQ(request->target, "/api/v1/namespaces/ns/pods/driver/binding?timeout=3s");
  EXPECT_EQ(request->deadline, std::chrono::seconds(5));
  const json body = json::parse(request->body);
  EXPECT_EQ(body["kind"], "Binding");
  EXPECT_EQ(body["metadata"]["uid"], "u1");
  EXPECT_EQ(body["metadata"]["annotations"]["muster.dev/plan"], "{\"v\":1}");
  EXPECT_EQ(body["target"]["name"], "n1");
}

TEST(StandInRequest, CreatesAPodThatMeetsTheRestrictedProfileAndNeverRuns) {
  core::CreateStandIn creation;
  creation.pod.metadata.name = "pi-driver-0f2a1b3c-1-standin-1";
  creation.pod.metadata.namespace_name = "ns";
  creation.pod.metadata.owner_references = {{"v1", "Pod", "pi-driver", "u1", true}};
  creation.pod.spec.scheduler_name = "muster";
  api::Container container;
  container.name = "stand-in";
  container.host_ports = {{7337, "TCP", ""}};
  creation.pod.spec.containers = {container};
  StatusOr<HttpRequest> request = StandInRequest(creation);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->method, HttpMethod::kPost);
  EXPECT_EQ(request->target, "/api/v1/namespaces/ns/pods?timeout=3s");
  const json body = json::parse(request->body);
  EXPECT_EQ(body["kind"], "Pod");
  EXPECT_EQ(body["metadata"]["ownerReferences"][0]["controller"], true);
  EXPECT_FALSE(body["metadata"].contains("uid"));
  EXPECT_FALSE(body.contains("status"));
  const json& spec = body["spec"];
  EXPECT_EQ(spec["restartPolicy"], "Never");
  EXPECT_EQ(spec["terminationGracePeriodSeconds"], 0);
  EXPECT_EQ(spec["automountServiceAccountToken"], false);
  EXPECT_EQ(spec["securityContext"]["runAsNonRoot"], true);
  EXPECT_EQ(spec["containers"][0]["securityContext"]["allowPrivilegeEscalation"], false);
  EXPECT_EQ(spec["containers"][0]["ports"][0]["containerPort"], 7337) << "a port needs both";
  EXPECT_FALSE(spec.contains("nodeName"));
  EXPECT_FALSE(spec.contains("priority"));

  creation.pod.metadata.namespace_name = "..";
  EXPECT_FALSE(StandInRequest(creation).ok());
}

TEST(AnnotationRequest, IsAMergePatchWithTheUid) {
  const core::AnnotatePod annotation{1, {"ns", "p"}, "u1", {{"example.com/delay", "7s"}}};
  StatusOr<HttpRequest> request = AnnotationRequest(annotation);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->method, HttpMethod::kPatch);
  EXPECT_EQ(request->target, "/api/v1/namespaces/ns/pods/p?timeout=3s");
  EXPECT_EQ(request->content_type, "application/merge-patch+json");
  EXPECT_EQ(json::parse(request->body),
            json::parse(R"({"metadata":{"uid":"u1","annotations":{"example.com/delay":"7s"}}})"));
}

TEST(CustomResourceRequest, NamesGroupVersionAndPluralAndKeepsTheTextAsItCame) {
  const core::FetchCustomResource fetch{
      1, "sparkoperator.k8s.io", "v1beta2", "sparkapplications", {"ns", "pi"}};
  StatusOr<HttpRequest> request = CustomResourceRequest(fetch);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->target,
            "/apis/sparkoperator.k8s.io/v1beta2/namespaces/ns/sparkapplications/pi?timeout=3s");
  EXPECT_EQ(request->deadline, std::chrono::seconds(5));
  EXPECT_EQ(request->response_bytes_max, 2u << 20);

  EXPECT_EQ(ReadCustomResourceAnswer(1, Answered(200, "{ }")).json, "{ }");
  EXPECT_EQ(ReadCustomResourceAnswer(1, Answered(404, "{ }")).json, "");
  EXPECT_EQ(ReadCustomResourceAnswer(1, Answered(403, "{ }")).outcome.result,
            CallResult::kForbidden);
  HttpResult large = Answered(200, "{");
  large.body_too_large = true;
  EXPECT_EQ(ReadCustomResourceAnswer(1, large).outcome.result, CallResult::kInvalid);

  core::FetchCustomResource astray = fetch;
  astray.plural = "..";
  EXPECT_FALSE(CustomResourceRequest(astray).ok());
}

TEST(ConditionRequest, IsAStrategicMergeOfOneConditionWithTheUid) {
  core::PatchPodCondition patch;
  patch.pod = {"ns", "p"};
  patch.uid = "u1";
  patch.condition = {"PodScheduled", "False", "Unschedulable", "0/1 nodes \xff are available"};
  StatusOr<HttpRequest> request = ConditionRequest(patch);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->method, HttpMethod::kPatch);
  EXPECT_EQ(request->content_type, "application/strategic-merge-patch+json");
  EXPECT_EQ(request->target, "/api/v1/namespaces/ns/pods/p/status?timeout=3s");
  const json body = json::parse(request->body);
  EXPECT_EQ(body["metadata"]["uid"], "u1");
  EXPECT_EQ(body["status"]["conditions"][0]["lastTransitionTime"], "1970-01-01T00:00:00Z");
}

TEST(EventRequest, NamesThePodAndKeepsTheLimitsOfTheApi) {
  core::RecordEvent event;
  event.type = core::RecordEvent::Type::kWarning;
  event.pod = {"ns", "p"};
  event.pod_uid = "u1";
  event.reason = "FailedScheduling";
  event.action = "Scheduling";
  event.note = std::string(2000, 'x');
  StatusOr<HttpRequest> request = EventRequest(event, "p.1", {"muster", "muster-host"});
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->target, "/apis/events.k8s.io/v1/namespaces/ns/events?timeout=3s");
  const json body = json::parse(request->body);
  EXPECT_EQ(body["eventTime"], "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(body["note"].get<std::string>().size(), 1024u);
  EXPECT_EQ(body["regarding"]["uid"], "u1");
  EXPECT_EQ(body["type"], "Warning");
}

TEST(Requests, ANameThatIsNoPathSegmentIsRefused) {
  for (const char* name : {"", "..", ".", "a/b", "a?b", "a%2f", "a b"}) {
    EXPECT_FALSE(PodRequest({"ns", name}).ok()) << name;
    EXPECT_FALSE(ConfigMapRequest({name, "c"}).ok()) << name;
  }
  EXPECT_EQ(PodRequest({"ns", "p"})->target, "/api/v1/namespaces/ns/pods/p?timeout=3s");
  EXPECT_EQ(PercentEncode("a!=b,c"), "a%21%3Db%2Cc");
}

TEST(OutcomeOf, DefiniteAnswersAreDefinite) {
  EXPECT_EQ(Write(Answered(201, "{}")), CallResult::kOk);
  EXPECT_EQ(Write(Answered(404, "{}")), CallResult::kNotFound);
  EXPECT_EQ(Write(Answered(409, "{}")), CallResult::kConflict);
  EXPECT_EQ(Write(Answered(403, "{}")), CallResult::kForbidden);
  for (int code : {301, 400, 410, 422}) EXPECT_EQ(Write(Answered(code, "")), CallResult::kInvalid);
}

TEST(OutcomeOf, AWriteWithoutAnAnswerIsUnknownAndAReadIsOnlyUnavailable) {
  EXPECT_EQ(Write(Failed(Delivery::kNotSent)), CallResult::kUnavailable);
  EXPECT_EQ(Write(Failed(Delivery::kNoAnswer)), CallResult::kUnknown);
  EXPECT_EQ(Read(Failed(Delivery::kNoAnswer)), CallResult::kUnavailable);
  for (int code : {500, 502, 503, 504}) {
    EXPECT_EQ(Write(Answered(code, "")), CallResult::kUnknown) << code;
    EXPECT_EQ(Read(Answered(code, "")), CallResult::kUnavailable) << code;
  }
}

TEST(OutcomeOf, BeingTurnedAwayIsKnownNotToHaveHappened) {
  EXPECT_EQ(Write(Answered(429, "Too many requests")), CallResult::kUnavailable);
  EXPECT_EQ(Write(Answered(401, "")), CallResult::kUnavailable);
  HttpResult overloaded = Answered(503, "");
  overloaded.retry_after = std::chrono::seconds(1);
  EXPECT_EQ(Write(overloaded), CallResult::kUnavailable);
}

TEST(OutcomeOf, TheMessageIsTheServersWordsMadePrintable) {
  const HttpResult result = Answered(
      409, R"({"kind":"Status","reason":"Conflict","message":"pod \u001b[31m is bound\nalready"})");
  EXPECT_EQ(OutcomeOf(result, CallKind::kWrite).message,
            "409 Conflict: pod  [31m is bound already");
  EXPECT_THAT(OutcomeOf(Answered(429, "Too many\r\n requests"), CallKind::kWrite).message,
              HasSubstr("429: Too many"));
  EXPECT_LE(OutcomeOf(Answered(400, std::string(5000, 'x')), CallKind::kWrite).message.size(),
            1024u);
}

TEST(ReadConfigMapAnswer, DecodesTheObjectOrSaysWhyNot) {
  const auto fetched = ReadConfigMapAnswer(
      7, Answered(200, R"({"metadata":{"name":"c","namespace":"ns"},"data":{"k":"v"}})"));
  EXPECT_EQ(fetched.call, 7u);
  ASSERT_TRUE(fetched.config_map.has_value());
  EXPECT_EQ(fetched.config_map->data.at("k"), "v");
  EXPECT_EQ(ReadConfigMapAnswer(7, Answered(404, "")).outcome.result, CallResult::kNotFound);
  const auto broken = ReadConfigMapAnswer(7, Answered(200, "{\"data\":3}"));
  EXPECT_EQ(broken.outcome.result, CallResult::kInvalid);
  EXPECT_FALSE(broken.config_map.has_value());
}

TEST(ReadPodAnswer, ACutOffAnswerIsWorthAnotherTryAndATooLargeOneIsNot) {
  HttpResult cut = Answered(200, "{\"metadata\":");
  cut.body_complete = false;
  EXPECT_EQ(ReadPodAnswer(1, cut).outcome.result, CallResult::kUnavailable);
  cut.body_too_large = true;
  EXPECT_EQ(ReadPodAnswer(1, cut).outcome.result, CallResult::kInvalid);
}

TEST(ReadApiStatus, FindsAResourceVersionThatIsTooLarge) {
  const HttpResult result = Answered(504, R"({"kind":"Status","reason":"Timeout","details":
      {"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large"}]}})");
  EXPECT_TRUE(ReadApiStatus(result).resource_version_too_large);
  EXPECT_FALSE(ReadApiStatus(Answered(504, "[1]")).resource_version_too_large);
}

TEST(Printable, CutsBetweenCharacters) {
  EXPECT_EQ(Printable("abc", 3), "abc");
  EXPECT_EQ(Printable("abcd", 3), "abc");
  EXPECT_EQ(Printable("ab\xc3\xa4", 3), "ab");
}

}  // namespace
}  // namespace muster::kube
