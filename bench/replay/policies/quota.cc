// Kueue 0.20: an application is admitted as a whole when its sum of requests is free in the quota,
// which is the whole cluster; its pods are then placed one by one by kube-scheduler.

#include <algorithm>
#include <set>
#include <vector>

#include "bench/replay/policies/policies.h"

namespace muster::bench::replay {
namespace {

class QuotaPolicy : public Policy {
 public:
  explicit QuotaPolicy(ClusterView& cluster)
      : cluster_(cluster), pods_(MakePodByPod(cluster, NodeScore::kLeastAllocated)) {
    for (const NodeSpec& node : cluster.workload().nodes) {
      free_.milli_cpu += node.allocatable.milli_cpu;
      free_.memory_mebibytes += node.allocatable.memory_mebibytes;
    }
  }

  void OnPodCreated(PodRef pod) override {
    if (pod.IsDriver()) {
      waiting_.insert(pod.gang);
      has_changed_ = true;
    } else {
      pods_->OnPodCreated(pod);
    }
  }

  void OnGangEnded(GangIndex gang, const std::vector<NodeIndex>& nodes) override {
    pods_->OnGangEnded(gang, nodes);
    if (waiting_.erase(gang) == 0) Charge(gang, -1);
    has_changed_ = true;
  }

  void Decide() override {
    if (std::exchange(has_changed_, false)) AdmitWhatFits();
    pods_->Decide();
  }

  std::optional<Time> WakeAt() const override { return pods_->WakeAt(); }

 private:
  PodShape SumOf(GangIndex gang) const {
    const Workload& workload = cluster_.workload();
    const std::int64_t executors = workload.gangs[static_cast<std::size_t>(gang)].executors;
    return {workload.driver.milli_cpu + executors * workload.executor.milli_cpu,
            workload.driver.memory_mebibytes + executors * workload.executor.memory_mebibytes};
  }

  void Charge(GangIndex gang, std::int64_t sign) {
    const PodShape sum = SumOf(gang);
    free_.milli_cpu -= sign * sum.milli_cpu;
    free_.memory_mebibytes -= sign * sum.memory_mebibytes;
  }

  /// Queueing strategy BestEffortFIFO, the default: by age, and what does not fit is passed.
  void AdmitWhatFits() {
    for (auto next = waiting_.begin(); next != waiting_.end();) {
      const GangIndex gang = *next;
      if (CapacityFor(free_, SumOf(gang)) == 0) {
        ++next;
        continue;
      }
      Charge(gang, 1);
      pods_->OnPodCreated({gang, 0});
      next = waiting_.erase(next);
    }
  }

  ClusterView& cluster_;
  std::unique_ptr<Policy> pods_;
  PodShape free_;  // of the quota
  std::set<GangIndex> waiting_;
  bool has_changed_ = false;
};

}  // namespace

std::unique_ptr<Policy> MakeQuota(ClusterView& cluster) {
  return std::make_unique<QuotaPolicy>(cluster);
}

}  // namespace muster::bench::replay
