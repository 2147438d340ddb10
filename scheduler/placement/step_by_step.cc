// Placement of gangs with rules that couple nodes: after each node every such rule is asked again.

#include <algorithm>
#include <map>

#include "scheduler/placement/gang_placer.h"
#include "scheduler/placement/packing.h"

namespace muster::placement {
namespace {

using model::NodeIndex;

/// Domains tried for one gang at most: a cluster has few zones, but may have many racks.
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

/// Pods that must share a topology domain by affinity are tried in one domain after the other, and
/// at last wherever the rules let them begin. The first attempt that places all is taken, else the
/// one that places most.
GangPlacer::Outcome GangPlacer::PlaceInDomains() {
  if (!coupled_) return PlaceAll();
  const std::vector<Start> starts = StartsToTry();
  std::vector<const Start*> tries;
  tries.reserve(starts.size() + 1);
  for (const Start& start : starts) tries.push_back(&start);
  tries.push_back(nullptr);
  std::size_t best = 0;
  std::int64_t most = -1;
  for (std::size_t i = 0; i < tries.size(); ++i) {
    tried_start_ = tries[i];
    const Outcome outcome = PlaceAll();
    const bool is_whole = IsWhole(outcome);
    if (is_whole) tried_start_ = nullptr;
    if (is_whole) return outcome;
    if (PlacedOfLargest(outcome) > most) {
      most = PlacedOfLargest(outcome);
      best = i;
    }
    TakeBackTo(0);
  }
  tried_start_ = tries[best];
  const Outcome outcome = PlaceAll();
  tried_start_ = nullptr;
  return outcome;
}

/// In each domain first the whole gang, then only the sets that must be near others, so that the
/// driver leaves them the room where it can.
std::vector<GangPlacer::Start> GangPlacer::StartsToTry() const {
  std::size_t set = 0;
  const std::vector<std::string> keys = AffinityKeys(set);
  if (keys.empty()) return {};
  std::vector<std::uint8_t> with_affinity(sets_.size(), 0);
  for (std::size_t i = 0; i < sets_.size(); ++i) {
    with_affinity[i] = sets_[i].judged->pod.spec.pod_affinity.required.empty() ? 0 : 1;
  }
  const std::vector<std::uint8_t> all(sets_.size(), 1);
  std::vector<Start> starts;
  for (std::vector<std::uint8_t>& domain : DomainsThatHold(set, keys)) {
    if (with_affinity != all) starts.push_back({domain, all});
    starts.push_back({std::move(domain), with_affinity});
  }
  return starts;
}

/// The topology keys under which the largest set with affinity must share a domain, and that set.
std::vector<std::string> GangPlacer::AffinityKeys(std::size_t& set) const {
  std::vector<std::string> keys;
  for (auto index = order_.rbegin(); index != order_.rend() && keys.empty(); ++index) {
    set = *index;
    for (const api::PodAffinityTerm& term : sets_[set].judged->pod.spec.pod_affinity.required) {
      keys.push_back(term.topology_key);
    }
  }
  return keys;
}

/// The nodes of each domain that has room enough for the set, whatever the rules between pods say.
/// The roomiest domain first, ties by name.
std::vector<std::vector<std::uint8_t>> GangPlacer::DomainsThatHold(
    std::size_t set, const std::vector<std::string>& keys) const {
  const Set& wanted = sets_[set];
  api::Pod alone = wanted.judged->pod;
  alone.spec.pod_affinity = {};
  alone.spec.topology_spread.clear();
  const framework::PreparedFilters filters(profile_, {alone, *wanted.judged->info}, model_);
  std::vector<std::int64_t> capacity;
  filters.Capacities(model_, kUnlimited, capacity);
  struct Domain {
    std::int64_t places = 0;
    std::vector<std::uint8_t> nodes;
  };
  std::map<std::vector<std::string>, Domain> by_name;
  for (NodeIndex node = 0; node < capacity.size(); ++node) {
    if (capacity[node] == 0) continue;
    const auto name = DomainOf(model_.Nodes().Labels(node), keys);
    if (!name) continue;
    Domain& domain = by_name[*name];
    domain.places += capacity[node];
    domain.nodes.resize(capacity.size(), 0);
    domain.nodes[node] = 1;
  }
  std::vector<Domain> domains;
  for (auto& [name, domain] : by_name) {
    if (domain.places >= wanted.demand->Enough()) domains.push_back(std::move(domain));
  }
  std::stable_sort(domains.begin(), domains.end(),
                   [](const Domain& a, const Domain& b) { return a.places > b.places; });
  if (domains.size() > kDomainsMax) domains.resize(kDomainsMax);
  std::vector<std::vector<std::uint8_t>> nodes;
  nodes.reserve(domains.size());
  for (Domain& domain : domains) nodes.push_back(std::move(domain.nodes));
  return nodes;
}

/// Places as many pods as the demand asks, or as many as it can, and returns how many.
std::int64_t GangPlacer::FillStepByStep(std::size_t index) {
  Set& set = sets_[index];
  std::vector<std::int64_t> uncoupled;
  set.judged->filters.CapacitiesOfUncoupled(model_, kUnlimited, uncoupled);
  std::int64_t placed = 0;
  while (placed < set.demand->count) {
    set.capacity = uncoupled;
    set.judged->filters.LimitByCoupling(model_, set.capacity);
    KeepToStart(index, set.capacity);
    if (placed == 0) AskPreferences(set);
    const Filled step = NextStep(set, set.demand->count - placed);
    if (step.count == 0) break;
    Place(index, step.node, step.count);
    uncoupled[step.node] = set.judged->filters.CapacityOfUncoupled(model_, step.node, kUnlimited);
    placed += step.count;
  }
  return placed;
}

Filled GangPlacer::NextStep(const Set& set, std::int64_t missing) const {
  using topology::PlacementMode;
  const PlacementMode mode = request_.policy.mode;
  if (mode == PlacementMode::kNone) {
    const std::vector<NodeIndex> nodes = NodesByScore(set);
    return nodes.empty() ? Filled{} : Filled{nodes.front(), 1};
  }
  std::vector<Candidate> candidates = CandidatesOf(set);
  if (candidates.empty()) return {};
  if (mode == PlacementMode::kSpread) {
    std::int64_t fewest = members_[candidates.front().node];
    for (const Candidate& each : candidates) fewest = std::min(fewest, members_[each.node]);
    std::erase_if(candidates, [&](const Candidate& each) { return members_[each.node] > fewest; });
    candidates = TakeMostPreferred(set, candidates);
    const auto roomiest = std::min_element(
        candidates.begin(), candidates.end(), [this](const Candidate& a, const Candidate& b) {
          return a.room != b.room ? a.room > b.room
                                  : model_.Nodes().Name(a.node) < model_.Nodes().Name(b.node);
        });
    return {roomiest->node, 1};
  }
  for (const NodeShare& share : request_.near) {
    const std::int64_t room = CapacityOf(set, share.node);
    if (room > 0) return {share.node, std::min(missing, room)};
  }
  return FillOneNode(TakeMostPreferred(set, candidates), model_.Nodes(), missing, Weights());
}

}  // namespace muster::placement
