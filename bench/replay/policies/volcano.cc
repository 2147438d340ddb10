// Volcano 1.16, actions enqueue, allocate; plugins overcommit, drf, binpack; a PodGroup for each
// application as the Spark operator makes it: minMember 1, minResources the sum of all its pods.

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "bench/replay/policies/policies.h"

namespace muster::bench::replay {
namespace {

constexpr Duration kSession = std::chrono::seconds(1);
constexpr std::int64_t kOvercommitPercent = 120;

class VolcanoPolicy : public Policy {
 public:
  explicit VolcanoPolicy(ClusterView& cluster) : cluster_(cluster) {
    for (const NodeSpec& node : cluster.workload().nodes) {
      total_.milli_cpu += node.allocatable.milli_cpu;
      total_.memory_mebibytes += node.allocatable.memory_mebibytes;
    }
  }

  void OnPodCreated(PodRef pod) override {
    jobs_[pod.gang].pending.push_back(pod.member);
    has_changed_ = true;
  }

  void OnGangEnded(GangIndex gang, const std::vector<NodeIndex>&) override {
    jobs_.erase(gang);
    has_changed_ = true;
  }

  void Decide() override {
    // A session changes nothing when nothing has changed since the one before.
    if (!has_changed_ || cluster_.now() < next_session_) return;
    has_changed_ = false;
    next_session_ = cluster_.now() - (cluster_.now() - kTraceStart) % kSession + kSession;
    Enqueue();
    Allocate();
  }

  std::optional<Time> WakeAt() const override {
    if (!has_changed_) return std::nullopt;
    return next_session_;
  }

 private:
  struct Job {
    std::vector<std::int32_t> pending;  // members without a node, by creation
    PodShape allocated;
    bool is_inqueue = false;
  };

  PodShape MinResources(GangIndex gang) const {
    const Workload& workload = cluster_.workload();
    const std::int64_t executors = workload.gangs[static_cast<std::size_t>(gang)].executors;
    return {workload.driver.milli_cpu + executors * workload.executor.milli_cpu,
            workload.driver.memory_mebibytes + executors * workload.executor.memory_mebibytes};
  }

  /// Plugin overcommit: the sum of what jobs in the queue were promised, and have or have not got,
  /// stays below 1.2 of the cluster. Where pods then find room nobody looks at.
  void Enqueue() {
    PodShape promised;
    for (const auto& [gang, job] : jobs_) {
      if (!job.is_inqueue) continue;
      promised.milli_cpu += MinResources(gang).milli_cpu;
      promised.memory_mebibytes += MinResources(gang).memory_mebibytes;
    }
    for (auto& [gang, job] : jobs_) {
      if (job.is_inqueue) continue;
      const PodShape sum = MinResources(gang);
      const bool fits =
          (promised.milli_cpu + sum.milli_cpu) * 100 <= total_.milli_cpu * kOvercommitPercent &&
          (promised.memory_mebibytes + sum.memory_mebibytes) * 100 <=
              total_.memory_mebibytes * kOvercommitPercent;
      if (!fits) continue;
      job.is_inqueue = true;
      promised.milli_cpu += sum.milli_cpu;
      promised.memory_mebibytes += sum.memory_mebibytes;
    }
  }

  /// Plugin drf: the job with the smallest dominant share is next, and is asked again after each
  /// time it became ready; with minMember 1 that is after each of its pods.
  void Allocate() {
    std::set<std::tuple<std::int64_t, GangIndex>> order;
    for (const auto& [gang, job] : jobs_) {
      if (job.is_inqueue && !job.pending.empty()) order.emplace(ShareOf(job), gang);
    }
    while (!order.empty()) {
      const GangIndex gang = std::get<GangIndex>(*order.begin());
      order.erase(order.begin());
      Job& job = jobs_.at(gang);
      if (AllocateOne(gang, job) && !job.pending.empty()) order.emplace(ShareOf(job), gang);
    }
  }

  /// False: its next pod finds no room, and the job is left for this session.
  bool AllocateOne(GangIndex gang, Job& job) {
    const std::int32_t member = job.pending.front();
    const Workload& workload = cluster_.workload();
    const PodShape& shape = member == 0 ? workload.driver : workload.executor;
    const NodeIndex node = ChooseNode(cluster_.room(), shape, NodeScore::kMostAllocated);
    if (node < 0) return false;
    cluster_.Bind({gang, member}, node);
    job.pending.erase(job.pending.begin());
    job.allocated.milli_cpu += shape.milli_cpu;
    job.allocated.memory_mebibytes += shape.memory_mebibytes;
    return true;
  }

  std::int64_t ShareOf(const Job& job) const {
    constexpr std::int64_t kScale = 1'000'000;
    return std::max(job.allocated.milli_cpu * kScale / total_.milli_cpu,
                    job.allocated.memory_mebibytes * kScale / total_.memory_mebibytes);
  }

  ClusterView& cluster_;
  PodShape total_;
  std::map<GangIndex, Job> jobs_;  // by creation
  Time next_session_ = kTraceStart;
  bool has_changed_ = false;
};

}  // namespace

std::unique_ptr<Policy> MakeVolcano(ClusterView& cluster) {
  return std::make_unique<VolcanoPolicy>(cluster);
}

}  // namespace muster::bench::replay
