#include "scheduler/placement/diagnosis.h"

#include <algorithm>
#include <vector>

namespace muster::placement {

NodeRefusals FitError(const model::ClusterModel& model, const framework::PreparedFilters& filters,
                      const NodeReason& instead) {
  const model::NodeTable& nodes = model.Nodes();
  if (nodes.PresentCount() == 0) return {"no nodes available to schedule pods"};
  const std::string head = "0/" + std::to_string(nodes.PresentCount()) + " nodes are available";
  const auto present = static_cast<std::int64_t>(nodes.PresentCount());
  if (filters.RefusedEverywhere() && !instead) {
    const framework::Refusal& refusal = *filters.RefusedEverywhere();
    return {head + ": " + refusal.reason + ".", refusal.resolvable ? 0 : present};
  }
  std::int64_t unresolvable = 0;
  std::map<std::string, std::int64_t> counts;
  for (model::NodeIndex node = 0; node < nodes.Size(); ++node) {
    if (!nodes.IsPresent(node)) continue;
    if (const std::string_view known = instead ? instead(node) : ""; !known.empty()) {
      ++counts[std::string(known)];
      continue;
    }
    bool resolvable = true;
    for (const framework::Refusal& refusal : filters.Explain(model, node)) {
      ++counts[refusal.reason];
      resolvable = resolvable && refusal.resolvable;
    }
    if (!resolvable) ++unresolvable;
  }
  std::vector<std::string> reasons;
  reasons.reserve(counts.size());
  for (const auto& [reason, count] : counts)
    reasons.push_back(std::to_string(count) + " " + reason);
  std::sort(reasons.begin(), reasons.end());

  std::string text = head;
  for (std::size_t i = 0; i < reasons.size(); ++i) text += (i == 0 ? ": " : ", ") + reasons[i];
  return {text + ".", unresolvable};
}

}  // namespace muster::placement
