#include "plugins/inter_pod_affinity/preferred_pod_affinity.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scheduler/model/selectors.h"

namespace muster::plugins {
namespace {

constexpr std::int64_t kHardPodAffinityWeight = 1;

bool NamesNamespace(const api::PodAffinityTerm& term, const std::string& owner_namespace,
                    const std::string& namespace_name) {
  if (term.namespaces.empty() && !term.namespace_selector) return owner_namespace == namespace_name;
  return std::find(term.namespaces.begin(), term.namespaces.end(), namespace_name) !=
         term.namespaces.end();
}

/// The sums of weights in each topology domain in which there is something to like or to dislike.
class DomainScores {
 public:
  void Add(const std::string& topology_key, const api::StringMap& labels, std::int64_t weight) {
    const auto label = labels.find(topology_key);
    if (label != labels.end()) by_key_[topology_key][label->second] += weight;
  }

  bool Empty() const { return by_key_.empty(); }

  std::int64_t Of(const api::StringMap& labels) const {
    std::int64_t sum = 0;
    for (const auto& [key, scores] : by_key_) {
      const auto label = labels.find(key);
      if (label == labels.end()) continue;
      const auto score = scores.find(label->second);
      if (score != scores.end()) sum += score->second;
    }
    return sum;
  }

 private:
  /// Lookup only; the values belong to the model, which outlives a scoring.
  using ScoreByValue = absl::flat_hash_map<std::string_view, std::int64_t>;
  std::map<std::string, ScoreByValue> by_key_;
};

/// Adds up what the pod and the pods that are placed say of each other.
class Affinities {
 public:
  Affinities(const framework::PodSetView& pod_set, const model::ClusterModel& model)
      : pod_(pod_set.info), spec_(pod_set.pod.spec), model_(model) {
    static const api::StringMap none;
    const api::StringMap* labels = model.Namespaces().Labels(pod_.namespace_name);
    namespace_labels_ = labels == nullptr ? &none : labels;
  }

  DomainScores Sum() {
    const bool asks_all =
        !spec_.pod_affinity.preferred.empty() || !spec_.pod_anti_affinity.preferred.empty();
    if (!asks_all && model_.CountWithAffinity() == 0) return {};
    for (model::NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
      if (!model_.Nodes().IsPresent(node)) continue;
      if (!asks_all && model_.CountWithAffinityOn(node) == 0) continue;
      for (const model::PodsOnNode& pods : model_.PodsOn(node)) {
        if (asks_all) AddOwnTerms(node, pods);
        if (pods.info->rare != nullptr) AddTermsOf(node, pods);
      }
    }
    return std::move(scores_);
  }

 private:
  void AddOwnTerms(model::NodeIndex node, const model::PodsOnNode& pods) {
    const auto add = [&](const std::vector<api::WeightedPodAffinityTerm>& terms,
                         std::int64_t sign) {
      for (const api::WeightedPodAffinityTerm& weighted : terms) {
        if (!OwnTermMatches(weighted.term, *pods.info)) continue;
        scores_.Add(weighted.term.topology_key, model_.Nodes().Labels(node),
                    sign * weighted.weight * pods.count);
      }
    };
    add(spec_.pod_affinity.preferred, 1);
    add(spec_.pod_anti_affinity.preferred, -1);
  }

  void AddTermsOf(model::NodeIndex node, const model::PodsOnNode& pods) {
    const auto add = [&](const api::PodAffinityTerm& term, std::int64_t weight) {
      if (!TermOfOtherMatches(term, *pods.info)) return;
      scores_.Add(term.topology_key, model_.Nodes().Labels(node), weight * pods.count);
    };
    const model::PodInfo::Rare& rare = *pods.info->rare;
    for (const auto& term : rare.pod_affinity.required) add(term, kHardPodAffinityWeight);
    for (const auto& weighted : rare.pod_affinity.preferred) add(weighted.term, weighted.weight);
    for (const auto& weighted : rare.pod_anti_affinity.preferred) {
      add(weighted.term, -std::int64_t{weighted.weight});
    }
  }

  bool OwnTermMatches(const api::PodAffinityTerm& term, const model::PodInfo& other) const {
    return OwnTermMatchesNamespace(term, other.namespace_name) &&
           model::Matches(term.label_selector, other.labels);
  }

  bool OwnTermMatchesNamespace(const api::PodAffinityTerm& term,
                               const std::string& namespace_name) const {
    if (NamesNamespace(term, pod_.namespace_name, namespace_name)) return true;
    if (!term.namespace_selector) return false;
    // kube-scheduler asks the selector without labels too, after it has listed what it selects:
    // one with NotIn or DoesNotExist alone selects every namespace.
    if (model::Matches(*term.namespace_selector, api::StringMap{})) return true;
    const api::StringMap* labels = model_.Namespaces().Labels(namespace_name);
    return labels != nullptr && model::Matches(*term.namespace_selector, *labels);
  }

  bool TermOfOtherMatches(const api::PodAffinityTerm& term, const model::PodInfo& other) const {
    return (NamesNamespace(term, other.namespace_name, pod_.namespace_name) ||
            model::Matches(term.namespace_selector, *namespace_labels_)) &&
           model::Matches(term.label_selector, pod_.labels);
  }

  const model::PodInfo& pod_;
  const api::PodSpec& spec_;
  const model::ClusterModel& model_;
  const api::StringMap* namespace_labels_;  // of the pod's namespace
  DomainScores scores_;
};

void Normalize(std::span<std::int64_t> scores) {
  const auto [least, most] = std::minmax_element(scores.begin(), scores.end());
  const std::int64_t low = *least;
  const std::int64_t range = *most - low;
  for (std::int64_t& score : scores) {
    const double share =
        range > 0 ? static_cast<double>(score - low) / static_cast<double>(range) : 0;
    score = static_cast<std::int64_t>(static_cast<double>(framework::kNodeScoreMax) * share);
  }
}

class InterPodAffinityScore final : public framework::ScorePlugin {
 public:
  std::string_view Name() const override { return "InterPodAffinity"; }

  bool Score(const framework::PodSetView& pod_set, const model::ClusterModel& model,
             std::span<const model::NodeIndex> nodes,
             std::span<std::int64_t> scores) const override {
    const DomainScores sums = Affinities(pod_set, model).Sum();
    if (sums.Empty() || nodes.empty()) return false;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      scores[i] = sums.Of(model.Nodes().Labels(nodes[i]));
    }
    Normalize(scores);
    return true;
  }
};

}  // namespace

std::unique_ptr<framework::ScorePlugin> MakeInterPodAffinityScore() {
  return std::make_unique<InterPodAffinityScore>();
}

}  // namespace muster::plugins
