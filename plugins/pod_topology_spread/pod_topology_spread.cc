#include "plugins/pod_topology_spread/pod_topology_spread.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "plugins/pod_topology_spread/constraint.h"
#include "plugins/pod_topology_spread/domain_counts.h"
#include "plugins/refuse_all.h"
#include "plugins/topology_domains.h"
#include "scheduler/model/selectors.h"

namespace muster::plugins {
namespace {

using model::NodeIndex;
using model::PodInfo;

constexpr const char* kSkewed = "node(s) didn't match pod topology spread constraints";
constexpr const char* kNoDomain =
    "node(s) didn't match pod topology spread constraints (missing required label)";
constexpr std::int64_t kAnyNumber = std::numeric_limits<std::int64_t>::max();

/// One constraint with the pods that it counts.
class Spreading {
 public:
  Spreading(SpreadConstraint constraint, const PodInfo& info, const model::NodeTable& nodes)
      : constraint_(std::move(constraint)),
        domains_(nodes, constraint_.topology_key),
        counts_(domains_.Count()),
        included_(nodes.Size(), 0),
        matches_itself_(model::Matches(constraint_.selector, info.labels)),
        counts_itself_(Counts(constraint_, info.namespace_name, info)) {}

  const SpreadConstraint& Constraint() const { return constraint_; }
  bool HasDomain(NodeIndex node) const { return domains_.Of(node) != TopologyDomains::kNone; }

  void Include(NodeIndex node) {
    included_[node] = 1;
    counts_.Include(domains_.Of(node));
  }

  void Add(NodeIndex node, std::int64_t pods) {
    if (included_[node] != 0) counts_.Add(domains_.Of(node), pods);
  }

  /// How many more pods of the set the node takes, one after the other, if they go nowhere else.
  std::int64_t Capacity(NodeIndex node) const {
    const TopologyDomains::Domain domain = domains_.Of(node);
    if (domain == TopologyDomains::kNone) return 0;
    const std::int64_t count = counts_.Of(domain);
    const std::int64_t self = matches_itself_ ? 1 : 0;
    if (count + self - Floor(counts_.Least()) > constraint_.max_skew) return 0;
    if (included_[node] == 0 || !counts_itself_) return kAnyNumber;
    // Each pod raises the domain's number, and the floor too while the domain is the emptiest.
    const std::optional<std::int64_t> others = counts_.LeastBeside(domain);
    if (!others && !IsFloorZero()) return kAnyNumber;
    return constraint_.max_skew + Floor(others) - self - count + 1;
  }

 private:
  /// With too few domains everything is measured from zero.
  bool IsFloorZero() const { return counts_.IncludedCount() < constraint_.min_domains; }

  std::int64_t Floor(std::optional<std::int64_t> least) const {
    if (IsFloorZero()) return 0;
    return least.value_or(std::numeric_limits<std::int32_t>::max());
  }

  SpreadConstraint constraint_;
  TopologyDomains domains_;
  DomainCounts counts_;
  std::vector<std::uint8_t> included_;  // by NodeIndex: pods there are counted
  bool matches_itself_;
  bool counts_itself_;
};

class Filter final : public framework::NodeFilter {
 public:
  Filter(const framework::PodSetView& pod_set, const model::ClusterModel& model,
         std::vector<SpreadConstraint> constraints)
      : namespace_name_(pod_set.info.namespace_name) {
    const model::NodeTable& nodes = model.Nodes();
    for (SpreadConstraint& constraint : constraints) {
      spreadings_.emplace_back(std::move(constraint), pod_set.info, nodes);
    }
    for (NodeIndex node = 0; node < nodes.Size(); ++node) {
      if (!nodes.IsPresent(node) || !HasAllDomains(node)) continue;
      for (Spreading& spreading : spreadings_) {
        if (!IsIncluded(spreading.Constraint(), pod_set.pod.spec, nodes, node)) continue;
        spreading.Include(node);
        for (const model::PodsOnNode& entry : model.PodsOn(node)) {
          if (Counts(spreading.Constraint(), namespace_name_, *entry.info)) {
            spreading.Add(node, entry.count);
          }
        }
      }
    }
    Remember(pod_set.info);
    for (const model::PodInfoPtr& companion : pod_set.companions) Remember(*companion);
  }

  void LimitCapacity(const model::ClusterModel& /*model*/, NodeIndex first,
                     std::span<std::int64_t> capacity) const override {
    for (NodeIndex i = 0; i < capacity.size(); ++i) {
      for (const Spreading& spreading : spreadings_) {
        if (capacity[i] == 0) break;
        capacity[i] = std::min(capacity[i], spreading.Capacity(first + i));
      }
    }
  }

  void Explain(const model::ClusterModel& /*model*/, NodeIndex node,
               std::vector<framework::Refusal>& refusals) const override {
    for (const Spreading& spreading : spreadings_) {
      if (!spreading.HasDomain(node)) {
        refusals.push_back({kNoDomain, false});
        return;
      }
      if (spreading.Capacity(node) == 0) {
        refusals.push_back({kSkewed, true});
        return;
      }
    }
  }

  /// Even where each node is a domain of its own, the emptiest one matters to all others.
  bool CouplesNodes() const override {
    return std::any_of(members_.begin(), members_.end(), [](const Member& member) {
      return std::find(member.counts.begin(), member.counts.end(), 1) != member.counts.end();
    });
  }

  void OnPlaced(const model::ClusterModel& /*model*/, NodeIndex node, const PodInfo& pods,
                std::int64_t count) override {
    const Member& member = Remember(pods);
    for (std::size_t i = 0; i < spreadings_.size(); ++i) {
      if (member.counts[i] != 0) spreadings_[i].Add(node, count);
    }
  }

 private:
  /// Which constraints count the pods of a set of the gang.
  struct Member {
    const PodInfo* pods;
    std::vector<std::uint8_t> counts;  // by constraint
  };

  bool HasAllDomains(NodeIndex node) const {
    return std::all_of(spreadings_.begin(), spreadings_.end(),
                       [node](const Spreading& spreading) { return spreading.HasDomain(node); });
  }

  const Member& Remember(const PodInfo& pods) {
    for (const Member& member : members_) {
      if (member.pods == &pods) return member;
    }
    Member member{&pods, {}};
    for (const Spreading& spreading : spreadings_) {
      member.counts.push_back(Counts(spreading.Constraint(), namespace_name_, pods) ? 1 : 0);
    }
    members_.push_back(std::move(member));
    return members_.back();
  }

  std::string namespace_name_;
  std::vector<Spreading> spreadings_;
  std::vector<Member> members_;
};

class PodTopologySpread final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "PodTopologySpread"; }

  std::unique_ptr<framework::NodeFilter> Prepare(const framework::PodSetView& pod_set,
                                                 const model::ClusterModel& model) const override {
    std::string error = HardSpreadConstraintsError(pod_set.pod.spec);
    if (!error.empty()) return std::make_unique<RefuseAll>(std::move(error));
    std::vector<SpreadConstraint> constraints = HardSpreadConstraints(pod_set);
    if (constraints.empty()) return nullptr;
    return std::make_unique<Filter>(pod_set, model, std::move(constraints));
  }

  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/,
                framework::PodSetKey& /*key*/) const override {
    return pod_set.pod.spec.topology_spread.empty();
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakePodTopologySpread() {
  return std::make_unique<PodTopologySpread>();
}

}  // namespace muster::plugins
