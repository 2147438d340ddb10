// Whole gangs or nothing, with the executors' places kept from the driver's bind on: gang-fifo,
// palantir, oracle-srpt.

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "bench/replay/policies/policies.h"

namespace muster::bench::replay {
namespace {

class WholeGangsPolicy : public Policy {
 public:
  WholeGangsPolicy(ClusterView& cluster, const GangRules& rules)
      : cluster_(cluster), rules_(rules), room_(cluster.workload().nodes) {}

  void OnPodCreated(PodRef pod) override {
    if (pod.IsDriver()) {
      waiting_.insert(RankOf(pod.gang));
      has_changed_ = true;
    } else {
      executors_.push_back(pod);
    }
  }

  void OnGangEnded(GangIndex gang, const std::vector<NodeIndex>&) override {
    const auto places = places_.find(gang);
    if (places == places_.end()) {
      waiting_.erase(RankOf(gang));
      return;
    }
    Account(places->second, -1);
    places_.erase(places);
    least_refused_ = 0;
    has_changed_ = true;
  }

  void Decide() override {
    for (const PodRef pod : std::exchange(executors_, {})) {
      cluster_.Bind(pod, places_.at(pod.gang)[static_cast<std::size_t>(pod.member)]);
    }
    if (!std::exchange(has_changed_, false)) return;
    for (auto next = waiting_.begin(); next != waiting_.end();) {
      const GangIndex gang = std::get<GangIndex>(*next);
      if (TryAdmit(gang)) {
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
        PlaceWhole(room_, workload.driver, workload.executor, executors, rules_.packing);
    if (places.empty()) {
      least_refused_ = executors;
      return false;
    }
    Account(places, 1);
    cluster_.Bind({gang, 0}, places.front());
    cluster_.SetReserved(gang, executors);
    places_.emplace(gang, std::move(places));
    return true;
  }

  void Account(const std::vector<NodeIndex>& places, std::int64_t sign) {
    const Workload& workload = cluster_.workload();
    room_.Take(places.front(), workload.driver, sign);
    for (std::size_t i = 1; i < places.size(); ++i) room_.Take(places[i], workload.executor, sign);
  }

  ClusterView& cluster_;
  const GangRules rules_;
  NodeRoom room_;  // without what is reserved
  std::set<Rank> waiting_;
  std::map<GangIndex, std::vector<NodeIndex>> places_;  // of admitted gangs
  std::vector<PodRef> executors_;                       // created, not yet bound
  std::int32_t least_refused_ = 0;                      // 0: none
  bool has_changed_ = false;
};

}  // namespace

std::unique_ptr<Policy> MakeWholeGangs(ClusterView& cluster, const GangRules& rules) {
  return std::make_unique<WholeGangsPolicy>(cluster, rules);
}

}  // namespace muster::bench::replay
