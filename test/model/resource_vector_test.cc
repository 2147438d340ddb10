#include "scheduler/model/resource_vector.h"

#include <gtest/gtest.h>

#include "test/support/builders.h"

namespace muster::model {
namespace {

using testing::Q;

TEST(ResourceVector, APodTakesItsRequestsAndOnePod) {
  ResourceNames names;
  const ResourceVector pod =
      PodAmounts({{"cpu", Q("1500m")}, {"memory", Q("1408Mi")}, {"nvidia.com/gpu", Q("2")}}, names);
  EXPECT_EQ(pod.cpu.value, 1500);
  EXPECT_EQ(pod.memory, Mebibytes(1408));
  EXPECT_EQ(pod.pods, 1);
  EXPECT_EQ(pod.Extended(names.Intern("nvidia.com/gpu")), 2);
  EXPECT_EQ(pod.Extended(names.Intern("example.com/other")), 0);
}

TEST(ResourceVector, TheScarcestResourceLimitsHowManyFit) {
  ResourceNames names;
  const ResourceVector node =
      NodeAmounts({{"cpu", Q("8")}, {"memory", Q("10Gi")}, {"pods", Q("110")}}, names);
  const auto fit = [&](const char* cpu, const char* memory) {
    return CountThatFit(node, PodAmounts({{"cpu", Q(cpu)}, {"memory", Q(memory)}}, names), 1000);
  };
  EXPECT_EQ(fit("1", "1Gi"), 8);      // cpu: 8 / 1
  EXPECT_EQ(fit("1", "3Gi"), 3);      // memory: 10 / 3
  EXPECT_EQ(fit("1m", "1Mi"), 110);   // pods
  EXPECT_EQ(fit("9", "1Gi"), 0);      // larger than the node
  EXPECT_EQ(fit("8001m", "1Gi"), 0);  // by a thousandth
}

TEST(ResourceVector, ARequestOfZeroFitsEvenWhereNothingIsLeft) {
  ResourceNames names;
  ResourceVector free;
  free.cpu = {-500};
  free.pods = 3;
  EXPECT_EQ(CountThatFit(free, PodAmounts({}, names), 10), 3);
}

TEST(ResourceVector, AddingAndTakingAwayLeavesNothingBehind) {
  ResourceNames names;
  const ResourceVector pod = PodAmounts({{"cpu", Q("1")}, {"example.com/disk", Q("3")}}, names);
  ResourceVector total;
  AddScaled(total, pod, 7);
  EXPECT_EQ(total.Extended(names.Intern("example.com/disk")), 21);
  AddScaled(total, pod, -7);
  EXPECT_EQ(total, ResourceVector{});
}

TEST(ResourceVector, HugeAndNegativeAmountsAreCappedSoThatSumsCannotOverflow) {
  ResourceNames names;
  const ResourceVector pod =
      PodAmounts({{"memory", Q("9223372036854775807")}, {"cpu", Q("-5")}}, names);
  EXPECT_EQ(pod.memory.value, std::int64_t{1} << 50);
  EXPECT_EQ(pod.cpu.value, 0);
}

TEST(ResourceNames, AFloodOfNamesGrowsNothing) {
  ResourceNames names;
  for (int i = 0; i < 5000; ++i) names.Intern("example.com/r" + std::to_string(i));
  EXPECT_EQ(names.Intern("example.com/new"), ResourceNames::kNamesMax - 1);
  EXPECT_EQ(names.Intern("example.com/r7"), 7);
}

}  // namespace
}  // namespace muster::model
