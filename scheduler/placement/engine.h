#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scheduler/framework/profile.h"
#include "scheduler/model/statement.h"
#include "scheduler/placement/placement_cache.h"

namespace muster::placement {

/// Identical pods to be placed together with the other sets of their gang. Borrows the pod.
struct PodSetDemand {
  std::string label;  // for the diagnosis: "driver", "executors"
  const api::Pod& pod;
  model::PodInfoPtr info;
  std::int64_t count = 1;
  /// With fewer than `count` places, as many as there are will do, but not fewer than this; absent:
  /// all of them. Only the largest set of a gang can give way.
  std::optional<std::int64_t> count_min = std::nullopt;

  /// A pod on its own, not one of a gang: it goes where kube-scheduler would put it.
  bool alone = false;

  std::int64_t Enough() const { return count_min.value_or(count); }
};

struct NodeShare {
  model::NodeIndex node = model::kNoNode;
  std::int64_t count = 0;
};

/// Where a whole gang goes, or why it cannot: exactly one of the two is set.
struct Attempt {
  /// One entry for each pod set, in the order of the demands; nodes in the order in which they were
  /// filled.
  std::optional<std::vector<std::vector<NodeShare>>> shares;
  /// kube-scheduler's words ("0/4 nodes are available: 3 Insufficient cpu, ..."), then, for a gang,
  /// how many of its members would fit.
  std::string diagnosis;
};

/// Places all pod sets or none. What it places is reserved on `statement`, which the caller
/// commits; after a failure the statement is as it was.
///
/// Rule: the smaller sets go first, pod by pod, each onto the node where it costs the largest set
/// the fewest places. For one driver and N identical executors this finds a placement whenever
/// there is one: a driver on node d leaves sum(k) - (k(d) - k'(d)) places, k' counting after the
/// driver is on d. A few likely nodes are tried first (the roomiest for executors, the tightest for
/// drivers), and all of them when the best of those leaves too few places. The largest set then
/// fills the roomiest nodes first and ends on the tightest node that takes the rest: the most bytes
/// of a shuffle stay inside a node when the sum of squared shares is largest (facts: all-to-all
/// traffic inside = sum of squares / N^2). Ties end in the node's name.
///
/// Where a rule couples nodes (spread, affinity by zone), the largest set is placed node by node
/// and every rule is asked again after each: for these sets a placement may be missed that another
/// order would find. Pods that must be together in a topology domain try the domains, the roomiest
/// first.
///
/// What the pods of a set prefer about nodes themselves (preferred node affinity, taints
/// PreferNoSchedule) goes before the packing, but never before the gang: of the nodes that leave
/// enough places for the largest set, a driver takes one that it prefers; executors fill the nodes
/// that they prefer, the roomiest first, before the others. All other scores are not asked: they
/// would pull the gang apart.
///
/// A pod `alone` goes to the node with the highest sum of scores, ties by name.
///
/// `preferred`: nodes taken before all others, best first (the gang's own, for later members).
/// `cache`: of this model and profile; null: nothing is kept.
/// Cost: O(nodes x pod sets) for a shape that is not in the cache, else O(nodes touched since it
/// was placed last + nodes filled). Threading: one thread.
Attempt PlaceGang(const framework::Profile& profile, model::ClusterModel& model,
                  model::Statement& statement, std::span<const PodSetDemand> demands,
                  std::span<const model::NodeIndex> preferred, PlacementCache* cache = nullptr);

}  // namespace muster::placement
