#include "plugins/inter_pod_affinity/preferred_pod_affinity.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/inter_pod_affinity/affinity_terms.h"

namespace muster::plugins {
namespace {

constexpr std::int64_t kHardPodAffinityWeight = 1;

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

/// The preferred terms of the pod that is scored, with a sign: anti-affinity is negative.
class PreferredTerms {
 public:
  PreferredTerms(const std::vector<api::WeightedPodAffinityTerm>& terms, std::int64_t sign,
                 const model::PodInfo& pod, const model::NamespaceTable& namespaces) {
    for (const api::WeightedPodAffinityTerm& weighted : terms) {
      terms_.push_back(weighted.term);
      weights_.push_back(sign * weighted.weight);
    }
    prepared_ = IncomingTerms(terms_, pod.namespace_name, namespaces);
  }
  ~PreferredTerms() = default;
  PreferredTerms(const PreferredTerms&) = delete;
  PreferredTerms& operator=(const PreferredTerms&) = delete;

  bool Empty() const { return terms_.empty(); }

  void AddTo(DomainScores& scores, const api::StringMap& labels,
             const model::PodsOnNode& pods) const {
    for (std::size_t i = 0; i < prepared_.size(); ++i) {
      if (!Matches(prepared_[i], *pods.info)) continue;
      scores.Add(terms_[i].topology_key, labels, weights_[i] * pods.count);
    }
  }

 private:
  std::vector<api::PodAffinityTerm> terms_;  // borrowed by prepared_
  std::vector<std::int64_t> weights_;
  std::vector<IncomingTerm> prepared_;
};

/// Adds up what the pod and the pods that are placed say of each other.
class Affinities {
 public:
  Affinities(const framework::PodSetView& pod_set, const model::ClusterModel& model)
      : pod_(pod_set.info),
        model_(model),
        liked_(pod_set.pod.spec.pod_affinity.preferred, 1, pod_, model.Namespaces()),
        disliked_(pod_set.pod.spec.pod_anti_affinity.preferred, -1, pod_, model.Namespaces()) {
    static const api::StringMap none;
    const api::StringMap* labels = model.Namespaces().Labels(pod_.namespace_name);
    namespace_labels_ = labels == nullptr ? &none : labels;
  }

  DomainScores Sum() {
    const bool asks_all = !liked_.Empty() || !disliked_.Empty();
    if (!asks_all && model_.CountWithAffinity() == 0) return {};
    for (model::NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
      if (!model_.Nodes().IsPresent(node)) continue;
      if (!asks_all && model_.CountWithAffinityOn(node) == 0) continue;
      const api::StringMap& labels = model_.Nodes().Labels(node);
      for (const model::PodsOnNode& pods : model_.PodsOn(node)) {
        liked_.AddTo(scores_, labels, pods);
        disliked_.AddTo(scores_, labels, pods);
        if (pods.info->rare != nullptr) AddTermsOf(pods, labels);
      }
    }
    return std::move(scores_);
  }

 private:
  void AddTermsOf(const model::PodsOnNode& pods, const api::StringMap& labels) {
    const auto add = [&](const api::PodAffinityTerm& term, std::int64_t weight) {
      if (!MeansIncoming(term, pods.info->namespace_name, pod_, *namespace_labels_)) return;
      scores_.Add(term.topology_key, labels, weight * pods.count);
    };
    const model::PodInfo::Rare& rare = *pods.info->rare;
    for (const auto& term : rare.pod_affinity.required) add(term, kHardPodAffinityWeight);
    for (const auto& weighted : rare.pod_affinity.preferred) add(weighted.term, weighted.weight);
    for (const auto& weighted : rare.pod_anti_affinity.preferred) {
      add(weighted.term, -std::int64_t{weighted.weight});
    }
  }

  const model::PodInfo& pod_;
  const model::ClusterModel& model_;
  const PreferredTerms liked_;
  const PreferredTerms disliked_;
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
