#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "scheduler/placement/engine.h"

/// Private to the engine: one attempt to place one gang, and its two ways to place the largest set.
namespace muster::placement {

class GangPlacer {
 public:
  GangPlacer(const framework::Profile& profile, model::ClusterModel& model,
             model::Statement& statement, std::span<const PodSetDemand> demands,
             std::span<const model::NodeIndex> preferred, PlacementCache& cache);

  Attempt Run();

 private:
  struct Set {
    const PodSetDemand* demand = nullptr;
    std::shared_ptr<JudgedSet> judged;
    std::vector<std::int64_t> capacity;  // step by step: of each node
    /// By NodeIndex; empty where all nodes are alike. See framework::NodePreferences.
    std::vector<std::int64_t> preference = {};

    framework::PodSetView View() const { return {demand->pod, *demand->info, judged->companions}; }
  };
  /// Where the first pods of some sets may go: a topology domain in which the gang is tried.
  struct Start {
    std::vector<std::uint8_t> nodes;  // by NodeIndex
    std::vector<std::uint8_t> sets;   // which of the sets begin there
  };
  /// How far an attempt came: every set before this one is placed whole.
  struct Outcome {
    std::size_t set = 0;
    std::int64_t placed = 0;
  };
  struct Placed {
    std::size_t set = 0;
    model::NodeIndex node = model::kNoNode;
    std::int64_t count = 0;
  };

  // gang_placer.cc
  static std::vector<model::PodInfoPtr> CompanionsOf(std::span<const PodSetDemand> demands,
                                                     std::size_t index);
  Outcome PlaceAll();
  bool IsWhole(const Outcome& outcome) const;
  bool IsEnough(const Outcome& outcome) const;
  void KeepToStart(std::size_t set, std::vector<std::int64_t>& capacity) const;
  void Place(std::size_t set, model::NodeIndex node, std::int64_t count);
  void TakeBackTo(std::size_t mark);
  bool PlaceOneBeside(std::size_t index, std::size_t bulk);
  std::vector<model::NodeIndex> LikelyNodes(const Set& set, const Set& bulk) const;
  std::vector<model::NodeIndex> AllNodes(const Set& set) const;
  void RefreshCapacity(std::size_t index);
  std::int64_t CapacityOf(const Set& set, model::NodeIndex node) const;
  std::int64_t PlacesOf(const Set& set) const;
  struct Beside {
    model::NodeIndex node = model::kNoNode;
    std::int64_t excess = 0;  // places that it costs the largest set and that this one needs
    std::int64_t preference = 0;
    std::int64_t loss = 0;  // places that it costs the largest set
    std::int64_t left = 0;  // places that it leaves there
  };
  bool IsBetter(const Beside& a, const Beside& b) const;
  Beside BestBeside(std::size_t index, std::size_t bulk, std::span<const model::NodeIndex> nodes);
  std::int64_t SparePlaces(const Set& bulk) const;
  std::int64_t BulkCapacityBeside(model::NodeIndex node, std::size_t index, const Set& bulk);
  std::int64_t PlaceAtOnce(std::size_t index);
  Attempt Fail(const Outcome& outcome);
  void FillUp(std::size_t index);
  std::string GangSentence(std::size_t index, std::int64_t fitting) const;
  Attempt Success() const;

  // ranking.cc: what scores say.
  bool PlaceByScores(std::size_t index);
  void AskPreferences(Set& set) const;
  void PlaceByPreference(std::size_t index, std::int64_t count);

  // step_by_step.cc: for gangs with rules that couple nodes.
  Attempt TryDomains();
  std::vector<Start> StartsToTry() const;
  std::vector<std::string> AffinityKeys(std::size_t& set) const;
  std::vector<std::vector<std::uint8_t>> DomainsThatHold(
      std::size_t set, const std::vector<std::string>& keys) const;
  std::int64_t FillStepByStep(std::size_t index);

  const framework::Profile& profile_;
  model::ClusterModel& model_;
  model::Statement& statement_;
  std::span<const model::NodeIndex> preferred_;
  std::vector<Set> sets_;
  std::vector<std::size_t> order_;      // indexes of sets_, fewest pods first
  bool coupled_ = false;                // some filter of some set couples nodes
  const Start* tried_start_ = nullptr;  // null: anywhere
  std::vector<Placed> placed_;          // each is one Reserve on the statement
  const model::Statement::Checkpoint start_;
};

}  // namespace muster::placement
