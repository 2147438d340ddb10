#pragma once

#include <map>
#include <string>
#include <string_view>

#include "scheduler/api/storage_objects.h"

namespace muster::model {

/// The labels of the namespaces, by name. Cost: O(log n) a look-up; walks are in the order of
/// names. Threading: one thread.
class NamespaceTable {
 public:
  /// True when the labels have changed or the namespace was not there.
  bool Upsert(const api::Namespace& seen);
  void Remove(std::string_view name);

  /// nullptr when there is no such namespace.
  const api::StringMap* Labels(std::string_view name) const;
  const std::map<std::string, api::StringMap, std::less<>>& All() const { return labels_; }

 private:
  std::map<std::string, api::StringMap, std::less<>> labels_;
};

/// The disruption budgets, for those who choose victims.
using DisruptionBudgets = std::map<api::NamespacedName, api::PodDisruptionBudget>;

}  // namespace muster::model
