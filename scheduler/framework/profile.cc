#include "scheduler/framework/profile.h"

namespace muster::framework {

PreparedFilters::PreparedFilters(const Profile& profile, const PodSetView& pod_set) {
  for (const auto& plugin : profile.filters) {
    if (auto filter = plugin->Prepare(pod_set)) filters_.push_back(std::move(filter));
  }
}

void PreparedFilters::Capacities(const model::ClusterModel& model, std::int64_t limit,
                                 std::vector<std::int64_t>& capacity) const {
  const model::NodeTable& nodes = model.Nodes();
  capacity.assign(nodes.Size(), limit);
  for (model::NodeIndex node = 0; node < nodes.Size(); ++node) {
    if (!nodes.IsPresent(node)) capacity[node] = 0;
  }
  for (const auto& filter : filters_) filter->LimitCapacity(model, 0, capacity);
}

std::int64_t PreparedFilters::CapacityOf(const model::ClusterModel& model, model::NodeIndex node,
                                         std::int64_t limit) const {
  std::int64_t capacity = model.Nodes().IsPresent(node) ? limit : 0;
  for (const auto& filter : filters_) filter->LimitCapacity(model, node, {&capacity, 1});
  return capacity;
}

std::vector<Refusal> PreparedFilters::Explain(const model::ClusterModel& model,
                                              model::NodeIndex node) const {
  std::vector<Refusal> refusals;
  for (const auto& filter : filters_) {
    filter->Explain(model, node, refusals);
    if (!refusals.empty()) break;
  }
  return refusals;
}

}  // namespace muster::framework
