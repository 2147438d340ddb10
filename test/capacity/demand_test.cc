#include "scheduler/capacity/demand.h"

#include <gtest/gtest.h>

#include "scheduler/capacity/stand_in.h"
#include "test/support/builders.h"

namespace muster::capacity {
namespace {

using testing::MakePod;
using testing::Q;

CapacityOptions ClusterAutoscaler() {
  CapacityOptions options;
  options.autoscaler = Autoscaler::kClusterAutoscaler;
  return options;
}

gang::Gang MakeGang(std::int64_t executors) {
  gang::Gang gang;
  gang.kind = gang::GangKind::kApplication;
  gang.anchor = MakePod("pi-driver", "1", "1Gi");
  gang.anchor.metadata.namespace_name = "spark";
  gang.anchor.metadata.uid = "0f2a1b3c-0000-4000-8000-000000000001";
  spark::ExecutorSet set;
  set.profile = 0;
  set.count = executors;
  set.pod = MakePod("", "4", "8Gi");
  set.pod.metadata.labels = {{"spark-role", "executor"}, {"spark-app-selector", "spark-1"}};
  gang.executor_sets.push_back(set);
  return gang;
}

TEST(Demand, IsOneStandInForEachExecutorThatDoesNotExist) {
  const Demand demand = DemandOf(MakeGang(10), ClusterAutoscaler());
  ASSERT_EQ(demand.sets.size(), 1U);
  EXPECT_EQ(demand.Count(), 10);
  EXPECT_EQ(demand.driver.name, "pi-driver");
}

TEST(Demand, IsEmptyWithoutAnAutoscaler) { EXPECT_TRUE(DemandOf(MakeGang(10), {}).sets.empty()); }

TEST(Demand, IsEmptyForASinglePodAndForNoExecutorsAtTheStart) {
  gang::Gang single = MakeGang(10);
  single.kind = gang::GangKind::kSinglePod;
  EXPECT_TRUE(DemandOf(single, ClusterAutoscaler()).sets.empty());
  EXPECT_TRUE(DemandOf(MakeGang(0), ClusterAutoscaler()).sets.empty());
}

TEST(Demand, LeavesOutExecutorsThatClusterAutoscalerTakesForExpendable) {
  gang::Gang gang = MakeGang(10);
  gang.executor_sets[0].pod.spec.priority = -10;
  EXPECT_EQ(DemandOf(gang, ClusterAutoscaler()).Count(), 10);
  gang.executor_sets[0].pod.spec.priority = -11;
  EXPECT_EQ(DemandOf(gang, ClusterAutoscaler()).Count(), 0);
  CapacityOptions karpenter;
  karpenter.autoscaler = Autoscaler::kKarpenter;
  EXPECT_EQ(DemandOf(gang, karpenter).Count(), 10);
}

TEST(StandIn, AsksWhatTheExecutorAsksAndGoesWhereItMayGo) {
  gang::Gang gang = MakeGang(1);
  api::PodSpec& spec = gang.executor_sets[0].pod.spec;
  spec.node_selector = {{"pool", "executors"}};
  spec.tolerations = {{"spark", "Equal", "yes", "NoSchedule"}};
  spec.priority_class_name = "batch";
  spec.priority = 7;
  spec.runtime_class_name = "gvisor";
  spec.overhead = {{"cpu", Q("250m")}};
  api::Container sidecar;
  sidecar.resources.requests = {{"cpu", Q("500m")}};
  spec.containers.push_back(sidecar);
  const api::Pod pod = BuildStandIn(gang.anchor, gang.executor_sets[0], ClusterAutoscaler());
  EXPECT_EQ(pod.metadata.namespace_name, "spark");
  EXPECT_EQ(pod.spec.scheduler_name, "muster");
  EXPECT_EQ(pod.spec.node_selector, spec.node_selector);
  EXPECT_EQ(pod.spec.tolerations, spec.tolerations);
  EXPECT_EQ(pod.spec.runtime_class_name, "gvisor");
  EXPECT_EQ(pod.spec.priority_class_name, "batch");
  EXPECT_EQ(pod.spec.priority, 0) << "admission works it out; a number could contradict the name";
  EXPECT_TRUE(pod.spec.overhead.empty()) << "comes with the runtime class";
  ASSERT_EQ(pod.spec.containers.size(), 1U);
  const api::ResourceRequirements& resources = pod.spec.containers[0].resources;
  EXPECT_EQ(resources.requests.at("cpu"), Q("4500m"));
  EXPECT_EQ(resources.requests.at("memory"), Q("8Gi"));
  EXPECT_EQ(resources.limits, resources.requests);
}

TEST(StandIn, HasNoLabelThatSparkReadsAndIsControlledByTheDriver) {
  const gang::Gang gang = MakeGang(1);
  const api::Pod pod = BuildStandIn(gang.anchor, gang.executor_sets[0], ClusterAutoscaler());
  for (const auto& [key, value] : pod.metadata.labels) {
    EXPECT_EQ(key.rfind("muster.dev/", 0), 0U) << key;
  }
  ASSERT_EQ(pod.metadata.owner_references.size(), 1U);
  EXPECT_TRUE(pod.metadata.owner_references[0].controller);
  EXPECT_EQ(pod.metadata.owner_references[0].uid, gang.anchor.metadata.uid);
  EXPECT_TRUE(IsStandIn(pod, "muster"));
  EXPECT_FALSE(IsStandIn(pod, "other"));
  EXPECT_FALSE(spark::IsExecutor(pod));
}

TEST(StandIn, ALabelAloneOrANodeMakesItNone) {
  api::Pod pod = MakePod("mine", "1", "1Gi");
  pod.metadata.labels = {{std::string(kStandInLabel), "true"}};
  EXPECT_FALSE(IsStandIn(pod, "muster"));
  pod.metadata.owner_references = {{"v1", "Pod", "driver", "uid", true}};
  EXPECT_TRUE(IsStandIn(pod, "muster"));
  pod.spec.node_name = "a";
  EXPECT_FALSE(IsStandIn(pod, "muster"));
}

TEST(StandIn, KeepsClaimsByNameOnly) {
  gang::Gang gang = MakeGang(1);
  api::Volume shared;
  shared.name = "data";
  shared.type = api::VolumeType::kPersistentVolumeClaim;
  shared.source = "shared-data";
  api::Volume made = shared;
  made.name = "scratch";
  made.source = "";
  gang.executor_sets[0].pod.spec.volumes = {shared, made};
  const api::Pod pod = BuildStandIn(gang.anchor, gang.executor_sets[0], ClusterAutoscaler());
  ASSERT_EQ(pod.spec.volumes.size(), 1U);
  EXPECT_EQ(pod.spec.volumes[0].source, "shared-data");
}

TEST(StandIn, NamesAreShortAndTellDriversOfOneNameApart) {
  api::ObjectMeta driver;
  driver.name = "pi-driver";
  driver.uid = "0f2a1b3c-0000-4000-8000-000000000001";
  EXPECT_EQ(StandInName(driver, 2, 10), "pi-driver-0f2a1b3c-2-standin-10");
  driver.name = std::string(200, 'a') + "-driver";
  EXPECT_EQ(StandInName(driver, 12345, 10000).size(), 63U);
  driver.name = std::string(30, 'a') + std::string(30, '.') + "driver";
  const std::string name = StandInName(driver, 1, 1);
  EXPECT_EQ(name, std::string(30, 'a') + "-0f2a1b3c-1-standin-1");
  api::Pod pod;
  pod.metadata.name = name;
  EXPECT_EQ(NumberOf(pod), 1);
  pod.metadata.name = "x-standin-12x";
  EXPECT_EQ(NumberOf(pod), 0);
}

TEST(OpenSlots, AreThoseThatNoExecutorHasTaken) {
  gang::Reservation reservation;
  gang::SlotSet set;
  set.profile = 3;
  set.slots = {{0, "executor", {}}, {1, "", {}}, {model::kNoNode, "", {}}};
  reservation.Sets().push_back(set);
  EXPECT_EQ(OpenSlots(reservation), (std::map<std::int32_t, std::int64_t>{{3, 2}}));
}

}  // namespace
}  // namespace muster::capacity
