#include "scheduler/model/node_table.h"

#include <algorithm>

#include "scheduler/base/check.h"

namespace muster::model {
namespace {

/// As many changes as are worth following one by one, for clusters of any size.
constexpr std::size_t kLogMin = 4096;

}  // namespace

bool NodeTable::Upsert(const api::Node& node, ResourceNames& names) {
  const NodeIndex index = FindOrAddGhost(node.metadata.name);
  images_.Set(index, node.images);
  ResourceVector allocatable = NodeAmounts(node.allocatable, names);
  const bool changed = !IsPresent(index) || labels_[index] != node.metadata.labels ||
                       taints_[index] != node.taints ||
                       IsUnschedulable(index) != node.unschedulable ||
                       allocatable_[index] != allocatable;
  if (!changed) return false;
  if (!IsPresent(index)) ++present_count_;
  present_[index] = 1;
  unschedulable_[index] = node.unschedulable ? 1 : 0;
  labels_[index] = node.metadata.labels;
  SetTaints(index, node.taints);
  allocatable_[index] = std::move(allocatable);
  described_.Add(index, EntriesMax());
  UpdateFree(index);
  return true;
}

NodeIndex NodeTable::Remove(std::string_view name) {
  const NodeIndex index = Find(name);
  if (index == kNoNode || !IsPresent(index)) return kNoNode;
  --present_count_;
  present_[index] = 0;
  unschedulable_[index] = 0;
  labels_[index].clear();
  SetTaints(index, {});
  allocatable_[index] = ResourceVector{};
  images_.Set(index, {});
  described_.Add(index, EntriesMax());
  UpdateFree(index);
  ForgetIfEmptyGhost(index);
  return index;
}

NodeIndex NodeTable::Find(std::string_view name) const {
  const auto found = index_.find(std::string(name));
  return found == index_.end() ? kNoNode : found->second;
}

NodeIndex NodeTable::FindOrAddGhost(std::string_view name) {
  const NodeIndex found = Find(name);
  return found != kNoNode ? found : Add(name);
}

NodeIndex NodeTable::Add(std::string_view name) {
  NodeIndex index = 0;
  if (!holes_.empty()) {
    index = holes_.back();
    holes_.pop_back();
  } else {
    index = Size();
    names_.emplace_back();
    present_.push_back(0);
    unschedulable_.push_back(0);
    labels_.emplace_back();
    taints_.emplace_back();
    allocatable_.emplace_back();
    requested_.emplace_back();
    non_zero_.emplace_back();
    for (auto* column : {&free_.cpu, &free_.memory, &free_.ephemeral_storage, &free_.pods}) {
      column->push_back(0);
    }
  }
  by_name_.insert(PlaceByName(name), index);
  names_[index] = std::string(name);
  index_.emplace(names_[index], index);
  name_ranks_.clear();
  described_.Add(index, EntriesMax());
  touched_.Forget();
  return index;
}

std::vector<NodeIndex>::iterator NodeTable::PlaceByName(std::string_view name) {
  return std::lower_bound(by_name_.begin(), by_name_.end(), name,
                          [this](NodeIndex node, std::string_view n) { return names_[node] < n; });
}

const std::vector<std::uint32_t>& NodeTable::NameRanks() const {
  if (name_ranks_.empty()) {
    name_ranks_.assign(names_.size(), 0);
    for (std::uint32_t rank = 0; rank < by_name_.size(); ++rank) name_ranks_[by_name_[rank]] = rank;
  }
  return name_ranks_;
}

std::size_t NodeTable::EntriesMax() const { return std::max(kLogMin, names_.size()); }

void NodeTable::UpdateFree(NodeIndex node) {
  const ResourceVector& offers = allocatable_[node];
  const ResourceVector& taken = requested_[node];
  free_.cpu[node] = static_cast<double>(offers.cpu.value - taken.cpu.value);
  free_.memory[node] = static_cast<double>(offers.memory.value - taken.memory.value);
  free_.ephemeral_storage[node] =
      static_cast<double>(offers.ephemeral_storage.value - taken.ephemeral_storage.value);
  free_.pods[node] = static_cast<double>(offers.pods - taken.pods);
  touched_.Add(node, EntriesMax());
}

void NodeTable::SetTaints(NodeIndex node, const std::vector<api::Taint>& taints) {
  const auto counts = [](const std::vector<api::Taint>& of_node) {
    return std::any_of(of_node.begin(), of_node.end(),
                       [](const api::Taint& taint) { return taint.effect == "PreferNoSchedule"; });
  };
  if (counts(taints_[node])) --prefer_no_schedule_count_;
  if (counts(taints)) ++prefer_no_schedule_count_;
  taints_[node] = taints;
}

void NodeTable::Account(NodeIndex node, const ResourceVector& amounts,
                        const NonZeroRequests& non_zero, std::int64_t count) {
  MUSTER_CHECK(node < Size() && !names_[node].empty(), "accounting on a node that is not there");
  AddScaled(requested_[node], amounts, count);
  non_zero_[node].cpu.value += non_zero.cpu.value * count;
  non_zero_[node].memory.value += non_zero.memory.value * count;
  MUSTER_CHECK(requested_[node].pods >= 0, "gave back more pods than were accounted");
  UpdateFree(node);
  if (count < 0) ForgetIfEmptyGhost(node);
}

void NodeTable::ForgetAccounting() {
  for (NodeIndex node = 0; node < Size(); ++node) {
    requested_[node] = ResourceVector{};
    non_zero_[node] = NonZeroRequests{};
    UpdateFree(node);
    if (!names_[node].empty()) ForgetIfEmptyGhost(node);
  }
}

void NodeTable::ForgetIfEmptyGhost(NodeIndex node) {
  if (IsPresent(node) || requested_[node].pods != 0) return;
  MUSTER_CHECK(requested_[node] == ResourceVector{}, "no pods, but something is accounted");
  by_name_.erase(PlaceByName(names_[node]));
  index_.erase(names_[node]);
  names_[node].clear();
  holes_.push_back(node);
  name_ranks_.clear();
  described_.Add(node, EntriesMax());
  touched_.Forget();
}

}  // namespace muster::model
