// An experiment: rules that Muster could follow, measured here before they are built there.
//   1. The smallest gang is next, then the oldest; what does not fit is passed.
//   2. Drivers go to the smallest machines; among equally good nodes the smaller machine is taken.
//   3. A large gang whose best placement now is much worse than on an empty cluster waits for a
//      better one, but not for long.
//   4. For the oldest of these the roomiest nodes are drained for a short time: others leave them
//      alone, until it is admitted or the time is over.

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "bench/replay/policies/kept_places.h"
#include "bench/replay/policies/policies.h"
#include "bench/replay/shuffle.h"

namespace muster::bench::replay {
namespace {

constexpr std::int32_t kLargeExecutors = 20;
constexpr double kGoodShare = 0.75;  // of the largest possible sum of squared shares
constexpr Duration kPatience = std::chrono::minutes(2);
constexpr Duration kDrain = std::chrono::minutes(2);

class CandidatePolicy : public Policy {
 public:
  explicit CandidatePolicy(ClusterView& cluster)
      : cluster_(cluster), kept_(cluster), least_crossing_(cluster.workload()) {}

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
      has_changed_ = true;
    } else {
      waiting_.erase(RankOf(gang));
    }
    drained_for_.erase(gang);
  }

  void Decide() override {
    kept_.BindExecutors();
    const bool is_due = wake_at_ && *wake_at_ <= cluster_.now();
    if (!std::exchange(has_changed_, false) && !is_due) return;
    wake_at_.reset();
    ChooseDrain();
    least_refused_ = 0;
    for (auto next = waiting_.begin(); next != waiting_.end();) {
      next = TryAdmit(next->second) ? waiting_.erase(next) : std::next(next);
    }
  }

  std::optional<Time> WakeAt() const override { return wake_at_; }

 private:
  using Rank = std::pair<std::int32_t, GangIndex>;  // executors, then age

  const GangSpec& Spec(GangIndex gang) const {
    return cluster_.workload().gangs[static_cast<std::size_t>(gang)];
  }
  Rank RankOf(GangIndex gang) const { return {Spec(gang).executors, gang}; }
  void Wake(Time at) {
    if (at > cluster_.now() && (!wake_at_ || at < *wake_at_)) wake_at_ = at;
  }

  bool TryAdmit(GangIndex gang) {
    const Workload& workload = cluster_.workload();
    const std::int32_t executors = Spec(gang).executors;
    const bool has_drain = gang == drain_gang_;
    if (least_refused_ > 0 && executors >= least_refused_ && !has_drain) return false;
    std::vector<NodeIndex> places =
        PlaceWhole(has_drain ? kept_.room() : RoomBesideDrain(), workload.driver, workload.executor,
                   executors, Packing::kRoomiestSparing);
    if (places.empty()) {
      if (!has_drain) least_refused_ = executors;
      tried_.insert(gang);
      return false;
    }
    if (executors >= kLargeExecutors && !IsGood(executors, places)) {
      const Time until = std::max(Spec(gang).submit + kPatience, has_drain ? drain_until_ : Time{});
      if (cluster_.now() < until) {
        tried_.insert(gang);
        Wake(until);
        return false;
      }
    }
    tried_.erase(gang);
    kept_.Admit(gang, std::move(places));
    return true;
  }

  bool IsGood(std::int32_t executors, const std::vector<NodeIndex>& places) {
    std::map<NodeIndex, std::int64_t> counts;
    for (std::size_t i = 1; i < places.size(); ++i) ++counts[places[i]];
    std::vector<std::int64_t> spread;
    spread.reserve(counts.size());
    for (const auto& [node, count] : counts) spread.push_back(count);
    const double possible = 1 - least_crossing_.Of(executors).node_share;
    return 1 - CrossingShare(spread) >= kGoodShare * possible;
  }

  /// The oldest large gang that did not get a good place, each once.
  void ChooseDrain() {
    const bool waits = drain_gang_ >= 0 && waiting_.contains(RankOf(drain_gang_));
    if (waits && cluster_.now() < drain_until_) {
      Wake(drain_until_);
      return;
    }
    drain_gang_ = -1;
    is_drained_.assign(static_cast<std::size_t>(kept_.room().Size()), false);
    for (const GangIndex gang : tried_) {
      const bool is_next = waiting_.contains(RankOf(gang)) && !drained_for_.contains(gang) &&
                           Spec(gang).executors >= kLargeExecutors;
      if (is_next && drain_gang_ < 0) drain_gang_ = gang;
    }
    if (drain_gang_ < 0) return;
    drained_for_.insert(drain_gang_);
    drain_until_ = cluster_.now() + kDrain;
    Wake(drain_until_);
    DrainFor(Spec(drain_gang_).executors);
  }

  /// As many nodes as hold the gang once they are empty; free places count twice.
  void DrainFor(std::int64_t executors) {
    const PodShape& executor = cluster_.workload().executor;
    const NodeRoom& room = kept_.room();
    const auto whole = [&](NodeIndex node) {
      return CapacityFor(room.Allocatable(node), executor);
    };
    std::vector<NodeIndex> order(is_drained_.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](NodeIndex a, NodeIndex b) {
      const std::int64_t lead =
          2 * (room.CapacityOf(a, executor) - room.CapacityOf(b, executor)) + whole(a) - whole(b);
      return lead != 0 ? lead > 0 : a < b;
    });
    for (std::size_t i = 0; i < order.size() && executors > 0; ++i) {
      is_drained_[static_cast<std::size_t>(order[i])] = true;
      executors -= whole(order[i]);
    }
  }

  NodeRoom RoomBesideDrain() const {
    NodeRoom room = kept_.room();
    if (drain_gang_ < 0) return room;
    for (NodeIndex node = 0; node < room.Size(); ++node) {
      const PodShape free = room.Free(node);
      if (is_drained_[static_cast<std::size_t>(node)]) room.Take(node, free);
    }
    return room;
  }

  ClusterView& cluster_;
  KeptPlaces kept_;
  LeastCrossingTable least_crossing_;
  std::set<Rank> waiting_;
  std::set<GangIndex> tried_;        // in vain, at least once
  std::set<GangIndex> drained_for_;  // nobody gets a second drain
  GangIndex drain_gang_ = -1;
  Time drain_until_{};
  std::vector<bool> is_drained_;  // by node
  std::int32_t least_refused_ = 0;
  std::optional<Time> wake_at_;
  bool has_changed_ = false;
};

}  // namespace

std::unique_ptr<Policy> MakeCandidate(ClusterView& cluster) {
  return std::make_unique<CandidatePolicy>(cluster);
}

}  // namespace muster::bench::replay
