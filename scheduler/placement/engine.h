#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scheduler/framework/profile.h"
#include "scheduler/model/statement.h"
#include "scheduler/placement/diagnosis.h"
#include "scheduler/placement/placement_cache.h"
#include "scheduler/topology/packing_policy.h"

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

  /// The application dies with it: it stays off nodes that may be taken away. Limits on executors
  /// are not about it.
  bool is_driver = false;

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
  /// kube-scheduler's words ("0/4 nodes are available: 3 Insufficient cpu, ..."), and nothing else
  /// for a pod on its own; for a gang see GangDiagnosis.
  std::string diagnosis;
  /// Nodes that refuse the set that did not fit for a reason that no eviction can change.
  std::int64_t unresolvable_nodes = 0;
};

/// What a failed attempt says.
struct AttemptDiagnosis {
  enum class Form {
    kNone,
    kFitError,  // only kube-scheduler's part
    kFull,
  };
  Form form = Form::kFull;
  NodeReason instead = nullptr;
};

/// One gang to be placed. Borrows what it names.
struct GangRequest {
  std::span<const PodSetDemand> demands;
  topology::PackingPolicy policy = {};
  /// Nodes that are taken before all others, best first, each named once: the gang's own, for
  /// members that come later. `count`: how many of its executors are there already.
  std::span<const NodeShare> near = {};
  AttemptDiagnosis diagnosis = {};
};

/// What placements work on. `cache` is of this model and profile, and knows the topology.
struct PlacementContext {
  const framework::Profile& profile;
  model::ClusterModel& model;
  PlacementCache& cache;
};

/// Places all pod sets or none. What it places is reserved on `statement`, which the caller
/// commits; after a failure the statement is as it was.
///
/// Rule: the objective of packing.h, for the largest set; the smaller sets go first, pod by pod.
/// Each is placed where it costs the largest set no place that this needs; then where it prefers to
/// be; a driver then off nodes that may be taken away; then in the domain of the others; then where
/// it breaks the least room (the cost of V for the places that it costs); then by the node's name.
/// For one driver and N identical executors this finds a placement whenever there is one: a driver
/// on node d leaves sum(k) - (k(d) - k'(d)) places, k' counting after the driver is on d. A few
/// likely nodes are tried first, and all of them when the best of those leaves too few places.
///
/// Where a rule couples nodes (spread, affinity by zone), the largest set is placed node by node
/// and every rule is asked again after each: for these sets a placement may be missed that another
/// order would find, and domains are only looked at where they are required. Pods that must be
/// together in a topology domain by affinity try the domains, the roomiest first.
///
/// What the pods of a set prefer about nodes themselves (preferred node affinity, taints
/// PreferNoSchedule) goes before the packing, but never before the gang: executors fill the nodes
/// that they prefer before the others. All other scores are not asked: they would pull the gang
/// apart.
///
/// A pod `alone` goes to the node with the highest sum of scores, ties by name.
///
/// Cost: O(nodes x pod sets x levels) for a shape that is not in the cache, else O(nodes touched
/// since it was placed last + nodes filled + domains). With a cap, a required domain, preferences
/// or another mode than packing O(nodes) for each domain tried. Threading: one thread.
Attempt PlaceGang(const PlacementContext& context, model::Statement& statement,
                  const GangRequest& request);

}  // namespace muster::placement
