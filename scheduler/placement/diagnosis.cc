#include "scheduler/placement/diagnosis.h"

#include <algorithm>
#include <vector>

namespace muster::placement {
namespace {

/// Of an event's 1,024 bytes, for the refusals of all sets; the rest is for what follows them.
constexpr std::size_t kRefusalsBytesMax = 640;

/// Keeps whole reasons.
std::string Shortened(const std::string& refusals, std::size_t bytes_max) {
  if (refusals.size() <= bytes_max) return refusals;
  const std::size_t last = refusals.rfind(", ", bytes_max);
  return refusals.substr(0, last == refusals.npos ? refusals.find(':') : last) + ", and more.";
}

std::string CountText(const SetFit& set) {
  return std::to_string(set.fitting) + " of " + std::to_string(set.asked) + " " + set.label +
         (set.label.ends_with('s') ? " fit." : " fits.");
}

}  // namespace

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

std::string GangDiagnosis(std::span<const SetFit> sets) {
  const auto refused = std::count_if(sets.begin(), sets.end(),
                                     [](const SetFit& set) { return !set.refusals.empty(); });
  std::string lines;
  std::string fitting;
  for (const SetFit& set : sets) {
    if (set.refusals.empty()) {
      fitting += CountText(set) + "\n";
    } else {
      lines += Shortened(set.refusals, kRefusalsBytesMax / static_cast<std::size_t>(refused)) +
               " " + CountText(set) + "\n";
    }
  }
  return lines + fitting + "The gang is admitted whole or not at all.";
}

}  // namespace muster::placement
