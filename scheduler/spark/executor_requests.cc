#include "scheduler/spark/executor_requests.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace muster::spark {
namespace {

constexpr std::int64_t kLargestInt = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kOverheadMinMebibytes = 384;
/// More cannot be written as a number of bytes in 63 bits.
constexpr std::int64_t kMebibytesMax = std::numeric_limits<std::int64_t>::max() >> 20;

/// "4.3.0-SNAPSHOT" is {4, 3}; what is no number is 0.
std::pair<int, int> ReleaseLine(std::string_view version) {
  int major = 0;
  int minor = 0;
  const char* end = version.data() + version.size();
  const char* after = std::from_chars(version.data(), end, major).ptr;
  if (after != end && *after == '.') std::from_chars(after + 1, end, minor);
  return {major, minor};
}

StatusOr<std::optional<std::int64_t>> ReadOverhead(Settings& settings) {
  MUSTER_ASSIGN_OR_RETURN(
      const std::optional<std::int64_t> overhead,
      settings.Mebibytes("spark.executor.memoryOverhead", SizeUnit::kMebibytes, 0));
  if (overhead) return overhead;
  // The name of the key before 2.3, which Spark still reads.
  return settings.Mebibytes("spark.yarn.executor.memoryOverhead", SizeUnit::kMebibytes, 0);
}

StatusOr<double> ReadOverheadFactor(Settings& settings) {
  MUSTER_ASSIGN_OR_RETURN(const std::optional<double> executor_factor,
                          settings.Factor("spark.executor.memoryOverheadFactor", false));
  if (executor_factor) return *executor_factor;
  MUSTER_ASSIGN_OR_RETURN(const std::optional<double> factor,
                          settings.Factor("spark.kubernetes.memoryOverheadFactor", true));
  return factor.value_or(0.1);
}

StatusOr<std::int64_t> ComputeOverhead(Settings& settings, std::int64_t heap,
                                       std::string_view spark_version) {
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::int64_t> configured, ReadOverhead(settings));
  if (configured) return *configured;
  MUSTER_ASSIGN_OR_RETURN(const double factor, ReadOverheadFactor(settings));
  std::int64_t least = kOverheadMinMebibytes;
  // The least overhead can be configured since 4.0.
  const int major = ReleaseLine(spark_version).first;
  if (major == 0 || major >= 4) {
    MUSTER_ASSIGN_OR_RETURN(
        const std::optional<std::int64_t> configured_least,
        settings.Mebibytes("spark.executor.minMemoryOverhead", SizeUnit::kMebibytes, 0));
    least = configured_least.value_or(least);
  }
  // Scala's Double.toInt: towards zero, and no further than the largest Int.
  const double product = factor * static_cast<double>(heap);
  const std::int64_t share = product >= static_cast<double>(kLargestInt)
                                 ? kLargestInt
                                 : static_cast<std::int64_t>(product);
  return std::max(share, least);
}

StatusOr<std::int64_t> ReadOffHeap(Settings& settings) {
  MUSTER_ASSIGN_OR_RETURN(const bool old_enabled, settings.Boolean("spark.unsafe.offHeap", false));
  MUSTER_ASSIGN_OR_RETURN(const bool enabled,
                          settings.Boolean("spark.memory.offHeap.enabled", old_enabled));
  if (!enabled) return 0;
  constexpr std::string_view kSizeKey = "spark.memory.offHeap.size";
  if (!settings.Has(kSizeKey)) {
    return settings.Refuse(kSizeKey,
                           "spark.memory.offHeap.enabled=true needs a size of 1m or more");
  }
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::int64_t> size,
                          settings.Mebibytes(kSizeKey, SizeUnit::kBytes, 1));
  return size.value_or(0);
}

StatusOr<std::int64_t> ReadPython(Settings& settings) {
  const std::optional<std::string> type = settings.Text("spark.kubernetes.resource.type");
  if (type != "python") return 0;
  MUSTER_ASSIGN_OR_RETURN(
      const std::optional<std::int64_t> size,
      settings.Mebibytes("spark.executor.pyspark.memory", SizeUnit::kMebibytes, 0));
  return size.value_or(0);
}

/// A quantity that Spark hands to the API server as it is.
StatusOr<std::optional<Quantity>> ReadQuantity(Settings& settings, std::string_view key) {
  const std::optional<std::string> text = settings.Text(key);
  if (!text) return std::optional<Quantity>();
  const StatusOr<Quantity> quantity = Quantity::Parse(*text);
  if (!quantity.ok() || quantity->IsNegative()) {
    return settings.Refuse(key, "a number of cores such as 2, 0.5 or 500m is allowed");
  }
  return std::optional<Quantity>(*quantity);
}

Status AddCpu(Settings& settings, api::ResourceRequirements& resources) {
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::int64_t> cores,
                          settings.WholeNumber("spark.executor.cores", 1, kLargestInt));
  MUSTER_ASSIGN_OR_RETURN(const std::optional<Quantity> request,
                          ReadQuantity(settings, "spark.kubernetes.executor.request.cores"));
  resources.requests["cpu"] = request.value_or(Quantity::FromUnits(cores.value_or(1)));
  MUSTER_ASSIGN_OR_RETURN(const std::optional<Quantity> limit,
                          ReadQuantity(settings, "spark.kubernetes.executor.limit.cores"));
  if (limit) resources.limits["cpu"] = *limit;
  return OkStatus();
}

/// spark.executor.resource.NAME.{amount,vendor}: the resource vendor/NAME. Spark wants the amount
/// of every NAME that has any key, and leaves out those of zero or less.
Status AddExtendedResources(Settings& settings, api::ResourceList& limits) {
  const std::string prefix = "spark.executor.resource.";
  std::set<std::string> names;
  for (const auto& [rest, value] : settings.WithPrefix(prefix)) {
    names.insert(rest.substr(0, rest.find('.')));
  }
  for (const std::string& name : names) {
    const std::string amount_key = prefix + name + ".amount";
    if (!settings.Has(amount_key)) {
      return settings.Refuse(amount_key, "Spark needs the amount of every resource it is told of");
    }
    MUSTER_ASSIGN_OR_RETURN(
        const std::optional<std::int64_t> amount,
        settings.WholeNumber(amount_key, std::numeric_limits<std::int32_t>::min(), kLargestInt));
    if (amount.value_or(0) <= 0) continue;
    const std::string vendor_key = prefix + name + ".vendor";
    const std::optional<std::string> vendor = settings.Text(vendor_key);
    if (!vendor || vendor->empty()) {
      return settings.Refuse(vendor_key, "a domain such as nvidia.com is needed on Kubernetes");
    }
    limits[*vendor + "/" + name] = Quantity::FromUnits(*amount);
  }
  return OkStatus();
}

/// A proposal (SPARK-54596) to request less than the limit. No release up to 4.3.0 knows its keys,
/// so there they have no effect; a later one may.
Status NoteBurstyOverhead(Settings& settings, std::string_view spark_version) {
  constexpr std::string_view kKey = "spark.executor.memoryOverheadBursty.enabled";
  if (ReleaseLine(spark_version) <= std::pair(4, 3)) return OkStatus();
  MUSTER_ASSIGN_OR_RETURN(const bool is_bursty, settings.Boolean(kKey, false));
  if (is_bursty) {
    settings.AddUnknown(std::string(kKey) +
                        "=true may lower the memory request below what is computed here");
  }
  return OkStatus();
}

}  // namespace

StatusOr<ExecutorMemory> ComputeExecutorMemory(Settings& settings, std::string_view spark_version) {
  ExecutorMemory memory;
  constexpr std::string_view kHeapKey = "spark.executor.memory";
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::int64_t> heap,
                          settings.Mebibytes(kHeapKey, SizeUnit::kMebibytes, 1));
  memory.heap = heap.value_or(memory.heap);
  MUSTER_ASSIGN_OR_RETURN(memory.overhead, ComputeOverhead(settings, memory.heap, spark_version));
  MUSTER_ASSIGN_OR_RETURN(memory.off_heap, ReadOffHeap(settings));
  MUSTER_ASSIGN_OR_RETURN(memory.python, ReadPython(settings));
  // Each part is below 2^43, so the sum itself cannot overflow.
  if (memory.Total() > kMebibytesMax) {
    return settings.Refuse(kHeapKey, "with overhead, off-heap and Python memory at most " +
                                         std::to_string(kMebibytesMax) + "m is allowed");
  }
  MUSTER_RETURN_IF_ERROR(NoteBurstyOverhead(settings, spark_version));
  return memory;
}

StatusOr<api::ResourceRequirements> ComputeExecutorResources(Settings& settings,
                                                             std::string_view spark_version) {
  api::ResourceRequirements resources;
  MUSTER_ASSIGN_OR_RETURN(const ExecutorMemory memory,
                          ComputeExecutorMemory(settings, spark_version));
  const Quantity total = Quantity::FromUnits(memory.Total() << 20, Quantity::Form::kBinary);
  resources.requests["memory"] = total;
  resources.limits["memory"] = total;
  MUSTER_RETURN_IF_ERROR(AddCpu(settings, resources));
  MUSTER_RETURN_IF_ERROR(AddExtendedResources(settings, resources.limits));
  return resources;
}

}  // namespace muster::spark
