#include "scheduler/placement/engine.h"

#include <algorithm>
#include <numeric>

#include "scheduler/base/check.h"
#include "scheduler/placement/diagnosis.h"
#include "scheduler/placement/packing.h"
#include "scheduler/placement/size_advice.h"

namespace muster::placement {
namespace {

using model::NodeIndex;

/// More than any gang asks: capacities are not cut off at the gang's size, so that the packing can
/// tell a tight node from a roomy one.
constexpr std::int64_t kUnlimited = std::int64_t{1} << 31;

/// A pod set with its filters and, once computed, what each node can take of it.
struct Judged {
  const PodSetDemand& demand;
  framework::PodSetView view;
  framework::PreparedFilters filters;
  std::vector<std::int64_t> capacity;

  Judged(const framework::Profile& profile, const PodSetDemand& pod_set)
      : demand(pod_set), view{pod_set.spec, pod_set.amounts}, filters(profile, view) {}
};

/// One attempt to place one gang.
class GangPlacer {
 public:
  GangPlacer(const framework::Profile& profile, model::ClusterModel& model,
             model::Statement& statement, std::span<const PodSetDemand> demands,
             std::span<const NodeIndex> preferred)
      : profile_(profile),
        model_(model),
        statement_(statement),
        start_(statement.Mark()),
        preferred_(preferred),
        shares_(demands.size()) {
    sets_.reserve(demands.size());
    for (const PodSetDemand& demand : demands) sets_.emplace_back(profile, demand);
    order_.resize(demands.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return demands[a].count != demands[b].count ? demands[a].count < demands[b].count : a < b;
    });
  }

  Attempt Run() {
    if (sets_.empty()) return {std::move(shares_), ""};
    Judged& bulk = sets_[order_.back()];
    for (std::size_t i = 0; i + 1 < order_.size(); ++i) {
      for (std::int64_t pod = 0; pod < sets_[order_[i]].demand.count; ++pod) {
        if (!PlaceOneBeside(order_[i], bulk)) return Fail(order_[i], pod);
      }
    }
    bulk.filters.Capacities(model_, kUnlimited, bulk.capacity);
    const std::int64_t places =
        std::accumulate(bulk.capacity.begin(), bulk.capacity.end(), std::int64_t{0});
    if (places < bulk.demand.Enough()) return Fail(order_.back(), places);
    const auto filled = FillRoomiestFirst(model_.Nodes(), bulk.capacity, preferred_,
                                          std::min(places, bulk.demand.count));
    MUSTER_CHECK(filled.has_value(), "there are places enough");
    for (const Filled& share : *filled) {
      statement_.Reserve(share.node, bulk.demand.amounts, share.count);
      shares_[order_.back()].push_back({share.node, share.count});
    }
    return {std::move(shares_), ""};
  }

 private:
  /// Puts one pod of a small set where it costs the bulk set the fewest places.
  bool PlaceOneBeside(std::size_t index, Judged& bulk) {
    Judged& set = sets_[index];
    set.filters.Capacities(model_, 1, set.capacity);
    bulk.filters.Capacities(model_, kUnlimited, bulk.capacity);
    NodeIndex best = model::kNoNode;
    std::int64_t best_loss = 0;
    std::int64_t best_left = 0;
    for (NodeIndex node = 0; node < set.capacity.size(); ++node) {
      if (set.capacity[node] == 0) continue;
      const std::int64_t left = BulkCapacityBeside(node, set.demand, bulk);
      const std::int64_t loss = bulk.capacity[node] - left;
      const bool better = best == model::kNoNode || loss < best_loss ||
                          (loss == best_loss && left > best_left) ||
                          (loss == best_loss && left == best_left &&
                           model_.Nodes().Name(node) < model_.Nodes().Name(best));
      if (better) {
        best = node;
        best_loss = loss;
        best_left = left;
      }
    }
    if (best == model::kNoNode) return false;
    statement_.Reserve(best, set.demand.amounts, 1);
    shares_[index].push_back({best, 1});
    return true;
  }

  std::int64_t BulkCapacityBeside(NodeIndex node, const PodSetDemand& small, const Judged& bulk) {
    if (bulk.capacity[node] == 0) return 0;
    const auto checkpoint = statement_.Mark();
    statement_.Reserve(node, small.amounts, 1);
    const std::int64_t left = bulk.filters.CapacityOf(model_, node, kUnlimited);
    statement_.RollbackTo(checkpoint);
    return left;
  }

  Attempt Fail(std::size_t index, std::int64_t fitting) {
    const Judged& set = sets_[index];
    FillUp(set);
    Attempt attempt{std::nullopt, FitError(model_, set.filters)};
    if (sets_.size() > 1 || set.demand.count > 1) attempt.diagnosis += GangSentence(index, fitting);
    statement_.RollbackTo(start_);
    attempt.diagnosis += SizeAdvice(profile_, model_, set.view, set.demand.label);
    return attempt;
  }

  /// Takes every place that is left, so that each node can say why one more pod is too many.
  void FillUp(const Judged& set) {
    std::vector<std::int64_t> capacity;
    set.filters.Capacities(model_, kUnlimited, capacity);
    for (NodeIndex node = 0; node < capacity.size(); ++node) {
      if (capacity[node] > 0) statement_.Reserve(node, set.demand.amounts, capacity[node]);
    }
  }

  std::string GangSentence(std::size_t index, std::int64_t fitting) const {
    const PodSetDemand& demand = sets_[index].demand;
    std::string text = " The gang is admitted whole or not at all: " + std::to_string(fitting) +
                       " of " + std::to_string(demand.Enough()) + " " + demand.label + " fit";
    for (const Judged& other : sets_) {
      if (&other == &sets_[index]) continue;
      text += " beside " + std::to_string(other.demand.Enough()) + " " + other.demand.label;
    }
    return text + ".";
  }

  const framework::Profile& profile_;
  model::ClusterModel& model_;
  model::Statement& statement_;
  const model::Statement::Checkpoint start_;
  std::span<const NodeIndex> preferred_;
  std::vector<Judged> sets_;
  std::vector<std::size_t> order_;  // indexes of sets_, fewest pods first
  std::vector<std::vector<NodeShare>> shares_;
};

}  // namespace

Attempt PlaceGang(const framework::Profile& profile, model::ClusterModel& model,
                  model::Statement& statement, std::span<const PodSetDemand> demands,
                  std::span<const NodeIndex> preferred) {
  return GangPlacer(profile, model, statement, demands, preferred).Run();
}

}  // namespace muster::placement
