// Whole gangs or nothing, with the executors' places kept from the driver's bind on: gang-fifo,
// palantir, oracle-srpt.

#include <set>
#include <tuple>
#include <utility>

#include "bench/replay/policies/kept_places.h"
#include "bench/replay/policies/policies.h"

namespace muster::bench::replay {
namespace {

class WholeGangsPolicy : public Policy {
 public:
  WholeGangsPolicy(ClusterView& cluster, const GangRules& rules)
      : cluster_(cluster), rules_(rules), kept_(cluster) {}

  void OnPodCreated(PodRef pod) override {
    if (pod.IsDriver()) {
      waiting_.insert(RankOf(pod.gang));
      has_changed_ = true;
    } else {
      kept_.AddExecutor(pod);
    }
  }

  void OnGangEnded(GangIndex gang, const std::vector<NodeIndex>&) override {
    if (kept_.Release(gang)) {
      least_refused_ = 0;
      has_changed_ = true;
    } else {
      waiting_.erase(RankOf(gang));
    }
  }

  void Decide() override {
    kept_.BindExecutors();
    if (!std::exchange(has_changed_, false)) return;
    for (auto next = waiting_.begin(); next != waiting_.end();) {
      if (TryAdmit(std::get<GangIndex>(*next))) {
        next = waiting_.erase(next);
      } else if (rules_.head_blocks) {
        break;
      } else {
        ++next;
      }
    }
  }

 private:
  /// Run time when that counts, then age.
  using Rank = std::tuple<Duration, GangIndex>;

  const GangSpec& Spec(GangIndex gang) const {
    return cluster_.workload().gangs[static_cast<std::size_t>(gang)];
  }
  Rank RankOf(GangIndex gang) const {
    return {rules_.shortest_first ? Spec(gang).run_time : Duration{}, gang};
  }

  bool TryAdmit(GangIndex gang) {
    const Workload& workload = cluster_.workload();
    const std::int32_t executors = Spec(gang).executors;
    // Where a smaller gang found no room since room was last given back, a larger one finds none.
    if (least_refused_ > 0 && executors >= least_refused_) return false;
    std::vector<NodeIndex> places =
        PlaceWhole(kept_.room(), workload.driver, workload.executor, executors, rules_.packing);
    if (places.empty()) {
      least_refused_ = executors;
      return false;
    }
    kept_.Admit(gang, std::move(places));
    return true;
  }

  ClusterView& cluster_;
  const GangRules rules_;
  KeptPlaces kept_;
  std::set<Rank> waiting_;
  std::int32_t least_refused_ = 0;  // 0: none
  bool has_changed_ = false;
};

}  // namespace

std::unique_ptr<Policy> MakeWholeGangs(ClusterView& cluster, const GangRules& rules) {
  return std::make_unique<WholeGangsPolicy>(cluster, rules);
}

}  // namespace muster::bench::replay
