#include "scheduler/spark/executor_requests.h"

#include <gtest/gtest.h>

#include <string>

namespace muster::spark {
namespace {

/// The total in MiB; -1 for an error.
std::int64_t Total(const Properties& properties, std::string_view version = "4.1.4") {
  Settings settings(properties, "spark.properties");
  const StatusOr<ExecutorMemory> memory = ComputeExecutorMemory(settings, version);
  return memory.ok() ? memory->Total() : -1;
}

std::string Resources(const Properties& properties) {
  Settings settings(properties, "spark.properties");
  const auto resources = ComputeExecutorResources(settings, "4.1.4");
  if (!resources.ok()) return std::string(MessageOf(resources.status()));
  std::string text;
  for (const auto& [name, quantity] : resources->requests) {
    text += name + "=" + quantity.ToString() + " ";
  }
  text += "|";
  for (const auto& [name, quantity] : resources->limits) {
    text += " " + name + "=" + quantity.ToString();
  }
  return text;
}

TEST(ExecutorMemory, MatchesTheTestVectors) {
  struct Vector {
    const char* memory;
    const char* factor;
    std::int64_t total;
  };
  for (const Vector& vector :
       {Vector{"1024m", "0.1", 1408}, Vector{"512", "0.1", 896}, Vector{"4g", "0.1", 4505},
        Vector{"8g", "0.1", 9011}, Vector{"1g", "0.4", 1433}, Vector{"8192", "0.4", 11468},
        Vector{"32g", "0.1", 36044}, Vector{"8g", "0.3", 10649}, Vector{"3841m", "0.1", 4225}}) {
    EXPECT_EQ(Total({{"spark.executor.memory", vector.memory},
                     {"spark.kubernetes.memoryOverheadFactor", vector.factor}}),
              vector.total)
        << vector.memory;
  }
}

TEST(ExecutorMemory, DefaultsAreOneGibibyteAndATenth) { EXPECT_EQ(Total({}), 1408); }

TEST(ExecutorMemory, OffHeapIsAddedOnlyWhenEnabled) {
  Properties properties{{"spark.executor.memory", "4g"}, {"spark.memory.offHeap.size", "4g"}};
  EXPECT_EQ(Total(properties), 4505);
  properties.Set("spark.memory.offHeap.enabled", "true");
  EXPECT_EQ(Total(properties), 8601);
  properties.Set("spark.memory.offHeap.size", "4294967296");  // bytes
  EXPECT_EQ(Total(properties), 8601);
  EXPECT_EQ(Total({{"spark.executor.memory", "4g"}, {"spark.memory.offHeap.enabled", "true"}}), -1);
}

TEST(ExecutorMemory, TheExecutorsFactorBeatsTheCommonOne) {
  EXPECT_EQ(Total({{"spark.executor.memory", "8g"},
                   {"spark.kubernetes.memoryOverheadFactor", "0.25"},
                   {"spark.executor.memoryOverheadFactor", "0.3"}}),
            10649);
}

TEST(ExecutorMemory, AnExplicitOverheadReplacesTheComputedOne) {
  EXPECT_EQ(Total({{"spark.executor.memory", "4g"}, {"spark.executor.memoryOverhead", "1g"}}),
            5120);
  EXPECT_EQ(Total({{"spark.executor.memory", "4g"}, {"spark.executor.memoryOverhead", "10"}}),
            4106);
  EXPECT_EQ(Total({{"spark.yarn.executor.memoryOverhead", "100"}}), 1124);
  EXPECT_EQ(Total({{"spark.yarn.executor.memoryOverhead", "100"},
                   {"spark.executor.memoryOverhead", "200"}}),
            1224);
}

TEST(ExecutorMemory, TheLeastOverheadIsConfigurableSinceSpark4) {
  const Properties properties{{"spark.executor.minMemoryOverhead", "1g"}};
  EXPECT_EQ(Total(properties, "4.0.0"), 2048);
  EXPECT_EQ(Total(properties, "3.5.9"), 1408);
  EXPECT_EQ(Total(properties, ""), 2048);
}

TEST(ExecutorMemory, PythonMemoryCountsForPythonApplicationsOnly) {
  Properties properties{{"spark.executor.memory", "2g"},
                        {"spark.executor.pyspark.memory", "512m"},
                        {"spark.kubernetes.resource.type", "java"}};
  EXPECT_EQ(Total(properties), 2432);
  properties.Set("spark.kubernetes.resource.type", "python");
  EXPECT_EQ(Total(properties), 2944);
}

TEST(ExecutorMemory, RefusesNegativeAndOverflowingSizes) {
  for (const std::string value :
       {"-1g", "0", "1023k", "abc", "", "8192p", "99999999999999999999g", "8796093022207"}) {
    EXPECT_EQ(Total({{"spark.executor.memory", value}}), -1) << value;
  }
  EXPECT_EQ(Total({{"spark.executor.memoryOverhead", "-1"}}), -1);
  EXPECT_EQ(Total({{"spark.executor.memoryOverheadFactor", "-0.1"}}), -1);
  EXPECT_EQ(Total({{"spark.executor.memoryOverheadFactor", "0"}}), -1);
  EXPECT_EQ(Total({{"spark.executor.memoryOverheadFactor", "1e999"}}), -1);
}

TEST(ExecutorMemory, AHugeFactorStopsAtTheLargestIntOfSpark) {
  EXPECT_EQ(Total({{"spark.executor.memoryOverheadFactor", "1e300"}}), 1024 + 2147483647LL);
}

TEST(ExecutorResources, MemoryIsRequestAndLimitAndCpuOnlyARequest) {
  EXPECT_EQ(Resources({{"spark.executor.cores", "4"}}), "cpu=4 memory=1408Mi | memory=1408Mi");
}

TEST(ExecutorResources, ConfiguredCoresAreTakenVerbatim) {
  EXPECT_EQ(Resources({{"spark.executor.cores", "3"},
                       {"spark.kubernetes.executor.request.cores", "1500m"}}),
            "cpu=1500m memory=1408Mi | memory=1408Mi");
  EXPECT_EQ(Resources({{"spark.kubernetes.executor.request.cores", "0.5"},
                       {"spark.kubernetes.executor.limit.cores", "2"}}),
            "cpu=500m memory=1408Mi | cpu=2 memory=1408Mi");
}

TEST(ExecutorResources, RefusesWhatIsNotANumberOfCores) {
  EXPECT_EQ(Resources({{"spark.kubernetes.executor.request.cores", "two"}}),
            "spark.properties: spark.kubernetes.executor.request.cores=two: a number of cores such "
            "as 2, 0.5 or 500m is allowed");
  EXPECT_EQ(Resources({{"spark.executor.cores", "0"}}),
            "spark.properties: spark.executor.cores=0: a whole number from 1 to 2147483647 is "
            "allowed");
  EXPECT_NE(Resources({{"spark.kubernetes.executor.limit.cores", "-1"}}).find("is allowed"),
            std::string::npos);
}

TEST(ExecutorResources, ExtendedResourcesAreLimitsNamedByTheirVendor) {
  EXPECT_EQ(Resources({{"spark.executor.resource.gpu.amount", "2"},
                       {"spark.executor.resource.gpu.vendor", "nvidia.com"},
                       {"spark.executor.resource.gpu.discoveryScript", "/opt/find"},
                       {"spark.executor.resource.fpga.amount", "0"}}),
            "cpu=1 memory=1408Mi | memory=1408Mi nvidia.com/gpu=2");
}

TEST(ExecutorResources, AnExtendedResourceNeedsAmountAndVendor) {
  EXPECT_EQ(Resources({{"spark.executor.resource.gpu.amount", "2"}}),
            "spark.properties: spark.executor.resource.gpu.vendor is missing: a domain such as "
            "nvidia.com is needed on Kubernetes");
  EXPECT_EQ(Resources({{"spark.executor.resource.gpu.vendor", "nvidia.com"}}),
            "spark.properties: spark.executor.resource.gpu.amount is missing: Spark needs the "
            "amount of every resource it is told of");
}

TEST(ExecutorResources, BurstyOverheadIsADoubtOnlyForReleasesThatMayKnowIt) {
  const Properties properties{{"spark.executor.memoryOverheadBursty.enabled", "true"}};
  const auto doubts = [&properties](std::string_view version) {
    Settings settings(properties, "spark.properties");
    EXPECT_TRUE(ComputeExecutorMemory(settings, version).ok());
    return settings.unknown().size();
  };
  EXPECT_EQ(doubts("3.5.9"), 0u);
  EXPECT_EQ(doubts("4.3.0"), 0u);
  EXPECT_EQ(doubts(""), 0u);
  EXPECT_EQ(doubts("4.4.0-SNAPSHOT"), 1u);
  EXPECT_EQ(doubts("5.0.0"), 1u);
}

}  // namespace
}  // namespace muster::spark
