#include "plugins/pod_topology_spread/soft_spread.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "plugins/pod_topology_spread/constraint.h"
#include "plugins/topology_domains.h"
#include "scheduler/model/selectors.h"

namespace muster::plugins {
namespace {

using model::NodeIndex;

constexpr char kHostname[] = "kubernetes.io/hostname";
constexpr char kZone[] = "topology.kubernetes.io/zone";

std::vector<SpreadConstraint> SystemDefaults(const framework::PodSetView& pod_set,
                                             const model::ClusterModel& model) {
  const auto selector = model.Workloads().SelectorFor(pod_set.pod.metadata);
  if (!selector) return {};
  SpreadConstraint hosts;
  hosts.topology_key = kHostname;
  hosts.max_skew = 3;
  hosts.selector = selector;
  SpreadConstraint zones = hosts;
  zones.topology_key = kZone;
  zones.max_skew = 5;
  return {hosts, zones};
}

/// What the API server takes: anything else would have no score, or one out of range.
bool IsValid(const SpreadConstraint& constraint) {
  return constraint.max_skew >= 1 &&
         (!constraint.selector || model::SelectorError(*constraint.selector).empty());
}

bool HasAllKeys(const api::StringMap& labels, const std::vector<SpreadConstraint>& constraints) {
  return std::all_of(
      constraints.begin(), constraints.end(),
      [&](const SpreadConstraint& constraint) { return labels.contains(constraint.topology_key); });
}

/// The scores of one pod, before and after they are normalized.
class Spreading {
 public:
  Spreading(const framework::PodSetView& pod_set, const model::ClusterModel& model,
            std::span<const NodeIndex> nodes, std::vector<SpreadConstraint> constraints,
            bool needs_all_keys)
      : pod_set_(pod_set),
        model_(model),
        nodes_(nodes),
        constraints_(std::move(constraints)),
        needs_all_keys_(needs_all_keys),
        ignored_(nodes.size(), false),
        sums_(nodes.size(), 0) {
    for (std::size_t i = 0; i < nodes_.size(); ++i) ignored_[i] = Ignores(nodes_[i]);
  }

  void Score(std::span<std::int64_t> scores) {
    for (const SpreadConstraint& constraint : constraints_) {
      if (constraint.topology_key == kHostname) {
        AddHosts(constraint);
      } else {
        AddDomains(constraint);
      }
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      scores[i] = ignored_[i] ? 0 : static_cast<std::int64_t>(std::round(sums_[i]));
    }
    Normalize(scores);
  }

 private:
  bool Ignores(NodeIndex node) const {
    return needs_all_keys_ && !HasAllKeys(model_.Nodes().Labels(node), constraints_);
  }

  std::int64_t CountOn(NodeIndex node, const SpreadConstraint& constraint) const {
    std::int64_t count = 0;
    for (const model::PodsOnNode& pods : model_.PodsOn(node)) {
      if (Counts(constraint, pod_set_.info.namespace_name, *pods.info)) count += pods.count;
    }
    return count;
  }

  /// Domains of few nodes are not to be outweighed by those of many.
  static double WeightOf(std::int64_t domains) {
    return std::log(static_cast<double>(domains + 2));
  }
  static double Sum(std::int64_t count, const SpreadConstraint& constraint, double weight) {
    return static_cast<double>(count) * weight + static_cast<double>(constraint.max_skew - 1);
  }

  void AddHosts(const SpreadConstraint& constraint) {
    const double weight = WeightOf(std::count(ignored_.begin(), ignored_.end(), false));
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (ignored_[i] || !model_.Nodes().Labels(nodes_[i]).contains(kHostname)) continue;
      sums_[i] += Sum(CountOn(nodes_[i], constraint), constraint, weight);
    }
  }

  void AddDomains(const SpreadConstraint& constraint) {
    const TopologyDomains domains(model_.Nodes(), constraint.topology_key);
    std::vector<bool> scored(domains.Count(), false);
    bool without_label = false;  // counts as one more domain
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (ignored_[i]) continue;
      const TopologyDomains::Domain domain = domains.Of(nodes_[i]);
      if (domain == TopologyDomains::kNone) {
        without_label = true;
      } else {
        scored[domain] = true;
      }
    }
    std::vector<std::int64_t> counts(domains.Count(), 0);
    for (NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
      const TopologyDomains::Domain domain = domains.Of(node);
      if (domain == TopologyDomains::kNone || !scored[domain] || Ignores(node)) continue;
      if (!IsIncluded(constraint, pod_set_.pod.spec, model_.Nodes(), node)) continue;
      counts[domain] += CountOn(node, constraint);
    }
    const double weight =
        WeightOf(std::count(scored.begin(), scored.end(), true) + (without_label ? 1 : 0));
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const TopologyDomains::Domain domain = domains.Of(nodes_[i]);
      if (ignored_[i] || domain == TopologyDomains::kNone) continue;
      sums_[i] += Sum(counts[domain], constraint, weight);
    }
  }

  void Normalize(std::span<std::int64_t> scores) const {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    std::int64_t most = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (ignored_[i]) continue;
      least = std::min(least, scores[i]);
      most = std::max(most, scores[i]);
    }
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (ignored_[i]) {
        scores[i] = 0;
      } else if (most == 0) {
        scores[i] = framework::kNodeScoreMax;
      } else {
        scores[i] = framework::kNodeScoreMax * (most + least - scores[i]) / most;
      }
    }
  }

  const framework::PodSetView& pod_set_;
  const model::ClusterModel& model_;
  const std::span<const NodeIndex> nodes_;
  const std::vector<SpreadConstraint> constraints_;
  /// Nodes that lack a key are not scored; the system defaults put up with a missing zone.
  const bool needs_all_keys_;
  std::vector<bool> ignored_;  // in the order of nodes_
  std::vector<double> sums_;
};

class PodTopologySpreadScore final : public framework::ScorePlugin {
 public:
  std::string_view Name() const override { return "PodTopologySpread"; }

  bool Score(const framework::PodSetView& pod_set, const model::ClusterModel& model,
             std::span<const NodeIndex> nodes, std::span<std::int64_t> scores) const override {
    const bool has_own = !pod_set.pod.spec.topology_spread.empty();
    std::vector<SpreadConstraint> constraints =
        has_own ? SoftSpreadConstraints(pod_set) : SystemDefaults(pod_set, model);
    if (constraints.empty()) return false;
    if (!std::all_of(constraints.begin(), constraints.end(), IsValid)) return false;
    Spreading(pod_set, model, nodes, std::move(constraints), has_own).Score(scores);
    return true;
  }
};

}  // namespace

std::unique_ptr<framework::ScorePlugin> MakePodTopologySpreadScore() {
  return std::make_unique<PodTopologySpreadScore>();
}

}  // namespace muster::plugins
