// Placement of sets with rules that couple nodes: after each node every rule is asked again.

#include <algorithm>
#include <map>
#include <numeric>

#include "scheduler/placement/gang_placer.h"
#include "scheduler/placement/packing.h"

namespace muster::placement {
namespace {

using model::NodeIndex;

/// Attempts of one set at most: a cluster has few zones, but may have many racks.
constexpr std::size_t kDomainsMax = 32;

/// The node's place under all the keys together; absent where it lacks one of them.
std::optional<std::vector<std::string>> DomainOf(const api::StringMap& labels,
                                                 const std::vector<std::string>& keys) {
  std::vector<std::string> values;
  for (const std::string& key : keys) {
    const auto label = labels.find(key);
    if (label == labels.end()) return std::nullopt;
    values.push_back(label->second);
  }
  return values;
}

}  // namespace

/// Places as many pods as the demand asks, or as many as it can. Pods that must share a topology
/// domain are tried in one domain after the other.
std::int64_t GangPlacer::PlaceStepByStep(std::size_t index) {
  Set& set = sets_[index];
  set.judged->filters.Capacities(model_, kUnlimited, set.capacity);
  AskPreferences(set);
  const std::size_t mark = placed_.size();
  const std::vector<std::vector<std::uint8_t>> domains = DomainsToTry(set);
  std::int64_t most = 0;
  std::size_t best = 0;
  for (std::size_t i = 0; i < domains.size(); ++i) {
    const std::int64_t placed = FillStepByStep(index, domains[i]);
    if (placed >= set.demand->count) return placed;
    TakeBackTo(mark);
    if (placed > most) {
      most = placed;
      best = i;
    }
  }
  if (most >= set.demand->Enough()) FillStepByStep(index, domains[best]);
  return most;
}

/// The first node is one of `first_nodes` (by index; empty: any). Returns how many were placed.
std::int64_t GangPlacer::FillStepByStep(std::size_t index,
                                        std::span<const std::uint8_t> first_nodes) {
  Set& set = sets_[index];
  std::int64_t placed = 0;
  while (placed < set.demand->count) {
    set.judged->filters.Capacities(model_, kUnlimited, set.capacity);
    if (placed == 0 && !first_nodes.empty()) {
      for (NodeIndex node = 0; node < set.capacity.size(); ++node) {
        if (first_nodes[node] == 0) set.capacity[node] = 0;
      }
    }
    const Filled step = FillOneNode({model_.Nodes(), set.capacity, set.preference}, preferred_,
                                    set.demand->count - placed);
    if (step.count == 0) break;
    Place(index, step.node, step.count);
    placed += step.count;
  }
  return placed;
}

/// Each entry marks the nodes on which a first pod may start; one empty entry where the start makes
/// no difference. The roomiest domain first, ties by name.
std::vector<std::vector<std::uint8_t>> GangPlacer::DomainsToTry(const Set& set) const {
  std::vector<std::string> keys;
  for (const api::PodAffinityTerm& term : set.judged->pod.spec.pod_affinity.required) {
    keys.push_back(term.topology_key);
  }
  if (keys.empty()) return {{}};
  struct Domain {
    std::int64_t places = 0;
    std::vector<std::string> name;
    std::vector<std::uint8_t> nodes;
  };
  std::map<std::vector<std::string>, Domain> by_name;
  for (NodeIndex node = 0; node < set.capacity.size(); ++node) {
    if (set.capacity[node] == 0) continue;
    auto name = DomainOf(model_.Nodes().Labels(node), keys);
    if (!name) continue;
    Domain& domain = by_name[*name];
    domain.name = std::move(*name);
    domain.places += set.capacity[node];
    domain.nodes.resize(set.capacity.size(), 0);
    domain.nodes[node] = 1;
  }
  if (by_name.size() < 2) return {{}};
  std::vector<Domain> domains;
  for (auto& [name, domain] : by_name) domains.push_back(std::move(domain));
  std::stable_sort(domains.begin(), domains.end(),
                   [](const Domain& a, const Domain& b) { return a.places > b.places; });
  if (domains.size() > kDomainsMax) domains.resize(kDomainsMax);
  std::vector<std::vector<std::uint8_t>> starts;
  for (Domain& domain : domains) starts.push_back(std::move(domain.nodes));
  return starts;
}

}  // namespace muster::placement
