#include "scheduler/spark/executor_count.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

namespace muster::spark {
namespace {

constexpr std::int64_t kLargestInt = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kDefaultInstances = 2;
constexpr std::string_view kInstancesKey = "spark.executor.instances";
constexpr std::string_view kMinKey = "spark.dynamicAllocation.minExecutors";
constexpr std::string_view kMaxKey = "spark.dynamicAllocation.maxExecutors";
constexpr std::string_view kInitialKey = "spark.dynamicAllocation.initialExecutors";

StatusOr<ExecutorCount> ComputeDynamicCount(Settings& settings) {
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::int64_t> least,
                          settings.WholeNumber(kMinKey, 0, kLargestInt));
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::int64_t> most,
                          settings.WholeNumber(kMaxKey, 1, kLargestInt));
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::int64_t> initial,
                          settings.WholeNumber(kInitialKey, 0, kLargestInt));
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::int64_t> instances,
                          settings.WholeNumber(kInstancesKey, 0, kLargestInt));
  ExecutorCount count{.is_dynamic = true};
  count.least = least.value_or(0);
  count.most = most.value_or(kLargestInt);
  count.initial = std::max({count.least, initial.value_or(0), instances.value_or(0)});
  if (count.initial <= count.most) return count;
  // The driver would stop at its start; the key that asks for the most is the one to mend.
  const std::string_view key = instances == count.initial ? kInstancesKey
                               : initial == count.initial ? kInitialKey
                                                          : kMinKey;
  return settings.Refuse(
      key, "at most " + std::string(kMaxKey) + "=" + std::to_string(count.most) + " is allowed");
}

}  // namespace

StatusOr<ExecutorCount> ComputeExecutorCount(Settings& settings) {
  MUSTER_ASSIGN_OR_RETURN(const bool is_dynamic,
                          settings.Boolean("spark.dynamicAllocation.enabled", false));
  if (is_dynamic) return ComputeDynamicCount(settings);
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::int64_t> instances,
                          settings.WholeNumber(kInstancesKey, 1, kLargestInt));
  const std::int64_t count = instances.value_or(kDefaultInstances);
  return ExecutorCount{.initial = count, .least = count, .most = count};
}

}  // namespace muster::spark
