#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "scheduler/model/node_table.h"
#include "scheduler/topology/packing_policy.h"

/// The objective of packing: how the members of one gang that are alike are divided over nodes.
///
/// 1. The smallest topology domain that holds the gang: one node, one rack, one zone, ..., the
///    cluster. Of several domains of one level the one with the highest value.
/// 2. Inside it the highest value
///
///        V = sum over nodes  own * x^2  -  future * x * (k + K - x)
///
///    x: members that the node gets; k: how many it could take now; K: how many if it were empty.
///    x^2 are the pairs that share a node: the share of an all-to-all exchange that stays inside
///    nodes is sum x^2 / N^2, so that few nodes with many members each win. The second term is what
///    gangs to come lose: with b = (k + K) / 2, half way between the room that the node has and
///    that which it will have again, b^2 - (b - x)^2 = x (k + K - x). It keeps gangs out of large
///    blocks of free room that they do not use up, and small gangs out of large nodes.
///    Gangs that exchange little (light) give the future more weight, themselves less. That the
///    gangs to come want executors of the same size is an assumption; adr/0006 has the measurements
///    behind all of it.
/// 3. Ties end in names.
///
/// Limits (a cap per node, required domains) and what the pods prefer about nodes come before it.
namespace muster::placement {

struct Filled {
  model::NodeIndex node = model::kNoNode;
  std::int64_t count = 0;
};

struct PackingWeights {
  std::int64_t own = 4;
  std::int64_t future = 3;
};

constexpr PackingWeights WeightsOf(topology::Shuffle shuffle) {
  return shuffle == topology::Shuffle::kHeavy ? PackingWeights{4, 3} : PackingWeights{2, 3};
}

/// A node that can take members.
struct Candidate {
  model::NodeIndex node = model::kNoNode;
  std::int64_t room = 0;  // k: members that it takes now, at least 1
  std::int64_t size = 0;  // K: members that it would take if it were empty
};

/// The node's part of V.
constexpr std::int64_t ValueOf(const Candidate& candidate, std::int64_t count,
                               PackingWeights weights) {
  return weights.own * count * count -
         weights.future * count * (candidate.room + candidate.size - count);
}

/// Candidates in classes of equal room (roomy ones may share one), the smallest room first; inside
/// a class by size, then by name.
class RoomOrder {
 public:
  RoomOrder() = default;
  virtual ~RoomOrder() = default;
  RoomOrder(const RoomOrder&) = delete;
  RoomOrder& operator=(const RoomOrder&) = delete;

  virtual std::size_t ClassCount() const = 0;
  /// The next candidate of the class that was not given yet.
  virtual std::optional<Candidate> Next(std::size_t room_class) = 0;
};

struct PackingPlan {
  std::vector<Filled> fills;
  std::int64_t value = 0;  // V
};

/// Divides `count` members over the candidates so that V is high: one node if one holds them all,
/// of these the best; else nodes are used up one after the other, the most valuable for each member
/// first, and what is left goes where it is worth most; of all the points where that could end, the
/// best. Not always the highest V (that is a knapsack): test/placement/packing_quality_test.cc
/// measures the distance. With too few places all are filled.
/// Cost: O(nodes filled x classes).
PackingPlan PlanFill(RoomOrder& order, std::int64_t count, PackingWeights weights);

/// The candidate that takes all of `count` and is worth most. Cost: O(classes).
std::optional<Candidate> BestHolder(RoomOrder& order, std::int64_t count);

/// As the first PlanFill, for candidates in any order. Cost: plus sorting them.
PackingPlan PlanFill(std::vector<Candidate> candidates, const model::NodeTable& nodes,
                     std::int64_t count, PackingWeights weights);

/// Only the next step, for gangs of which each step changes what the other nodes can take: a node
/// that takes all that is left, else the most valuable for each member. No members when there are
/// no candidates. Cost: O(candidates).
Filled FillOneNode(std::span<const Candidate> candidates, const model::NodeTable& nodes,
                   std::int64_t count, PackingWeights weights);

}  // namespace muster::placement
