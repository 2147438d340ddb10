#include "plugins/inter_pod_affinity/affinity_counts.h"

#include <algorithm>

namespace muster::plugins {

using model::NodeIndex;
using model::PodInfo;

AffinityCounts::AffinityCounts(const framework::PodSetView& pod_set,
                               const model::ClusterModel& model)
    : info_(pod_set.info),
      model_(model),
      affinity_(IncomingTerms(pod_set.pod.spec.pod_affinity.required, pod_set.info.namespace_name,
                              model.Namespaces())),
      anti_affinity_(IncomingTerms(pod_set.pod.spec.pod_anti_affinity.required,
                                   pod_set.info.namespace_name, model.Namespaces())),
      meets_its_own_affinity_(MatchesAll(affinity_, pod_set.info)) {
  if (const api::StringMap* labels = model.Namespaces().Labels(pod_set.info.namespace_name)) {
    namespace_labels_ = *labels;
  }
  for (const IncomingTerm& term : affinity_) {
    affinity_topologies_.push_back(TopologyOf(term.term->topology_key));
  }
  for (const IncomingTerm& term : anti_affinity_) TopologyOf(term.term->topology_key);
  CountPods();
  for (const Hit& hit : HitsOfMember(pod_set.info)) {
    if (hit.rule != Rule::kAffinity) topologies_[hit.topology].repels_itself = true;
  }
  for (const model::PodInfoPtr& companion : pod_set.companions) HitsOfMember(*companion);
}

void AffinityCounts::CountPods() {
  const bool has_terms = !affinity_.empty() || !anti_affinity_.empty();
  if (!has_terms && model_.CountWithRequiredAntiAffinity() == 0) return;
  std::vector<Hit> hits;
  for (NodeIndex node = 0; node < model_.Nodes().Size(); ++node) {
    if (!model_.Nodes().IsPresent(node)) continue;
    if (!has_terms && !model_.HasRequiredAntiAffinityOn(node)) continue;
    for (const model::PodsOnNode& entry : model_.PodsOn(node)) {
      hits.clear();
      FindHits(*entry.info, hits);
      AddHits(node, hits, entry.count);
    }
  }
}

void AffinityCounts::FindHits(const PodInfo& pods, std::vector<Hit>& hits) {
  if (MatchesAll(affinity_, pods)) {
    for (const std::size_t topology : affinity_topologies_) {
      hits.push_back({topology, Rule::kAffinity});
    }
  }
  for (const IncomingTerm& term : anti_affinity_) {
    if (!Matches(term, pods)) continue;
    hits.push_back({TopologyOf(term.term->topology_key), Rule::kAntiAffinity});
  }
  if (pods.rare == nullptr) return;
  const auto& terms = pods.rare->pod_anti_affinity.required;
  if (!TermsError(terms).empty()) return;
  for (const api::PodAffinityTerm& term : terms) {
    if (!MeansIncoming(term, pods, info_, namespace_labels_)) continue;
    hits.push_back({TopologyOf(term.topology_key), Rule::kOthersAntiAffinity});
  }
}

const std::vector<AffinityCounts::Hit>& AffinityCounts::HitsOfMember(const PodInfo& pods) {
  const auto known = std::find_if(members_.begin(), members_.end(),
                                  [&](const Member& member) { return member.pods == &pods; });
  if (known != members_.end()) return known->hits;
  Member member{&pods, {}};
  FindHits(pods, member.hits);
  members_.push_back(std::move(member));
  return members_.back().hits;
}

void AffinityCounts::Add(NodeIndex node, const PodInfo& pods, std::int64_t count) {
  AddHits(node, HitsOfMember(pods), count);
}

void AffinityCounts::AddHits(NodeIndex node, const std::vector<Hit>& hits, std::int64_t count) {
  for (const Hit& hit : hits) {
    Topology& topology = topologies_[hit.topology];
    const TopologyDomains::Domain domain = topology.domains.Of(node);
    if (domain == TopologyDomains::kNone) continue;
    switch (hit.rule) {
      case Rule::kAffinity:
        topology.affinity[domain] += count;
        affinity_hits_ += count;
        break;
      case Rule::kAntiAffinity:
        topology.anti_affinity[domain] += count;
        break;
      case Rule::kOthersAntiAffinity:
        topology.others_anti_affinity[domain] += count;
        break;
    }
  }
}

std::size_t AffinityCounts::TopologyOf(const std::string& key) {
  const auto known = std::find_if(topologies_.begin(), topologies_.end(),
                                  [&](const Topology& topology) { return topology.key == key; });
  if (known != topologies_.end()) {
    return static_cast<std::size_t>(known - topologies_.begin());
  }
  TopologyDomains domains(model_.Nodes(), key);
  const std::vector<std::int64_t> none(domains.Count(), 0);
  topologies_.push_back({key, std::move(domains), none, none, none});
  return topologies_.size() - 1;
}

bool AffinityCounts::GangCounts() const {
  return std::any_of(members_.begin(), members_.end(),
                     [](const Member& member) { return !member.hits.empty(); });
}

bool AffinityCounts::GangCountsElsewhere() const {
  // The first pod that affinity means ends the exception for the first, on every node.
  return std::any_of(members_.begin(), members_.end(), [this](const Member& member) {
    return std::any_of(member.hits.begin(), member.hits.end(), [this](const Hit& hit) {
      return hit.rule == Rule::kAffinity || !topologies_[hit.topology].domains.EachNodeItsOwn();
    });
  });
}

bool AffinityCounts::Refuses(NodeIndex node, Rule& by) const {
  if (!MeetsAffinity(node)) {
    by = Rule::kAffinity;
    return true;
  }
  if (IsRefusedBy(&Topology::anti_affinity, node)) {
    by = Rule::kAntiAffinity;
    return true;
  }
  by = Rule::kOthersAntiAffinity;
  return IsRefusedBy(&Topology::others_anti_affinity, node);
}

bool AffinityCounts::RepelsItself(NodeIndex node) const {
  return std::any_of(topologies_.begin(), topologies_.end(), [node](const Topology& topology) {
    return topology.repels_itself && topology.domains.Of(node) != TopologyDomains::kNone;
  });
}

bool AffinityCounts::MeetsAffinity(NodeIndex node) const {
  bool pods_exist = true;
  for (const std::size_t index : affinity_topologies_) {
    const Topology& topology = topologies_[index];
    const TopologyDomains::Domain domain = topology.domains.Of(node);
    if (domain == TopologyDomains::kNone) return false;
    pods_exist = pods_exist && topology.affinity[domain] > 0;
  }
  // The first pod of a group whose pods want to be together has nobody to be near to.
  return pods_exist || (affinity_hits_ == 0 && meets_its_own_affinity_);
}

bool AffinityCounts::IsRefusedBy(std::vector<std::int64_t> Topology::* counts,
                                 NodeIndex node) const {
  return std::any_of(topologies_.begin(), topologies_.end(), [&](const Topology& topology) {
    const TopologyDomains::Domain domain = topology.domains.Of(node);
    return domain != TopologyDomains::kNone && (topology.*counts)[domain] > 0;
  });
}

}  // namespace muster::plugins
