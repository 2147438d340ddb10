// The simulated cluster keeps the rules of a real one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "bench/simulation/event_queue.h"
#include "bench/simulation/random.h"
#include "bench/simulation/simulated_api.h"
#include "bench/simulation/simulated_client.h"
#include "bench/simulation/spark_submission.h"
#include "scheduler/spark/shape.h"

namespace muster::bench {
namespace {

using core::CallResult;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Time kStart{seconds(1'000'000)};

TEST(EventQueue, RunsWhatIsDueByTimeAndThenInTheOrderAsked) {
  EventQueue queue(kStart);
  std::vector<int> order;
  queue.After(seconds(2), [&] { order.push_back(3); });
  queue.After(seconds(1), [&] {
    order.push_back(1);
    queue.After(Duration{}, [&] { order.push_back(2); });
  });
  queue.After(seconds(2), [&] { order.push_back(4); });
  while (!queue.Empty()) queue.RunNext();

  EXPECT_THAT(order, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(queue.now(), kStart + seconds(2));
}

TEST(Random, RepeatsItselfFromTheSeed) {
  Random first(42);
  Random second(42);
  for (int i = 0; i < 100; ++i) {
    const std::int64_t number = first.Between(-5, 5);
    EXPECT_EQ(number, second.Between(-5, 5));
    EXPECT_GE(number, -5);
    EXPECT_LE(number, 5);
  }
}

TEST(StoreProperties, EscapesWhatJavaEscapes) {
  const std::string text = StoreProperties({{"a b", " two words"}, {"url", "local:///x=y#z!\\"}});
  EXPECT_THAT(text, HasSubstr("\na\\ b=\\ two words\n"));
  EXPECT_THAT(text, HasSubstr("\nurl=local\\:///x\\=y\\#z\\!\\\\\n"));
}

TEST(Submission, IsWhatTheShapeIsComputedFrom) {
  SparkApplication application = StaticApplication("etl", 7, 2, "4g");
  application.executor_template = "spec:\n  nodeSelector:\n    disk: ssd\n";
  const Submission submission = Submit(application, 1);
  std::map<std::string, api::ConfigMap> config_maps;
  for (const api::ConfigMap& map : submission.config_maps) config_maps[map.metadata.name] = map;

  const StatusOr<spark::Shape> shape = spark::ComputeShape(submission.driver, config_maps);
  ASSERT_TRUE(shape.ok()) << MessageOf(shape.status());
  ASSERT_EQ(shape->executor_sets.size(), 1U);
  EXPECT_EQ(shape->executor_sets[0].count, 7);
  EXPECT_EQ(shape->executor_sets[0].pod.spec.node_selector.at("disk"), "ssd");
  EXPECT_TRUE(shape->unknown.empty());
}

class SimulatedApiTest : public ::testing::Test {
 protected:
  const api::Pod& Create(const std::string& name) {
    api::Pod pod;
    pod.metadata.name = name;
    pod.metadata.namespace_name = "n";
    pod.metadata.annotations = {{"kept", "yes"}};
    return api_.CreatePod(std::move(pod));
  }
  static core::BindPod Binding(const api::Pod& pod) {
    return {.call = 1,
            .pod = api::NameOf(pod.metadata),
            .uid = pod.metadata.uid,
            .node = "node-a",
            .annotations = {{"plan", "p"}}};
  }

  EventQueue queue_{kStart};
  SimulatedApi api_{queue_};
};

TEST_F(SimulatedApiTest, ABindingSetsTheNodeMergesAnnotationsAndTheCondition) {
  const api::Pod& pod = Create("a");
  EXPECT_EQ(api_.Bind(Binding(pod)).result, CallResult::kOk);
  EXPECT_EQ(pod.spec.node_name, "node-a");
  EXPECT_EQ(pod.metadata.annotations, (api::StringMap{{"kept", "yes"}, {"plan", "p"}}));
  ASSERT_EQ(pod.status.conditions.size(), 1U);
  EXPECT_EQ(pod.status.conditions[0].status, "True");
}

TEST_F(SimulatedApiTest, ABindingIsRefusedWhenThePodIsGoneBoundGoingGatedOrAnother) {
  core::BindPod nobody = Binding(Create("nobody"));
  api_.DeletePod(nobody.pod);
  EXPECT_EQ(api_.Bind(nobody).result, CallResult::kNotFound);

  const core::BindPod bound = Binding(Create("bound"));
  EXPECT_EQ(api_.Bind(bound).result, CallResult::kOk);
  EXPECT_EQ(api_.Bind(bound).result, CallResult::kConflict);
  EXPECT_THAT(api_.Bind(bound).message, HasSubstr("already assigned to node \"node-a\""));
  api_.DeletePod(bound.pod);
  EXPECT_THAT(api_.Bind(bound).message, HasSubstr("is being deleted"));

  core::BindPod another = Binding(Create("another"));
  another.uid = "00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(api_.Bind(another).result, CallResult::kConflict);
}

TEST_F(SimulatedApiTest, ABoundPodStaysUntilItsKubeletRemovesItAndAnUnboundOneGoesAtOnce) {
  const core::BindPod bound = Binding(Create("bound"));
  EXPECT_EQ(api_.Bind(bound).result, CallResult::kOk);
  api_.DeletePod(bound.pod);
  ASSERT_NE(api_.FindPod(bound.pod), nullptr);
  EXPECT_TRUE(api_.FindPod(bound.pod)->metadata.deletion_timestamp.has_value());
  api_.RemovePod(bound.pod, bound.uid);
  EXPECT_EQ(api_.FindPod(bound.pod), nullptr);

  const api::NamespacedName pending = api::NameOf(Create("pending").metadata);
  api_.DeletePod(pending);
  EXPECT_EQ(api_.FindPod(pending), nullptr);
}

class SimulatedClientTest : public SimulatedApiTest {
 protected:
  CallResult Run(CallFault::Kind kind, const core::BindPod& bind) {
    CallFault fault;
    fault.kind = kind;
    fault.refusal = {CallResult::kUnavailable, "no"};
    client_.SetFaultHook([fault](const core::Effect&) { return fault; });
    CallResult result = CallResult::kInvalid;
    client_.Execute(bind, [&](const core::Event& event) {
      result = std::get<core::CallCompleted>(event).outcome.result;
      answered_at_ = queue_.now();
    });
    while (!queue_.Empty()) queue_.RunNext();
    return result;
  }
  bool IsBound(const core::BindPod& bind) {
    return !api_.FindPod(bind.pod)->spec.node_name.empty();
  }

  Random random_{1};
  SimulatedClient client_{queue_, api_, random_, ClientOptions{}};
  Time answered_at_{};
};

TEST_F(SimulatedClientTest, EveryFaultTellsWhatARealOneTellsAndDoesWhatItDoes) {
  const core::BindPod a = Binding(Create("a"));
  EXPECT_EQ(Run(CallFault::Kind::kNone, a), CallResult::kOk);
  EXPECT_TRUE(IsBound(a));
  const core::BindPod b = Binding(Create("b"));
  EXPECT_EQ(Run(CallFault::Kind::kRefused, b), CallResult::kUnavailable);
  EXPECT_FALSE(IsBound(b));
  EXPECT_EQ(Run(CallFault::Kind::kRequestLost, b), CallResult::kUnknown);
  EXPECT_FALSE(IsBound(b));
  EXPECT_EQ(Run(CallFault::Kind::kAnswerLost, b), CallResult::kUnknown);
  EXPECT_TRUE(IsBound(b));
  const core::BindPod c = Binding(Create("c"));
  EXPECT_EQ(Run(CallFault::Kind::kCommitsLate, c), CallResult::kUnknown);
  EXPECT_TRUE(IsBound(c));
  EXPECT_GT(queue_.now(), answered_at_);
}

TEST_F(SimulatedClientTest, CallsOnOneObjectKeepTheirOrderAndOneIsInFlight) {
  const core::BindPod bind = Binding(Create("a"));
  std::vector<int> order;
  client_.Execute(bind, [&](const core::Event&) { order.push_back(1); });
  client_.Execute(core::FetchPod{.call = 2, .pod = bind.pod}, [&](const core::Event& event) {
    order.push_back(2);
    EXPECT_EQ(std::get<core::PodFetched>(event).pod->spec.node_name, "node-a");
  });
  EXPECT_EQ(client_.calls_in_flight(), 1U);
  while (!queue_.Empty()) queue_.RunNext();
  EXPECT_THAT(order, ElementsAre(1, 2));
}

TEST_F(SimulatedClientTest, AfterTheEndOfTheProcessWhatWasSentArrivesAndNothingIsAnswered) {
  const core::BindPod bind = Binding(Create("a"));
  client_.Execute(bind, [](const core::Event&) { FAIL() << "nobody is there to hear it"; });
  client_.Stop();
  while (!queue_.Empty()) queue_.RunNext();
  EXPECT_TRUE(IsBound(bind));
}

}  // namespace
}  // namespace muster::bench
