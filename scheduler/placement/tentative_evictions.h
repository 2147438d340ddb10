#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "scheduler/model/cluster_model.h"
#include "scheduler/model/namespace_table.h"
#include "scheduler/placement/eviction_unit.h"

namespace muster::placement {

/// Takes units off the live model to see what would fit without them, in any order and back; what
/// is off when it is destroyed comes back. A pod of several units is off while one of them is.
/// Also counts which disruption budgets are overdrawn. Source of the rule: kube-scheduler,
/// defaultpreemption filterPodsWithPDBViolation; an empty selector selects all pods of its
/// namespace, as policy/v1 has it. Ownership: borrows the model and the units. Threading: one
/// thread. Cost: O(pods of the unit x budgets of their namespace) to prepare, O(pods) a change.
class TentativeEvictions {
 public:
  TentativeEvictions(model::ClusterModel& model, std::span<const EvictionUnit> units);
  ~TentativeEvictions();
  TentativeEvictions(const TentativeEvictions&) = delete;
  TentativeEvictions& operator=(const TentativeEvictions&) = delete;

  void Evict(std::size_t unit);
  void GiveBack(std::size_t unit);
  bool IsEvicted(std::size_t unit) const { return evicted_[unit] != 0; }
  /// Some pod of the unit is off although a budget of its does not allow that many.
  bool ViolatesBudget(std::size_t unit) const;

  struct Pod {
    std::string uid;
    model::NodeIndex node = model::kNoNode;
    model::PodInfoPtr info;
    int evictions = 0;                 // by how many units it is off
    std::vector<std::size_t> budgets;  // that would pay for it
  };
  std::span<const std::size_t> PodsOf(std::size_t unit) const { return pods_of_[unit]; }
  const Pod& At(std::size_t pod) const { return pods_[pod]; }

 private:
  std::size_t Note(const std::string& uid, bool leaving);

  model::ClusterModel& model_;
  std::span<const EvictionUnit> units_;
  std::vector<std::uint8_t> evicted_;              // by unit
  std::vector<std::vector<std::size_t>> pods_of_;  // by unit
  std::vector<Pod> pods_;
  std::map<std::string, std::size_t> index_;  // by UID
  std::vector<std::int64_t> allowances_;      // by budget; negative: overdrawn
};

}  // namespace muster::placement
