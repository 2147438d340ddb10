#include "scheduler/placement/size_advice.h"

#include <algorithm>
#include <vector>

#include "scheduler/placement/matching_nodes.h"

namespace muster::placement {
namespace {

/// In how many of its resources the node is too small for the pod.
int CountTooSmall(const model::ResourceVector& allocatable, const model::ResourceVector& asked) {
  int count = 0;
  const auto check = [&count](std::int64_t have, std::int64_t ask) {
    count += ask > 0 && ask > have ? 1 : 0;
  };
  check(allocatable.cpu.value, asked.cpu.value);
  check(allocatable.memory.value, asked.memory.value);
  check(allocatable.ephemeral_storage.value, asked.ephemeral_storage.value);
  check(allocatable.pods, asked.pods);
  for (const model::ExtendedAmount& entry : asked.extended) {
    check(allocatable.Extended(entry.resource), entry.amount);
  }
  return count;
}

/// The amounts that matter to the reader: those that are asked for.
std::string Describe(const model::ResourceVector& amounts, const model::ResourceVector& asked,
                     const model::ResourceNames& names) {
  std::string text = "cpu " + Quantity::FromMilli(amounts.cpu.value).ToString();
  text +=
      ", memory " + Quantity::FromUnits(amounts.memory.value, Quantity::Form::kBinary).ToString();
  if (asked.ephemeral_storage.value > 0) {
    text +=
        ", ephemeral-storage " +
        Quantity::FromUnits(amounts.ephemeral_storage.value, Quantity::Form::kBinary).ToString();
  }
  for (const model::ExtendedAmount& entry : asked.extended) {
    text +=
        ", " + names.Name(entry.resource) + " " + std::to_string(amounts.Extended(entry.resource));
  }
  return text;
}

bool Offers(const model::ResourceVector& a, const model::ResourceVector& b) {
  return a.cpu != b.cpu ? a.cpu > b.cpu : a.memory > b.memory;
}

}  // namespace

std::string SizeAdvice(const framework::Profile& profile, const model::ClusterModel& model,
                       const framework::PodSetView& pod_set, const std::string& label) {
  const std::vector<std::uint8_t> matches = MatchingNodes(profile, model, pod_set);
  const model::ResourceVector& asked = pod_set.info.amounts;
  const model::NodeTable& nodes = model.Nodes();
  model::NodeIndex nearest = model::kNoNode;
  int nearest_too_small = 0;
  std::int64_t matching = 0;
  for (model::NodeIndex node = 0; node < nodes.Size(); ++node) {
    if (matches[node] == 0) continue;
    const int too_small = CountTooSmall(nodes.Allocatable(node), asked);
    if (too_small == 0) return "";
    ++matching;
    const bool nearer = nearest == model::kNoNode || too_small < nearest_too_small ||
                        (too_small == nearest_too_small &&
                         Offers(nodes.Allocatable(node), nodes.Allocatable(nearest)));
    if (nearer) {
      nearest = node;
      nearest_too_small = too_small;
    }
  }
  if (nearest == model::kNoNode) return "";
  const model::ResourceVector& offered = nodes.Allocatable(nearest);
  model::ResourceVector fitting = asked;
  fitting.cpu = std::min(fitting.cpu, offered.cpu);
  fitting.memory = std::min(fitting.memory, offered.memory);
  fitting.ephemeral_storage = std::min(fitting.ephemeral_storage, offered.ephemeral_storage);
  for (model::ExtendedAmount& entry : fitting.extended) {
    entry.amount = std::min(entry.amount, offered.Extended(entry.resource));
  }
  return " No node could hold one of the " + label + " even if it were empty: it asks " +
         Describe(asked, asked, model.Names()) + "; the nearest of the " +
         std::to_string(matching) + " nodes that match, " + nodes.Name(nearest) + ", offers " +
         Describe(offered, asked, model.Names()) + ". At most " +
         Describe(fitting, asked, model.Names()) + " would fit.";
}

}  // namespace muster::placement
