#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "scheduler/api/objects.h"

namespace muster::model {

enum class WorkloadKind { kService, kReplicationController, kReplicaSet, kStatefulSet };

/// The pod selectors of the objects that group pods: pods of one group are spread over nodes and
/// zones even if they do not ask for it. Cost: SelectorFor walks the Services of the pod's
/// namespace. Threading: one thread.
class WorkloadSelectors {
 public:
  /// `selector` absent: the object has none, and selects nothing. Services and
  /// ReplicationControllers have labels only, which are match_labels here.
  void Upsert(WorkloadKind kind, const api::NamespacedName& name,
              std::optional<api::LabelSelector> selector);
  void Remove(WorkloadKind kind, const api::NamespacedName& name);

  /// What the pod has in common with its group: the labels of all Services that select it, and the
  /// selector of the object that controls it. Absent when there is no such thing.
  /// Source: kube-scheduler plugins/helper/spread.go DefaultSelector.
  std::optional<api::LabelSelector> SelectorFor(const api::ObjectMeta& pod) const;

 private:
  using Selectors = std::map<api::NamespacedName, std::optional<api::LabelSelector>>;
  const api::LabelSelector* FindController(const api::ObjectMeta& pod,
                                           const api::OwnerReference& owner) const;

  std::map<WorkloadKind, Selectors> by_kind_;
};

}  // namespace muster::model
