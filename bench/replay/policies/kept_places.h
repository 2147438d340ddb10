#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "bench/replay/policy.h"

namespace muster::bench::replay {

/// The places of gangs that were admitted whole: kept from the driver's bind until the gang ends,
/// taken by its executors as they come. Borrows the cluster.
class KeptPlaces {
 public:
  explicit KeptPlaces(ClusterView& cluster) : cluster_(cluster), room_(cluster.workload().nodes) {}

  /// What is neither taken nor kept.
  const NodeRoom& room() const { return room_; }
  /// Binds the driver; `places` has a node for each member.
  void Admit(GangIndex gang, std::vector<NodeIndex> places);
  void AddExecutor(PodRef executor) { executors_.push_back(executor); }
  /// Binds the executors that have come since the last time.
  void BindExecutors();
  /// The gang has ended. False when it was not admitted.
  bool Release(GangIndex gang);

 private:
  void Account(const std::vector<NodeIndex>& places, std::int64_t sign);

  ClusterView& cluster_;
  NodeRoom room_;
  std::map<GangIndex, std::vector<NodeIndex>> places_;
  std::vector<PodRef> executors_;
};

}  // namespace muster::bench::replay
