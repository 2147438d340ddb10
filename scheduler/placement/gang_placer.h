#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "scheduler/placement/engine.h"

/// Private to the engine: one attempt to place one gang, and its two ways to place the largest set.
namespace muster::placement {

/// More than any gang asks: capacities are not cut off at the gang's size, so that the packing can
/// tell a tight node from a roomy one.
inline constexpr std::int64_t kUnlimited = std::int64_t{1} << 31;

class GangPlacer {
 public:
  GangPlacer(const framework::Profile& profile, model::ClusterModel& model,
             model::Statement& statement, std::span<const PodSetDemand> demands,
             std::span<const model::NodeIndex> preferred, const AttemptDiagnosis& diagnosis);

  Attempt Run();

 private:
  /// A pod set with its filters and, once computed, what each node can take of it.
  struct Judged {
    const PodSetDemand* demand;
    std::vector<model::PodInfoPtr> companions;
    framework::PodSetView view;
    framework::PreparedFilters filters;
    std::vector<std::int64_t> capacity;
  };
  struct Placed {
    std::size_t set = 0;
    model::NodeIndex node = model::kNoNode;
    std::int64_t count = 0;
  };

  // gang_placer.cc
  static std::vector<model::PodInfoPtr> CompanionsOf(std::span<const PodSetDemand> demands,
                                                     std::size_t index);
  void Place(std::size_t set, model::NodeIndex node, std::int64_t count);
  void TakeBackTo(std::size_t mark);
  bool PlaceOneBeside(std::size_t index, Judged& bulk);
  std::int64_t BulkCapacityBeside(model::NodeIndex node, std::size_t index, const Judged& bulk);
  std::int64_t PlaceAtOnce(std::size_t index);
  Attempt Fail(std::size_t index, std::int64_t fitting);
  void FillUp(std::size_t index);
  std::string GangSentence(std::size_t index, std::int64_t fitting) const;
  Attempt Success() const;

  // step_by_step.cc: for sets with rules that couple nodes.
  std::int64_t PlaceStepByStep(std::size_t index);
  std::int64_t FillStepByStep(std::size_t index, std::span<const std::uint8_t> first_nodes);
  std::vector<std::vector<std::uint8_t>> DomainsToTry(const Judged& set) const;

  const framework::Profile& profile_;
  model::ClusterModel& model_;
  model::Statement& statement_;
  std::span<const model::NodeIndex> preferred_;
  const AttemptDiagnosis& diagnosis_;
  std::vector<Judged> sets_;
  std::vector<std::size_t> order_;  // indexes of sets_, fewest pods first
  bool coupled_ = false;            // some filter of some set couples nodes
  std::vector<Placed> placed_;      // each is one Reserve on the statement
  const model::Statement::Checkpoint start_;
};

}  // namespace muster::placement
