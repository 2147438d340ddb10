// Room that will come: a large gang that exchanges much waits a little for a place where it is less
// torn apart, and for a gang that was passed for long, room is kept together.

#include <algorithm>
#include <utility>

#include "scheduler/core/state.h"
#include "scheduler/placement/concentration.h"
#include "scheduler/spark/spark_driver.h"

namespace muster::core {
namespace {

// Where they come from: adr/0006-packing.md. Small gangs fit well nearly always, and a few percent
// more of the exchange on one node are not worth anybody's time.
constexpr std::int64_t kExecutorsMin = 20;
constexpr std::int64_t kGoodPairsPercent = 75;  // of the possible ones
// Planning looks at every pod of the cluster, and thousands of steps may pass in a minute.
constexpr Duration kPlanAgeMax = std::chrono::seconds(5);

std::size_t CountNodes(std::span<const placement::NodeShare> shares) {
  std::set<model::NodeIndex> nodes;
  for (const placement::NodeShare& share : shares) nodes.insert(share.node);
  return nodes.size();
}

/// As the engine counts it: of equally large sets the last.
std::size_t LargestOf(std::span<const placement::PodSetDemand> demands) {
  std::size_t largest = 0;
  for (std::size_t i = 1; i < demands.size(); ++i) {
    if (demands[i].count >= demands[largest].count) largest = i;
  }
  return largest;
}

/// Executors leave when their application ends, and places that are held are for executors. What
/// else runs may stay for ever.
bool EndsOneDay(const model::PodsOnNode& pods) {
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
  const std::size_t largest = LargestOf(demands);
  if (demands[largest].count < kExecutorsMin) return false;
  const placement::Concentration found = placement::ConcentrationOf(
      {profile_, model_, placement_cache_}, demands[largest], shares[largest], EndsOneDay);
  if (100 * found.pairs >= kGoodPairsPercent * found.pairs_possible) return false;
  ArmTimer(until, TimerKind::kPatience, gang.Uid());
  ReportUnschedulable(gang, "GangQueued",
                      "fits, but only over " + std::to_string(CountNodes(shares[largest])) +
                          " nodes; waits up to " + FormatDuration(options_.packing_patience) +
                          " from its creation for a place on fewer");
  return true;
}

/// The nodes that will take the gang soonest: those with the most room now, and then.
std::vector<LineHolder::Room> SchedulerCore::State::PlanRoomFor(const Gang& holder) {
  const std::vector<placement::PodSetDemand> demands = DemandsOf(holder);
  const placement::PodSetDemand& bulk = demands[LargestOf(demands)];
  const std::vector<std::int64_t> later =
      placement::RoomOnceLeft({profile_, model_, placement_cache_}, bulk, EndsOneDay);
  struct Candidate {
    std::int64_t merit = 0;
    model::NodeIndex node = model::kNoNode;
  };
  std::vector<Candidate> candidates;
  const model::NodeTable& nodes = model_.Nodes();
  for (model::NodeIndex node = 0; node < later.size(); ++node) {
    if (later[node] == 0) continue;
    const std::int64_t now = model::CountThatFit(nodes.Free(node), bulk.info->amounts, bulk.count);
    candidates.push_back({2 * now + later[node], node});
  }
  std::sort(candidates.begin(), candidates.end(), [&](const Candidate& a, const Candidate& b) {
    return a.merit != b.merit ? a.merit > b.merit : nodes.Name(a.node) < nodes.Name(b.node);
  });
  std::vector<LineHolder::Room> plan;
  std::int64_t missing = bulk.count;
  for (const Candidate& candidate : candidates) {
    if (missing == 0) break;
    const std::int64_t count = std::min(missing, later[candidate.node]);
    missing -= count;
    LineHolder::Room& room = plan.emplace_back();
    room.node = candidate.node;
    model::AddScaled(room.amounts, bulk.info->amounts, count);
  }
  if (plan.empty()) return plan;
  for (const placement::PodSetDemand& demand : demands) {
    if (&demand == &bulk) continue;
    model::AddScaled(plan.front().amounts, demand.info->amounts, demand.count);
  }
  return plan;
}

/// What the gang needs there is kept as far as it is free already.
void SchedulerCore::State::KeepRoomFor(const Gang& holder) {
  LineHolder& line = *line_holder_;
  if (line.kept) return;
  const std::uint64_t version = model_.Nodes().DescriptionChanges().Version();
  const bool is_fresh = line.planned_at && now_ - *line.planned_at < kPlanAgeMax;
  if (!is_fresh || line.planned_version != version) {
    line.plan = PlanRoomFor(holder);
    line.planned_at = now_;
    line.planned_version = version;
  }
  line.kept.emplace();
  for (const LineHolder::Room& room : line.plan) {
    if (auto held = HoldPart(room.node, room.amounts)) line.kept->push_back(*std::move(held));
  }
}

void SchedulerCore::State::LetGoOfKeptRoom() {
  if (!line_holder_ || !line_holder_->kept) return;
  for (const HeldRoom& held : *line_holder_->kept) model_.HoldPlaces(held.node, held.room, -1);
  line_holder_->kept.reset();
}

}  // namespace muster::core
