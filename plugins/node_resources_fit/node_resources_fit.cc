#include "plugins/node_resources_fit/node_resources_fit.h"

#include "scheduler/model/room.h"

namespace muster::plugins {
namespace {

class Filter final : public framework::NodeFilter {
 public:
  explicit Filter(const model::ResourceVector& amounts) : amounts_(amounts) {}

  void LimitCapacity(const model::ClusterModel& model, model::NodeIndex first,
                     std::span<std::int64_t> capacity) const override {
    model::LimitByRoom(model.Nodes(), amounts_, first, capacity);
  }

  void Explain(const model::ClusterModel& model, model::NodeIndex node,
               std::vector<framework::Refusal>& refusals) const override {
    const model::ResourceVector& allocatable = model.Nodes().Allocatable(node);
    const model::ResourceVector free = model.Nodes().Free(node);
    const auto check = [&refusals](std::int64_t ask, std::int64_t have, std::int64_t at_most,
                                   std::string reason) {
      // An eviction cannot help where the empty node would be too small.
      if (ask > 0 && ask > have) refusals.push_back({std::move(reason), ask <= at_most});
    };
    check(amounts_.pods, free.pods, allocatable.pods, "Too many pods");
    check(amounts_.cpu.value, free.cpu.value, allocatable.cpu.value, "Insufficient cpu");
    check(amounts_.memory.value, free.memory.value, allocatable.memory.value,
          "Insufficient memory");
    check(amounts_.ephemeral_storage.value, free.ephemeral_storage.value,
          allocatable.ephemeral_storage.value, "Insufficient ephemeral-storage");
    for (const model::ExtendedAmount& entry : amounts_.extended) {
      check(entry.amount, free.Extended(entry.resource), allocatable.Extended(entry.resource),
            "Insufficient " + model.Names().Name(entry.resource));
    }
  }

 private:
  const model::ResourceVector& amounts_;
};

class NodeResourcesFit final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "NodeResourcesFit"; }

  std::unique_ptr<framework::NodeFilter> Prepare(
      const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/) const override {
    return std::make_unique<Filter>(pod_set.info.amounts);
  }

  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/,
                framework::PodSetKey& key) const override {
    key.Add(pod_set.info.amounts);
    return true;
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakeNodeResourcesFit() {
  return std::make_unique<NodeResourcesFit>();
}

}  // namespace muster::plugins
