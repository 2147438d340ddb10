#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace muster::topology {

/// What a gang asks of its placement; see manifests/README.md for the annotations behind it.
enum class PlacementMode {
  kPack,    // as near together as it goes; placement/packing.h has the objective
  kSpread,  // as few of its executors on one node as it goes
  kNone,    // by the scores of single pods; still whole or not at all
};

/// How much the members of a gang exchange among themselves.
enum class Shuffle { kHeavy, kLight };

/// All members in one domain of this level: if it can be, or else not at all.
struct TopologyRule {
  std::string label;
  bool is_required = false;
};

struct PackingPolicy {
  PlacementMode mode = PlacementMode::kPack;
  Shuffle shuffle = Shuffle::kHeavy;
  /// Absent: the smallest domain that holds the gang.
  std::optional<TopologyRule> topology = std::nullopt;
  std::optional<std::int64_t> executors_per_node_max = std::nullopt;
};

/// A label with one value.
struct NodeLabel {
  std::string key;
  std::string value;
  bool operator==(const NodeLabel&) const = default;
};

/// What labels of nodes mean in this cluster.
struct TopologySettings {
  /// Labels of the levels, the widest domains first. A domain of one level lies in one domain of
  /// every level before it: racks with the same name in two zones are two racks.
  std::vector<std::string> levels;
  /// Nodes with one of these labels may be taken away at any time.
  std::vector<NodeLabel> interruptible;
};

/// Region, zone, rack, node, and how the clouds mark spot nodes.
/// Source: kubernetes.io/docs/reference/labels-annotations-taints; eks.amazonaws.com (managed node
/// groups), karpenter.sh, cloud.google.com (GKE), kubernetes.azure.com (AKS).
TopologySettings DefaultTopologySettings();

}  // namespace muster::topology
