#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "scheduler/api/storage_objects.h"

namespace muster::model {

/// The PriorityClasses, for pods that do not exist yet: admission turns the name of a class into a
/// number only when a pod is created. Cost: O(log n) by name, O(n) for the default.
/// Threading: one thread. Source: plugin/pkg/admission/priority.
class PriorityClassTable {
 public:
  void Upsert(const api::PriorityClass& seen);
  void Remove(std::string_view name);

  /// The priority that a pod with this class gets. Without a name that of the default class, the
  /// lowest of several, and 0 when there is none; absent when the class is not there.
  std::optional<std::int32_t> PriorityOf(std::string_view class_name) const;

 private:
  std::map<std::string, api::PriorityClass, std::less<>> classes_;
};

}  // namespace muster::model
