#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/inter_pod_affinity/affinity_terms.h"
#include "plugins/topology_domains.h"
#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// How often pods in each topology domain are meant by the terms of the pod to be placed, and mean
/// it by theirs. Borrows the pod, its info and the model.
class AffinityCounts {
 public:
  /// Which of the three rules: kube-scheduler keeps one table for each.
  enum class Rule { kAffinity, kAntiAffinity, kOthersAntiAffinity };

  AffinityCounts(const framework::PodSetView& pod_set, const model::ClusterModel& model);

  /// More pods on the node, or fewer. Pods of the gang are looked through once, by address.
  void Add(model::NodeIndex node, const model::PodInfo& pods, std::int64_t count);

  /// True when no pod, placed or to be placed with this one, has anything to do with it.
  bool IsIdle() const { return topologies_.empty(); }
  /// True when pods of the gang change the counts, and when they do so for other nodes.
  bool GangCounts() const;
  bool GangCountsElsewhere() const;

  /// The first rule, in kube-scheduler's order, by which the node refuses one more pod.
  bool Refuses(model::NodeIndex node, Rule& by) const;
  /// Whether a pod of the set keeps the next one off its node.
  bool RepelsItself(model::NodeIndex node) const;

 private:
  struct Topology {
    std::string key;
    TopologyDomains domains;
    // By domain.
    std::vector<std::int64_t> affinity;
    std::vector<std::int64_t> anti_affinity;
    std::vector<std::int64_t> others_anti_affinity;
    bool repels_itself = false;
  };
  /// One term that means pods, or is one of theirs and means the pod to be placed.
  struct Hit {
    std::size_t topology;
    Rule rule;
  };
  struct Member {
    const model::PodInfo* pods;
    std::vector<Hit> hits;
  };

  void CountPods();
  void FindHits(const model::PodInfo& pods, std::vector<Hit>& hits);
  const std::vector<Hit>& HitsOfMember(const model::PodInfo& pods);
  void AddHits(model::NodeIndex node, const std::vector<Hit>& hits, std::int64_t count);
  std::size_t TopologyOf(const std::string& key);
  bool MeetsAffinity(model::NodeIndex node) const;
  bool IsRefusedBy(std::vector<std::int64_t> Topology::* counts, model::NodeIndex node) const;

  const model::PodInfo& info_;  // of the pod to be placed
  const model::ClusterModel& model_;
  std::vector<IncomingTerm> affinity_;
  std::vector<IncomingTerm> anti_affinity_;
  api::StringMap namespace_labels_;
  bool meets_its_own_affinity_;
  std::vector<Topology> topologies_;
  std::vector<std::size_t> affinity_topologies_;  // of the affinity terms
  std::int64_t affinity_hits_ = 0;                // in all domains of all topologies
  std::vector<Member> members_;                   // the sets of the gang
};

}  // namespace muster::plugins
