#include "plugins/topology_domains.h"

#include <absl/container/flat_hash_map.h>

#include <string_view>

namespace muster::plugins {

TopologyDomains::TopologyDomains(const model::NodeTable& nodes, const std::string& key) {
  of_.assign(nodes.Size(), kNone);
  absl::flat_hash_map<std::string_view, Domain> numbers;  // lookup only
  for (model::NodeIndex node = 0; node < nodes.Size(); ++node) {
    if (!nodes.IsPresent(node)) continue;
    const auto label = nodes.Labels(node).find(key);
    if (label == nodes.Labels(node).end()) continue;
    const auto [number, is_new] = numbers.try_emplace(label->second, count_);
    if (is_new) ++count_;
    each_node_its_own_ = each_node_its_own_ && is_new;
    of_[node] = number->second;
  }
}

}  // namespace muster::plugins
