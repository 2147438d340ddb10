#include "scheduler/model/workload_selectors.h"

#include <algorithm>

#include "scheduler/model/selectors.h"

namespace muster::model {
namespace {

using api::WorkloadKind;

const api::OwnerReference* ControllerOf(const api::ObjectMeta& pod) {
  const auto found =
      std::find_if(pod.owner_references.begin(), pod.owner_references.end(),
                   [](const api::OwnerReference& owner) { return owner.controller; });
  return found == pod.owner_references.end() ? nullptr : &*found;
}

std::optional<WorkloadKind> KindOf(const api::OwnerReference& owner) {
  if (owner.api_version == "v1" && owner.kind == "ReplicationController") {
    return WorkloadKind::kReplicationController;
  }
  if (owner.api_version != "apps/v1") return std::nullopt;
  if (owner.kind == "ReplicaSet") return WorkloadKind::kReplicaSet;
  if (owner.kind == "StatefulSet") return WorkloadKind::kStatefulSet;
  return std::nullopt;
}

}  // namespace

void WorkloadSelectors::Upsert(const api::Workload& seen) {
  by_kind_[seen.kind][api::NameOf(seen.metadata)] = seen.selector;
}

void WorkloadSelectors::Remove(WorkloadKind kind, const api::NamespacedName& name) {
  by_kind_[kind].erase(name);
}

std::optional<api::LabelSelector> WorkloadSelectors::SelectorFor(const api::ObjectMeta& pod) const {
  if (by_kind_.empty()) return std::nullopt;
  api::LabelSelector common;
  if (const auto services = by_kind_.find(WorkloadKind::kService); services != by_kind_.end()) {
    for (auto service = services->second.lower_bound({pod.namespace_name, ""});
         service != services->second.end() && service->first.namespace_name == pod.namespace_name;
         ++service) {
      if (!Matches(service->second, pod.labels)) continue;
      for (const auto& [key, value] : service->second->match_labels) {
        common.match_labels.insert_or_assign(key, value);
      }
    }
  }
  if (const api::OwnerReference* owner = ControllerOf(pod)) {
    if (const api::LabelSelector* selector = FindController(pod, *owner)) {
      const bool overrides = owner->kind == "ReplicationController";
      for (const auto& [key, value] : selector->match_labels) {
        if (overrides) {
          common.match_labels.insert_or_assign(key, value);
        } else {
          common.match_expressions.push_back({key, "In", {value}});
        }
      }
      common.match_expressions.insert(common.match_expressions.end(),
                                      selector->match_expressions.begin(),
                                      selector->match_expressions.end());
    }
  }
  if (common == api::LabelSelector{}) return std::nullopt;
  return common;
}

const api::LabelSelector* WorkloadSelectors::FindController(
    const api::ObjectMeta& pod, const api::OwnerReference& owner) const {
  const auto kind = KindOf(owner);
  if (!kind) return nullptr;
  const auto selectors = by_kind_.find(*kind);
  if (selectors == by_kind_.end()) return nullptr;
  const auto found = selectors->second.find({pod.namespace_name, owner.name});
  return found == selectors->second.end() || !found->second ? nullptr : &*found->second;
}

}  // namespace muster::model
