#include "scheduler/model/namespace_table.h"

namespace muster::model {

bool NamespaceTable::Upsert(const api::Namespace& seen) {
  const auto [position, inserted] = labels_.try_emplace(seen.metadata.name);
  const bool changed = inserted || position->second != seen.metadata.labels;
  position->second = seen.metadata.labels;
  return changed;
}

void NamespaceTable::Remove(std::string_view name) {
  if (const auto found = labels_.find(name); found != labels_.end()) labels_.erase(found);
}

const api::StringMap* NamespaceTable::Labels(std::string_view name) const {
  const auto found = labels_.find(name);
  return found == labels_.end() ? nullptr : &found->second;
}

}  // namespace muster::model
