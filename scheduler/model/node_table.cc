#include "scheduler/model/node_table.h"

#include "scheduler/base/check.h"

namespace muster::model {

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
  taints_[index] = node.taints;
  allocatable_[index] = std::move(allocatable);
  return true;
}

NodeIndex NodeTable::Remove(std::string_view name) {
  const NodeIndex index = Find(name);
  if (index == kNoNode || !IsPresent(index)) return kNoNode;
  --present_count_;
  present_[index] = 0;
  unschedulable_[index] = 0;
  labels_[index].clear();
  taints_[index].clear();
  allocatable_[index] = ResourceVector{};
  images_.Set(index, {});
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
  }
  names_[index] = std::string(name);
  index_.emplace(names_[index], index);
  return index;
}

void NodeTable::Account(NodeIndex node, const ResourceVector& amounts,
                        const NonZeroRequests& non_zero, std::int64_t count) {
  MUSTER_CHECK(node < Size() && !names_[node].empty(), "accounting on a node that is not there");
  AddScaled(requested_[node], amounts, count);
  non_zero_[node].cpu.value += non_zero.cpu.value * count;
  non_zero_[node].memory.value += non_zero.memory.value * count;
  MUSTER_CHECK(requested_[node].pods >= 0, "gave back more pods than were accounted");
  if (count < 0) ForgetIfEmptyGhost(node);
}

void NodeTable::ForgetAccounting() {
  for (NodeIndex node = 0; node < Size(); ++node) {
    requested_[node] = ResourceVector{};
    non_zero_[node] = NonZeroRequests{};
    if (!names_[node].empty()) ForgetIfEmptyGhost(node);
  }
}

void NodeTable::ForgetIfEmptyGhost(NodeIndex node) {
  if (IsPresent(node) || requested_[node].pods != 0) return;
  MUSTER_CHECK(requested_[node] == ResourceVector{}, "no pods, but something is accounted");
  index_.erase(names_[node]);
  names_[node].clear();
  holes_.push_back(node);
}

}  // namespace muster::model
