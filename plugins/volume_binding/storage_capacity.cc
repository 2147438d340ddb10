#include "plugins/volume_binding/storage_capacity.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "scheduler/model/selectors.h"

namespace muster::plugins {
namespace {

constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

std::int64_t SaturatingSum(std::int64_t a, std::int64_t b) {
  return a > kNoLimit - b ? kNoLimit : a + b;
}

std::int64_t SaturatingProduct(std::int64_t a, std::int64_t b) {
  return b != 0 && a > kNoLimit / b ? kNoLimit : a * b;
}

bool PublishesCapacity(const api::StorageClass& storage_class, const model::StorageTable& storage) {
  const api::CsiDriver* driver = storage.FindCsiDriver(storage_class.provisioner);
  return driver != nullptr && driver->storage_capacity;
}

bool IsOfClassAndReachable(const api::CsiStorageCapacity& capacity, const std::string& class_name,
                           const api::StringMap& node_labels) {
  return capacity.storage_class_name == class_name && capacity.node_topology &&
         model::Matches(*capacity.node_topology, node_labels);
}

/// All that the node can reach of a class. Storage whose total is not said has no limit.
std::int64_t ReachableBytes(const std::string& class_name, const model::StorageTable& storage,
                            const api::StringMap& node_labels) {
  const api::StorageClass* storage_class = storage.FindClass(class_name);
  if (storage_class == nullptr || !PublishesCapacity(*storage_class, storage)) return kNoLimit;
  std::int64_t sum = 0;
  for (const auto& [name, one] : storage.Capacities()) {
    if (!IsOfClassAndReachable(one, class_name, node_labels)) continue;
    if (!one.capacity) return kNoLimit;
    sum = SaturatingSum(sum, std::max<std::int64_t>(one.capacity->Value(), 0));
  }
  return sum;
}

}  // namespace

bool HasCapacity(const WaitingClaim& waiting, const api::StorageClass& storage_class,
                 const model::StorageTable& storage, const api::StringMap& node_labels) {
  if (!waiting.spec.storage_request || !PublishesCapacity(storage_class, storage)) return true;
  const auto& capacities = storage.Capacities();
  return std::any_of(capacities.begin(), capacities.end(), [&](const auto& entry) {
    const api::CsiStorageCapacity& one = entry.second;
    const auto& limit = one.maximum_volume_size ? one.maximum_volume_size : one.capacity;
    return limit && limit->Value() >= waiting.spec.storage_request->Value() &&
           IsOfClassAndReachable(one, storage_class.metadata.name, node_labels);
  });
}

void AddMade(const VolumePlan& plan, std::int64_t pods, BytesByClass& made) {
  for (const WaitingClaim* waiting : plan.to_provision) {
    if (waiting->claim != nullptr || !waiting->spec.storage_request) continue;
    const std::int64_t bytes = std::max<std::int64_t>(waiting->spec.storage_request->Value(), 0);
    std::int64_t& sum = made[waiting->class_name];
    sum = SaturatingSum(sum, SaturatingProduct(bytes, pods));
  }
}

std::int64_t CountWithRoom(const VolumePlan& plan, const model::ClusterModel& model,
                           model::NodeIndex node, const BytesByClass& made, std::int64_t most) {
  BytesByClass each;
  AddMade(plan, 1, each);
  std::int64_t count = most;
  for (const auto& [class_name, bytes] : each) {
    if (bytes == 0) continue;
    const std::int64_t reachable =
        ReachableBytes(class_name, model.Storage(), model.Nodes().Labels(node));
    if (reachable == kNoLimit) continue;
    const auto known = made.find(class_name);
    const std::int64_t spoken_for = known == made.end() ? 0 : known->second;
    const std::int64_t fit = std::max<std::int64_t>(reachable - spoken_for, 0) / bytes;
    count = std::min(count, spoken_for == 0 ? std::max<std::int64_t>(fit, 1) : fit);
  }
  return count;
}

}  // namespace muster::plugins
