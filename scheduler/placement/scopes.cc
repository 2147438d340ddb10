// In which topology domains a gang is tried, and what is said when none holds it.

#include <algorithm>
#include <tuple>

#include "scheduler/placement/diagnosis.h"
#include "scheduler/placement/gang_placer.h"

namespace muster::placement {

using model::NodeIndex;
using topology::DomainIndex;

namespace {

/// Domains of one level whose plans are compared: those with the fewest places, which stay whole
/// for nobody else, and those with the most.
constexpr std::size_t kComparedOfEach = 6;
/// Domains tried for one gang that must be in one: a cluster has few zones, but may have many
/// racks.
constexpr std::size_t kRequiredMax = 32;

}  // namespace

/// From the narrowest domains to the widest; nothing when the whole cluster is left to be tried.
std::optional<Attempt> GangPlacer::TryScopes() {
  RefreshCapacity(order_.back());
  const auto tried = [this](const Scope& scope) {
    scope_ = scope;
    if (IsWhole(PlaceAll())) return true;
    TakeBackTo(0);
    RefreshCapacity(order_.back());
    return false;
  };
  if (const auto holder = ScopeOfHolder(); holder && tried(*holder)) return Success();
  const auto levels = sets_[order_.back()].judged->index.Levels();
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    if (!IsNarrowEnough(*level)) continue;
    for (const Scope& scope : ScopesOf(*level)) {
      if (tried(scope)) return Success();
    }
  }
  scope_ = Scope();
  return std::nullopt;
}

/// With a preferred level the levels inside it are free.
bool GangPlacer::IsNarrowEnough(std::size_t level) const {
  const auto& rule = request_.policy.topology;
  const auto preferred = rule ? tree_.FindLevel(rule->label) : std::nullopt;
  return !preferred || level <= *preferred;
}

/// The narrowest domain around the best single node that holds the largest set.
std::optional<Scope> GangPlacer::ScopeOfHolder() const {
  const Set& bulk = sets_[order_.back()];
  if (!request_.near.empty()) return std::nullopt;
  const NodeIndex holder =
      bulk.judged->index.HolderOf(Scope(), bulk.demand->count).value_or(Candidate()).node;
  if (holder == model::kNoNode) return std::nullopt;
  const auto levels = bulk.judged->index.Levels();
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    const DomainIndex domain = tree_.DomainOf(*level, holder);
    if (domain != topology::kNoDomain && IsNarrowEnough(*level)) return Scope{*level, domain};
  }
  return std::nullopt;
}

/// The domains of a level with places enough, the one with the best plan first. Members that come
/// later have only that of the first of their nodes.
std::vector<Scope> GangPlacer::ScopesOf(std::size_t level) const {
  const Set& bulk = sets_[order_.back()];
  const CapacityIndex& index = bulk.judged->index;
  const std::int64_t count = bulk.demand->count;
  if (!request_.near.empty()) {
    const DomainIndex domain = tree_.DomainOf(level, request_.near.front().node);
    if (domain == topology::kNoDomain || index.Places({level, domain}) < count) return {};
    return {{level, domain}};
  }
  using Entry = std::pair<std::int64_t, std::uint32_t>;  // places, rank of the path
  struct Held {
    Entry entry;
    DomainIndex domain = 0;
  };
  std::vector<Held> held;
  for (DomainIndex domain = 0; domain < index.DomainCount(level); ++domain) {
    const std::int64_t places = index.Places({level, domain});
    if (places >= count) held.push_back({{places, tree_.RankOf(level, domain)}, domain});
  }
  if (held.size() > 2 * kComparedOfEach) {
    const auto fewer = [](const Held& a, const Held& b) { return a.entry < b.entry; };
    const auto begin = held.begin();
    const auto low = begin + kComparedOfEach;
    const auto high = held.end() - kComparedOfEach;
    std::nth_element(begin, low, held.end(), fewer);
    std::nth_element(low, high, held.end(), fewer);
    held.erase(low, high);
  }
  struct Ranked {
    std::int64_t value = 0;
    std::uint32_t rank = 0;
    Scope scope;
  };
  std::vector<Ranked> ranked;
  ranked.reserve(held.size());
  for (const Held& each : held) {
    const Scope scope{level, each.domain};
    ranked.push_back({index.Plan(scope, count, Weights()).value, each.entry.second, scope});
  }
  std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return std::make_tuple(-a.value, a.rank) < std::make_tuple(-b.value, b.rank);
  });
  std::vector<Scope> scopes;
  scopes.reserve(ranked.size());
  for (const Ranked& each : ranked) scopes.push_back(each.scope);
  return scopes;
}

/// All members in one domain of the level that the rule names: the first that holds the gang whole,
/// else the one that holds most, if that is enough.
Attempt GangPlacer::TryRequired() {
  const auto level = tree_.FindLevel(request_.policy.topology->label);
  scope_binds_ = true;
  std::vector<Scope> scopes;
  if (level) scopes = RequiredScopes(*level);
  Scope best = Scope::Nowhere();
  std::int64_t most = -1;
  for (const Scope& scope : scopes) {
    scope_ = scope;
    const Outcome outcome = PlaceInDomains();
    if (IsWhole(outcome)) return Success();
    if (PlacedOfLargest(outcome) > most) {
      most = PlacedOfLargest(outcome);
      best = scope;
    }
    TakeBackTo(0);
  }
  scope_ = best;
  const Outcome outcome = PlaceInDomains();
  return IsEnough(outcome) ? Success() : FailRequired(outcome);
}

/// The domains in which the largest set has most places, best plan first among those that hold it;
/// then those that hold less, the roomiest first.
std::vector<Scope> GangPlacer::RequiredScopes(std::size_t level) {
  if (!request_.near.empty()) {
    const DomainIndex domain = tree_.DomainOf(level, request_.near.front().node);
    if (domain != topology::kNoDomain) return {{level, domain}};
    return {};
  }
  scope_ = Scope();
  RefreshCapacity(order_.back());
  const std::int64_t count = sets_[order_.back()].demand->count;
  std::vector<std::vector<Candidate>> of_domain(tree_.DomainCount(level));
  std::vector<std::int64_t> places(tree_.DomainCount(level), 0);
  for (const Candidate& candidate : CandidatesOf(sets_[order_.back()])) {
    const DomainIndex domain = tree_.DomainOf(level, candidate.node);
    if (domain == topology::kNoDomain) continue;
    places[domain] += candidate.room;
    of_domain[domain].push_back(candidate);
  }
  struct Ranked {
    std::int64_t held = 0;  // at most the whole set
    std::int64_t value = 0;
    std::uint32_t rank = 0;
    Scope scope;
  };
  std::vector<Ranked> ranked;
  for (DomainIndex domain = 0; domain < places.size(); ++domain) {
    if (places[domain] == 0) continue;
    const std::int64_t held = std::min(places[domain], count);
    const PackingPlan plan =
        PlanFill(std::move(of_domain[domain]), model_.Nodes(), held, Weights());
    ranked.push_back({held, plan.value, tree_.RankOf(level, domain), {level, domain}});
  }
  std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return std::make_tuple(-a.held, -a.value, a.rank) < std::make_tuple(-b.held, -b.value, b.rank);
  });
  if (ranked.size() > kRequiredMax) ranked.resize(kRequiredMax);
  std::vector<Scope> scopes;
  scopes.reserve(ranked.size());
  for (const Ranked& each : ranked) scopes.push_back(each.scope);
  return scopes;
}

/// Says how much the best domain holds, and whether the cluster as a whole would do.
Attempt GangPlacer::FailRequired(const Outcome& outcome) {
  using Form = AttemptDiagnosis::Form;
  const Scope best = scope_;
  const std::string& label = request_.policy.topology->label;
  Attempt attempt = Fail(outcome);
  if (request_.diagnosis.form != Form::kFull) return attempt;
  attempt.diagnosis += !best.IsNowhere()
                           ? " All of it must be in one domain of " + label + "; the best, " +
                                 tree_.NameOf(*best.level, best.domain) + ", holds that much."
                           : " All of it must be in one domain of " + label +
                                 ", and no node with this label takes any of it.";
  scope_ = Scope();
  scope_binds_ = false;
  const bool fits_anywhere = IsEnough(PlaceInDomains());
  TakeBackTo(0);
  if (fits_anywhere) attempt.diagnosis += " The cluster as a whole has room for it.";
  return attempt;
}

}  // namespace muster::placement
