#include "scheduler/topology/flow_bound.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/push_relabel_max_flow.hpp>
#include <cstddef>

namespace muster::topology {
namespace {

using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
using Graph = boost::adjacency_list<
    boost::vecS, boost::vecS, boost::directedS, boost::no_property,
    boost::property<
        boost::edge_capacity_t, std::int64_t,
        boost::property<boost::edge_residual_capacity_t, std::int64_t,
                        boost::property<boost::edge_reverse_t, Traits::edge_descriptor>>>>;

void Connect(Graph& graph, std::size_t from, std::size_t to, std::int64_t capacity) {
  const auto forward = boost::add_edge(from, to, graph).first;
  const auto backward = boost::add_edge(to, from, graph).first;
  boost::put(boost::edge_capacity, graph, forward, capacity);
  boost::put(boost::edge_capacity, graph, backward, 0);
  boost::put(boost::edge_reverse, graph, forward, backward);
  boost::put(boost::edge_reverse, graph, backward, forward);
}

}  // namespace

std::int64_t MostPlaced(const PlacesProblem& problem) {
  const std::size_t sets = problem.wanted.size();
  const std::size_t nodes = problem.node_places.size();
  const std::size_t source = sets + nodes;
  const std::size_t sink = source + 1;
  Graph graph(sets + nodes + 2);
  for (std::size_t set = 0; set < sets; ++set) {
    Connect(graph, source, set, problem.wanted[set]);
    for (std::size_t node = 0; node < nodes; ++node) {
      if (problem.places[set][node] > 0) {
        Connect(graph, set, sets + node, problem.places[set][node]);
      }
    }
  }
  for (std::size_t node = 0; node < nodes; ++node) {
    Connect(graph, sets + node, sink, problem.node_places[node]);
  }
  return boost::push_relabel_max_flow(graph, source, sink);
}

}  // namespace muster::topology
