#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scheduler/placement/engine.h"
#include "scheduler/placement/packing.h"

/// Private to the engine: one attempt to place one gang.
namespace muster::placement {

class GangPlacer {
 public:
  GangPlacer(const PlacementContext& context, model::Statement& statement,
             const GangRequest& request);

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

  // gang_placer.cc: the whole gang.
  static std::vector<model::PodInfoPtr> CompanionsOf(std::span<const PodSetDemand> demands,
                                                     std::size_t index);
  Outcome PlaceAll();
  bool IsWhole(const Outcome& outcome) const;
  bool IsEnough(const Outcome& outcome) const;
  std::int64_t PlacedOfLargest(const Outcome& outcome) const;
  void Place(std::size_t set, model::NodeIndex node, std::int64_t count);
  void TakeBackTo(std::size_t mark);
  void RefreshCapacity(std::size_t index);
  void KeepToStart(std::size_t set, std::vector<std::int64_t>& capacity) const;
  std::int64_t CapacityOf(const Set& set, model::NodeIndex node) const;
  std::int64_t Allowed(const Set& set, model::NodeIndex node) const;
  void CountMembers(const PodSetDemand& demand, model::NodeIndex node, std::int64_t count);
  std::int64_t PlacesOf(const Set& set) const;
  bool IsInScope(model::NodeIndex node) const;
  std::vector<model::NodeIndex> AllNodes(const Set& set) const;
  Attempt Success() const;

  // gang_diagnosis.cc: what is said of a gang that does not fit.
  Attempt Fail(const Outcome& outcome);
  NodeRefusals Explain(std::size_t index);
  NodeReason NodeReasons(const Set& set) const;
  void FillUp(std::size_t index);
  std::string Diagnose(const Outcome& outcome, std::string refusals);
  SetFit FitOf(std::size_t index, std::int64_t fitting) const;
  std::int64_t PlaceWhatFits(std::size_t index);

  // beside.cc: the pods of the smaller sets.
  struct Beside {
    model::NodeIndex node = model::kNoNode;
    std::int64_t excess = 0;  // places that it costs the largest set and that this one needs
    std::int64_t preference = 0;
    bool is_interruptible = false;
    bool is_outside = false;  // of the domain of the others
    std::int64_t loss = 0;    // places that it costs the largest set
    std::int64_t cost = 0;    // what gangs to come lose by that
    std::int64_t left = 0;    // places that it leaves there

    /// No other could be better by more than its order.
    bool IsFree() const { return excess == 0 && !is_interruptible && !is_outside && cost == 0; }
  };
  bool PlaceOneBeside(std::size_t index, std::size_t bulk);
  bool IsBetter(const Beside& a, const Beside& b) const;
  Beside BestBeside(std::size_t index, std::size_t bulk, std::span<const model::NodeIndex> nodes);
  Beside BestOfLikely(std::size_t index, std::size_t bulk);
  Beside BestOfTightest(std::size_t index, std::size_t bulk, bool steady_only);
  bool AvoidsInterruptible(const Set& set) const;
  std::int64_t SparePlaces(const Set& bulk) const;
  std::int64_t BulkCapacityBeside(model::NodeIndex node, std::size_t index, const Set& bulk);

  // scopes.cc: in which domains the gang is tried.
  std::optional<Attempt> TryScopes();
  std::vector<Scope> ScopesOf(std::size_t level) const;
  std::optional<Scope> ScopeOfHolder() const;
  bool IsNarrowEnough(std::size_t level) const;
  Attempt TryRequired();
  std::vector<Scope> RequiredScopes(std::size_t level);
  Attempt FailRequired(const Outcome& outcome);

  // fill.cc: the largest set, and what annotations ask of it.
  std::int64_t PlaceAtOnce(std::size_t index);
  void PlaceNear(std::size_t index, std::int64_t& missing);
  void FillByList(std::size_t index, std::int64_t count);
  void FillEvenly(std::size_t index, std::int64_t count);
  void FillByScores(std::size_t index, std::int64_t count);
  std::vector<Candidate> CandidatesOf(const Set& set) const;
  static std::vector<Candidate> TakeMostPreferred(const Set& set,
                                                  std::vector<Candidate>& candidates);

  // ranking.cc: what scores say.
  bool PlaceByScores(std::size_t index);
  std::vector<model::NodeIndex> NodesByScore(const Set& set) const;
  void AskPreferences(Set& set) const;

  // step_by_step.cc: for gangs with rules that couple nodes.
  Outcome PlaceInDomains();
  std::vector<Start> StartsToTry() const;
  std::vector<std::string> AffinityKeys(std::size_t& set) const;
  std::vector<std::vector<std::uint8_t>> DomainsThatHold(
      std::size_t set, const std::vector<std::string>& keys) const;
  std::int64_t FillStepByStep(std::size_t index);
  Filled NextStep(const Set& set, std::int64_t missing) const;

  PackingWeights Weights() const { return WeightsOf(request_.policy.shuffle); }

  const framework::Profile& profile_;
  model::ClusterModel& model_;
  const topology::TopologyTree& tree_;
  model::Statement& statement_;
  const GangRequest& request_;
  std::vector<Set> sets_;
  std::vector<std::size_t> order_;  // indexes of sets_, fewest pods first
  bool coupled_ = false;            // some filter of some set couples nodes
  bool is_listed_ = false;          // the index alone cannot tell what nodes may take
  /// Listed: executors of the gang by NodeIndex, those that were there before and those placed now.
  std::vector<std::int64_t> members_;
  Scope scope_;                         // where it is being tried
  bool scope_binds_ = false;            // nothing may go outside of it
  const Start* tried_start_ = nullptr;  // null: anywhere
  std::vector<Placed> placed_;          // each is one Reserve on the statement
  const model::Statement::Checkpoint start_;
};

}  // namespace muster::placement
