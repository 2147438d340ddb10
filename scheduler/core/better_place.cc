// A large gang that exchanges much waits a little for a place where it is less torn apart.

#include "scheduler/core/state.h"
#include "scheduler/placement/concentration.h"
#include "scheduler/spark/spark_driver.h"

namespace muster::core {
namespace {

// Where they come from: adr/0006-packing.md. Small gangs fit well nearly always, and a few percent
// more of the exchange on one node are not worth anybody's time.
constexpr std::int64_t kExecutorsMin = 20;
constexpr std::int64_t kGoodPairsPercent = 75;  // of the possible ones

std::size_t CountNodes(std::span<const placement::NodeShare> shares) {
  std::set<model::NodeIndex> nodes;
  for (const placement::NodeShare& share : shares) nodes.insert(share.node);
  return nodes.size();
}

/// Executors leave when their application ends, and places that are held are for executors. What
/// else runs may stay for ever.
bool MayLeave(const model::PodsOnNode& pods) {
  return pods.pod == nullptr || pods.info->terminating ||
         pods.info->labels.Find(spark::kRoleLabel) == spark::kExecutorRole;
}

}  // namespace

bool SchedulerCore::State::WaitsForBetterPlace(
    Gang& gang, const std::vector<std::vector<placement::NodeShare>>& shares) {
  using topology::PlacementMode;
  const Time until = gang.anchor.metadata.creation_timestamp + options_.packing_patience;
  if (gang.kind != gang::GangKind::kApplication || now_ >= until) return false;
  // Its victims are gone, or on their way out.
  if (rounds_.contains(gang.Uid())) return false;
  // Nodes have come because it asked for them.
  const capacity::Publication* publication = hints_.Find(gang.Uid());
  const bool has_asked =
      publication != nullptr && publication->state() == capacity::Publication::State::kPublished;
  if (has_asked) return false;
  const topology::PackingPolicy policy = PolicyOf(gang);
  const bool is_packed = policy.mode == PlacementMode::kPack &&
                         policy.shuffle == topology::Shuffle::kHeavy &&
                         !policy.executors_per_node_max;
  if (!is_packed) return false;
  const std::vector<placement::PodSetDemand> demands = DemandsOf(gang);
  std::size_t largest = 0;
  for (std::size_t i = 1; i < demands.size(); ++i) {
    if (demands[i].count > demands[largest].count) largest = i;
  }
  if (demands[largest].count < kExecutorsMin) return false;
  const placement::Concentration found = placement::ConcentrationOf(
      {profile_, model_, placement_cache_}, demands[largest], shares[largest], MayLeave);
  if (100 * found.pairs >= kGoodPairsPercent * found.pairs_possible) return false;
  ArmTimer(until, TimerKind::kPatience, gang.Uid());
  ReportUnschedulable(gang, "GangQueued",
                      "fits, but only over " + std::to_string(CountNodes(shares[largest])) +
                          " nodes; waits up to " + FormatDuration(options_.packing_patience) +
                          " from its creation for a place on fewer");
  return true;
}

}  // namespace muster::core
