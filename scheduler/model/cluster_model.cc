#include "scheduler/model/cluster_model.h"

namespace muster::model {

bool ClusterModel::PlacePod(std::string_view uid, NodeIndex node, const ResourceVector& amounts) {
  PlacedPod& pod = pods_[std::string(uid)];
  if (pod.node == node && pod.amounts == amounts) return false;
  const PlacedPod before = pod;
  pod = {node, amounts};
  // First add, then give back: a ghost that both touch must not be forgotten in between.
  nodes_.Account(node, amounts, 1);
  if (before.node != kNoNode) nodes_.Account(before.node, before.amounts, -1);
  return true;
}

NodeIndex ClusterModel::RemovePod(std::string_view uid) {
  const auto found = pods_.find(std::string(uid));
  if (found == pods_.end()) return kNoNode;
  const PlacedPod pod = std::move(found->second);
  pods_.erase(found);
  nodes_.Account(pod.node, pod.amounts, -1);
  return pod.node;
}

NodeIndex ClusterModel::NodeOfPod(std::string_view uid) const {
  const auto found = pods_.find(std::string(uid));
  return found == pods_.end() ? kNoNode : found->second.node;
}

ClusterModel ClusterModel::WithoutPods() const {
  ClusterModel empty;
  empty.nodes_ = nodes_;
  empty.nodes_.ForgetAccounting();
  empty.names_ = names_;
  empty.storage_ = storage_;
  empty.namespaces_ = namespaces_;
  empty.budgets_ = budgets_;
  return empty;
}

}  // namespace muster::model
