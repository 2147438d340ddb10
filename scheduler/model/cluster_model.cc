#include "scheduler/model/cluster_model.h"

#include <algorithm>
#include <utility>

#include "scheduler/base/check.h"

namespace muster::model {

ClusterModel::Change ClusterModel::PlacePod(std::string_view uid, NodeIndex node, PodInfoPtr info) {
  PlacedPod& pod = pods_[std::string(uid)];
  if (pod.node == node && SameForOthers(*pod.info, *info)) return Change::kNothing;
  const bool same_room = pod.node == node && pod.info->amounts == info->amounts;
  // First put, then take: a ghost that both touch must not be forgotten in between.
  const PlacedPod before = std::exchange(pod, PlacedPod{std::string(uid), node, std::move(info)});
  Put(node, pod.info, 1, &pod);
  if (before.node != kNoNode) Take(before.node, before.info, 1, &pod);
  return same_room ? Change::kAppearance : Change::kPlaceOrSize;
}

NodeIndex ClusterModel::RemovePod(std::string_view uid) {
  const auto found = pods_.find(std::string(uid));
  if (found == pods_.end()) return kNoNode;
  const PlacedPod& pod = found->second;
  const NodeIndex node = pod.node;
  const PodInfoPtr info = pod.info;
  Take(node, info, 1, &pod);
  pods_.erase(found);
  return node;
}

const PlacedPod* ClusterModel::FindPod(std::string_view uid) const {
  const auto found = pods_.find(std::string(uid));
  return found == pods_.end() ? nullptr : &found->second;
}

NodeIndex ClusterModel::NodeOfPod(std::string_view uid) const {
  const PlacedPod* pod = FindPod(uid);
  return pod == nullptr ? kNoNode : pod->node;
}

void ClusterModel::HoldPlaces(NodeIndex node, const PodInfoPtr& info, std::int64_t count) {
  if (count > 0) Put(node, info, count, nullptr);
  if (count < 0) Take(node, info, -count, nullptr);
}

std::span<const PodsOnNode> ClusterModel::PodsOn(NodeIndex node) const {
  if (node >= pods_on_.size()) return {};
  return pods_on_[node];
}

void ClusterModel::Put(NodeIndex node, const PodInfoPtr& info, std::int64_t count,
                       const PlacedPod* pod) {
  nodes_.Account(node, info->amounts, info->non_zero, count);
  if (node >= pods_on_.size()) {
    pods_on_.resize(nodes_.Size());
    required_anti_affinity_on_.resize(nodes_.Size(), 0);
    with_affinity_on_.resize(nodes_.Size(), 0);
  }
  if (pod != nullptr) pods_by_priority_[info->priority] += count;
  std::vector<PodsOnNode>& here = pods_on_[node];
  CountAffinity(node, *info, count);
  // Places are held and given back in turns: the last entry is the likely one.
  if (pod == nullptr && !here.empty() && here.back().pod == nullptr && here.back().info == info) {
    here.back().count += count;
    return;
  }
  here.push_back({info, count, pod});
}

void ClusterModel::Take(NodeIndex node, const PodInfoPtr& info, std::int64_t count,
                        const PlacedPod* pod) {
  std::vector<PodsOnNode>& here = pods_on_[node];
  std::int64_t missing = count;
  for (auto entry = here.rbegin(); entry != here.rend() && missing > 0;) {
    if (entry->pod != pod || entry->info != info) {
      ++entry;
      continue;
    }
    const std::int64_t taken = std::min(missing, entry->count);
    missing -= taken;
    entry->count -= taken;
    if (entry->count == 0) {
      entry = std::make_reverse_iterator(here.erase(std::next(entry).base()));
    }
  }
  MUSTER_CHECK(missing == 0, "gave back more places than were held");
  if (pod != nullptr) {
    const auto entry = pods_by_priority_.find(info->priority);
    entry->second -= count;
    if (entry->second == 0) pods_by_priority_.erase(entry);
  }
  CountAffinity(node, *info, -count);
  nodes_.Account(node, info->amounts, info->non_zero, -count);
}

void ClusterModel::CountAffinity(NodeIndex node, const PodInfo& info, std::int64_t count) {
  if (info.rare == nullptr) return;
  const auto& terms = info.rare->pod_anti_affinity.required;
  if (!terms.empty()) {
    required_anti_affinity_on_[node] += count;
    const auto entry = required_anti_affinities_.try_emplace({info.namespace_name, terms}).first;
    entry->second += count;
    if (entry->second == 0) required_anti_affinities_.erase(entry);
  }
  if (info.rare->pod_affinity == api::PodAffinity{} &&
      info.rare->pod_anti_affinity == api::PodAffinity{}) {
    return;
  }
  with_affinity_on_[node] += count;
  with_affinity_ += count;
}

std::int64_t ClusterModel::CountWithAffinityOn(NodeIndex node) const {
  return node < with_affinity_on_.size() ? with_affinity_on_[node] : 0;
}

std::optional<std::int32_t> ClusterModel::LowestPriority() const {
  if (pods_by_priority_.empty()) return std::nullopt;
  return pods_by_priority_.begin()->first;
}

ClusterModel ClusterModel::WithoutPods() const {
  ClusterModel empty;
  empty.nodes_ = nodes_;
  empty.nodes_.ForgetAccounting();
  empty.names_ = names_;
  empty.storage_ = storage_;
  empty.namespaces_ = namespaces_;
  empty.budgets_ = budgets_;
  empty.workloads_ = workloads_;
  return empty;
}

}  // namespace muster::model
