#include "scheduler/model/priority_class_table.h"

#include <algorithm>

namespace muster::model {

void PriorityClassTable::Upsert(const api::PriorityClass& seen) {
  classes_.insert_or_assign(seen.metadata.name, seen);
}

void PriorityClassTable::Remove(std::string_view name) {
  if (const auto found = classes_.find(name); found != classes_.end()) classes_.erase(found);
}

std::optional<std::int32_t> PriorityClassTable::PriorityOf(std::string_view class_name) const {
  if (!class_name.empty()) {
    const auto found = classes_.find(class_name);
    return found == classes_.end() ? std::nullopt : std::optional(found->second.value);
  }
  std::optional<std::int32_t> lowest;
  for (const auto& [name, priority_class] : classes_) {
    if (!priority_class.global_default) continue;
    lowest = std::min(lowest.value_or(priority_class.value), priority_class.value);
  }
  return lowest.value_or(0);
}

}  // namespace muster::model
