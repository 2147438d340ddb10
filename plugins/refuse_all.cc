#include "plugins/refuse_all.h"

#include <algorithm>

namespace muster::plugins {

std::optional<framework::Refusal> RefuseAll::RefusesEverywhere() const {
  return framework::Refusal{reason_, false};
}

void RefuseAll::LimitCapacity(const model::ClusterModel& /*model*/, model::NodeIndex /*first*/,
                              std::span<std::int64_t> capacity) const {
  std::fill(capacity.begin(), capacity.end(), 0);
}

void RefuseAll::Explain(const model::ClusterModel& /*model*/, model::NodeIndex /*node*/,
                        std::vector<framework::Refusal>& refusals) const {
  refusals.push_back({reason_, false});
}

}  // namespace muster::plugins
