#pragma once

#include <map>
#include <optional>

#include "scheduler/api/objects.h"
#include "scheduler/api/workload.h"

namespace muster::model {

/// The pod selectors of the objects that group pods: pods of one group are spread over nodes and
/// zones even if they do not ask for it. Cost: SelectorFor walks the Services of the pod's
/// namespace. Memory: a name and a selector for each, about 300 bytes. Threading: one thread.
class WorkloadSelectors {
 public:
  void Upsert(const api::Workload& seen);
  void Remove(api::WorkloadKind kind, const api::NamespacedName& name);

  /// What the pod has in common with its group: the labels of all Services that select it, and the
  /// selector of the object that controls it. Absent when there is no such thing.
  /// Source: kube-scheduler plugins/helper/spread.go DefaultSelector.
  std::optional<api::LabelSelector> SelectorFor(const api::ObjectMeta& pod) const;

 private:
  using Selectors = std::map<api::NamespacedName, std::optional<api::LabelSelector>>;
  const api::LabelSelector* FindController(const api::ObjectMeta& pod,
                                           const api::OwnerReference& owner) const;

  std::map<api::WorkloadKind, Selectors> by_kind_;
};

}  // namespace muster::model
