#pragma once

#include <cstdint>
#include <vector>

namespace muster::topology {

/// Pod sets that want places on nodes, where a place is the same for all: one of a node's pods,
/// say. What one pod takes of a node may differ only by being allowed there or not.
struct PlacesProblem {
  std::vector<std::int64_t> wanted;               // pods of each set
  std::vector<std::vector<std::int64_t>> places;  // of each set: how many each node would take
  std::vector<std::int64_t> node_places;          // of each node, for all sets together
};

/// The most pods that can be placed at once: exact for such problems, and an upper bound where pods
/// of different sets take different amounts. A test oracle and bound, not a placement: a maximum
/// flow cannot say "all of the gang or nothing", nor "as few nodes as it goes".
/// Cost: Boost.Graph's push-relabel, O(vertices^3); for small cases.
std::int64_t MostPlaced(const PlacesProblem& problem);

}  // namespace muster::topology
