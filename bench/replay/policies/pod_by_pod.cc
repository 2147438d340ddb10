// kube-scheduler 1.36 without gangs: each pod on its own, in the order of its queue.

#include <algorithm>
#include <array>

#include "bench/replay/policies/kube_queue.h"
#include "bench/replay/policies/policies.h"

namespace muster::bench::replay {
namespace {

class PodByPodPolicy : public Policy {
 public:
  PodByPodPolicy(ClusterView& cluster, NodeScore score)
      : cluster_(cluster), score_(score), queue_(cluster.workload().gangs.size()) {}

  void OnPodCreated(PodRef pod) override { queue_.Add(pod, cluster_.now()); }

  void OnGangEnded(GangIndex gang, const std::vector<NodeIndex>&) override {
    queue_.DropGang(gang);
    queue_.RoomGrew(cluster_.now());
    is_full_.fill(false);
  }

  void Decide() override {
    const Workload& workload = cluster_.workload();
    while (const auto pod = queue_.Pop(cluster_.now())) {
      // All drivers are alike, and so are all executors: where one found no room, none does.
      bool& is_full = is_full_[pod->IsDriver() ? 0 : 1];
      const PodShape& shape = pod->IsDriver() ? workload.driver : workload.executor;
      const NodeIndex node = is_full ? -1 : ChooseNode(cluster_.room(), shape, score_);
      if (node >= 0) {
        cluster_.Bind(*pod, node);
      } else {
        is_full = true;
        queue_.Fail(cluster_.now());
      }
    }
  }

  std::optional<Time> WakeAt() const override { return queue_.NextDue(); }

 private:
  ClusterView& cluster_;
  const NodeScore score_;
  KubeQueue queue_;
  std::array<bool, 2> is_full_{};  // of drivers, of executors
};

}  // namespace

std::unique_ptr<Policy> MakePodByPod(ClusterView& cluster, NodeScore score) {
  return std::make_unique<PodByPodPolicy>(cluster, score);
}

}  // namespace muster::bench::replay
