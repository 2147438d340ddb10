#include "plugins/yes_no_filter.h"

namespace muster::plugins {

void YesNoFilter::LimitCapacity(const model::ClusterModel& model, model::NodeIndex first,
                                std::span<std::int64_t> capacity) const {
  for (model::NodeIndex i = 0; i < capacity.size(); ++i) {
    if (capacity[i] > 0 && Refuses(model.Nodes(), first + i)) capacity[i] = 0;
  }
}

void YesNoFilter::Explain(const model::ClusterModel& model, model::NodeIndex node,
                          std::vector<framework::Refusal>& refusals) const {
  if (Refuses(model.Nodes(), node)) refusals.push_back({Reason(), false});
}

}  // namespace muster::plugins
