#include "scheduler/api/pod_requests.h"

#include <gtest/gtest.h>

#include <string>

namespace muster::api {
namespace {

Container With(const std::string& cpu, const std::string& memory, bool sidecar = false) {
  Container container;
  container.resources.requests["cpu"] = *Quantity::Parse(cpu);
  container.resources.requests["memory"] = *Quantity::Parse(memory);
  if (sidecar) container.restart_policy = "Always";
  return container;
}

std::string Show(const PodSpec& spec) {
  std::string text;
  for (const auto& [name, quantity] : EffectiveRequests(spec)) {
    text += name + "=" + quantity.ToString() + " ";
  }
  return text;
}

TEST(EffectiveRequests, APodWithoutRequestsAsksForNothing) { EXPECT_EQ(Show(PodSpec()), ""); }

TEST(EffectiveRequests, ContainersAddUp) {
  PodSpec spec;
  spec.containers = {With("1", "1Gi"), With("500m", "1Gi")};
  EXPECT_EQ(Show(spec), "cpu=1500m memory=2Gi ");
}

TEST(EffectiveRequests, AnInitContainerCountsOnlyWhereItIsLarger) {
  PodSpec spec;
  spec.containers = {With("1", "1Gi")};
  spec.init_containers = {With("200m", "3Gi"), With("2", "1Gi")};
  EXPECT_EQ(Show(spec), "cpu=2 memory=3Gi ");
}

TEST(EffectiveRequests, SidecarsRunBesideContainersAndLaterInitContainers) {
  PodSpec spec;
  spec.containers = {With("1", "1Gi")};
  spec.init_containers = {With("3", "1Gi"), With("1", "1Gi", true), With("3", "1Gi")};
  EXPECT_EQ(Show(spec), "cpu=4 memory=2Gi ");
}

TEST(EffectiveRequests, PodLevelRequestsReplaceTheSumOfCpuAndMemoryOnly) {
  PodSpec spec;
  spec.containers = {With("1", "1Gi")};
  spec.containers[0].resources.requests["example.com/gpu"] = Quantity::FromUnits(2);
  spec.pod_resources.emplace().requests = {{"cpu", *Quantity::Parse("3")},
                                           {"example.com/gpu", Quantity::FromUnits(9)}};
  EXPECT_EQ(Show(spec), "cpu=3 example.com/gpu=2 memory=1Gi ");
}

TEST(EffectiveRequests, OverheadComesOnTop) {
  PodSpec spec;
  spec.containers = {With("1", "1Gi")};
  spec.overhead["cpu"] = *Quantity::Parse("250m");
  EXPECT_EQ(Show(spec), "cpu=1250m memory=1Gi ");
}

std::string Show(const ResourceList& requests) {
  std::string text;
  for (const auto& [name, quantity] : requests) text += name + "=" + quantity.ToString() + " ";
  return text;
}

Pod PodWith(const PodSpec& spec) {
  Pod pod;
  pod.spec = spec;
  return pod;
}

TEST(NonZeroRequests, EachContainerThatNamesNoRequestCounts100MilliAnd200Mebibytes) {
  PodSpec spec;
  spec.containers = {With("1", "1Gi"), Container()};
  spec.init_containers = {With("100m", "100Mi", true)};
  EXPECT_EQ(Show(NonZeroRequestsOfPending(spec)), "cpu=1200m memory=1324Mi ");
  EXPECT_EQ(Show(NonZeroRequestsOfPlaced(PodWith(spec))), "cpu=1200m memory=1324Mi ");
  spec.containers[1].resources.requests["cpu"] = *Quantity::Parse("0");  // named, so it stays
  EXPECT_EQ(Show(NonZeroRequestsOfPlaced(PodWith(spec))), "cpu=1100m memory=1324Mi ");
}

TEST(NonZeroRequests, APlacedPodWithPodLevelRequestsHasNoDefaultsForWhatSomeContainerNames) {
  PodSpec spec;
  spec.containers = {With("1", "1Gi"), Container()};
  spec.pod_resources.emplace().requests["cpu"] = *Quantity::Parse("3");
  EXPECT_EQ(Show(NonZeroRequestsOfPlaced(PodWith(spec))), "cpu=3 memory=1Gi ");
  EXPECT_EQ(Show(NonZeroRequestsOfPending(spec)), "cpu=1100m memory=1224Mi ");
}

ResourceList Cpu(const std::string& amount) { return {{"cpu", *Quantity::Parse(amount)}}; }

TEST(NonZeroRequests, APlacedPodThatIsResizedCountsWithWhatItHas) {
  PodSpec spec;
  spec.containers = {With("1", "1Gi"), Container()};
  spec.containers[0].name = "main";
  Pod pod = PodWith(spec);
  pod.status.containers = {{"main", Cpu("1"), Cpu("3")}};
  EXPECT_EQ(Show(NonZeroRequestsOfPlaced(pod)), "cpu=3100m memory=1224Mi ");
}

std::string CpuOf(const Pod& pod) { return EffectiveRequests(pod).at("cpu").ToString(); }

TEST(EffectiveRequests, APodThatIsResizedCountsWithTheMostOfWhatItAsksWasGivenAndHas) {
  Pod pod;
  pod.spec.containers = {With("1", "1Gi")};
  pod.spec.containers[0].name = "main";
  pod.status.containers = {{"main", Cpu("3"), Cpu("2")}};
  EXPECT_EQ(CpuOf(pod), "3");
  pod.status.containers[0].actual = Cpu("4");
  EXPECT_EQ(CpuOf(pod), "4");
  pod.spec.containers[0].resources.requests["cpu"] = *Quantity::Parse("5");
  EXPECT_EQ(CpuOf(pod), "5");
  pod.status.conditions = {{"PodResizePending", "True", "Infeasible", ""}};
  EXPECT_EQ(CpuOf(pod), "4");
  // Without word of what it has, the spec counts alone.
  pod.status.containers[0].actual.reset();
  EXPECT_EQ(CpuOf(pod), "5");
}

TEST(EffectiveRequests, OfInitContainersOnlySidecarsAreResized) {
  Pod pod;
  pod.spec.init_containers = {With("1", "1Gi"), With("1", "1Gi", /*sidecar=*/true)};
  pod.spec.init_containers[0].name = "first";
  pod.spec.init_containers[1].name = "second";
  pod.status.containers = {{"first", {}, Cpu("9")}, {"second", {}, Cpu("2")}};
  EXPECT_EQ(CpuOf(pod), "2");
}

TEST(EffectiveRequests, APodThatIsResizedAsAWholeCountsWithWhatItHas) {
  Pod pod;
  pod.spec.containers = {With("1", "1Gi")};
  pod.spec.pod_resources = ResourceRequirements{Cpu("2"), {}};
  pod.status.allocated = Cpu("3");
  EXPECT_EQ(CpuOf(pod), "2");
  pod.status.actual = Cpu("1");
  EXPECT_EQ(CpuOf(pod), "3");
}

}  // namespace
}  // namespace muster::api
