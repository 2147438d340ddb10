#include "scheduler/framework/profile.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace muster::framework {
namespace {

std::string Join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

}  // namespace

std::optional<std::string> Profile::KeyOf(const PodSetView& pod_set,
                                          const model::ClusterModel& model) const {
  PodSetKey key;
  for (const auto& plugin : filters) {
    if (!plugin->AddToKey(pod_set, model, key)) return std::nullopt;
  }
  return key.Text();
}

PreparedFilters::PreparedFilters(const Profile& profile, const PodSetView& pod_set,
                                 const model::ClusterModel& model) {
  for (const auto& plugin : profile.filters) {
    auto filter = plugin->Prepare(pod_set, model);
    if (filter == nullptr) continue;
    if (auto refusal = filter->RefusesEverywhere()) {
      refused_everywhere_ = std::move(refusal);
      if (!refused_everywhere_->resolvable) break;
      continue;
    }
    if (const auto* nodes = filter->OnlyNodes(); nodes && !KeepOnly(*nodes, plugin->Name())) break;
    (filter->CouplesNodes() ? coupling_ : uncoupled_).push_back(filter.get());
    if (filter->FollowsPlacement()) following_.push_back(filter.get());
    filters_.push_back(std::move(filter));
  }
}

/// False when no node is left.
bool PreparedFilters::KeepOnly(const std::vector<std::string>& nodes, std::string_view plugin) {
  naming_plugins_.emplace_back(plugin);
  std::sort(naming_plugins_.begin(), naming_plugins_.end());
  std::vector<std::string> left;
  if (only_nodes_) {
    std::set_intersection(only_nodes_->begin(), only_nodes_->end(), nodes.begin(), nodes.end(),
                          std::back_inserter(left));
  } else {
    left = nodes;
  }
  only_nodes_ = std::move(left);
  if (!only_nodes_->empty()) return true;
  const std::string names = Join(naming_plugins_);
  refused_everywhere_ =
      Refusal{naming_plugins_.size() == 1
                  ? "node(s) didn't satisfy plugin " + names
                  : "node(s) didn't satisfy plugin(s) [" + names + "] simultaneously",
              false};
  return false;
}

void PreparedFilters::Capacities(const model::ClusterModel& model, std::int64_t limit,
                                 std::vector<std::int64_t>& capacity) const {
  CapacitiesOfUncoupled(model, limit, capacity);
  LimitByCoupling(model, capacity);
}

std::int64_t PreparedFilters::CapacityOf(const model::ClusterModel& model, model::NodeIndex node,
                                         std::int64_t limit) const {
  std::int64_t capacity = CapacityOfUncoupled(model, node, limit);
  for (const NodeFilter* filter : coupling_) filter->LimitCapacity(model, node, {&capacity, 1});
  return capacity;
}

void PreparedFilters::CapacitiesOfUncoupled(const model::ClusterModel& model, std::int64_t limit,
                                            std::vector<std::int64_t>& capacity) const {
  const model::NodeTable& nodes = model.Nodes();
  capacity.assign(nodes.Size(), refused_everywhere_ ? 0 : limit);
  if (refused_everywhere_) return;
  for (model::NodeIndex node = 0; node < nodes.Size(); ++node) {
    if (!nodes.IsPresent(node)) capacity[node] = 0;
  }
  for (const NodeFilter* filter : uncoupled_) filter->LimitCapacity(model, 0, capacity);
}

std::int64_t PreparedFilters::CapacityOfUncoupled(const model::ClusterModel& model,
                                                  model::NodeIndex node, std::int64_t limit) const {
  if (refused_everywhere_) return 0;
  std::int64_t capacity = model.Nodes().IsPresent(node) ? limit : 0;
  for (const NodeFilter* filter : uncoupled_) filter->LimitCapacity(model, node, {&capacity, 1});
  return capacity;
}

void PreparedFilters::LimitByCoupling(const model::ClusterModel& model,
                                      std::vector<std::int64_t>& capacity) const {
  if (refused_everywhere_) return;
  for (const NodeFilter* filter : coupling_) filter->LimitCapacity(model, 0, capacity);
}

std::vector<Refusal> PreparedFilters::Explain(const model::ClusterModel& model,
                                              model::NodeIndex node) const {
  if (refused_everywhere_) return {*refused_everywhere_};
  if (only_nodes_ &&
      !std::binary_search(only_nodes_->begin(), only_nodes_->end(), model.Nodes().Name(node))) {
    return {{"node(s) didn't satisfy plugin(s) [" + Join(naming_plugins_) + "]", false}};
  }
  std::vector<Refusal> refusals;
  for (const auto& filter : filters_) {
    filter->Explain(model, node, refusals);
    if (!refusals.empty()) break;
  }
  return refusals;
}

std::vector<ClaimBinding> PreparedFilters::ClaimBindings(const model::ClusterModel& model,
                                                         model::NodeIndex node) const {
  std::vector<ClaimBinding> bindings;
  for (const auto& filter : filters_) filter->AddClaimBindings(model, node, bindings);
  return bindings;
}

void PreparedFilters::OnPlaced(const model::ClusterModel& model, model::NodeIndex node,
                               const model::PodInfo& pods, std::int64_t count) {
  for (NodeFilter* filter : following_) filter->OnPlaced(model, node, pods, count);
}

}  // namespace muster::framework
