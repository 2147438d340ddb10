#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/base/time.h"
#include "scheduler/gang/plan.h"
#include "scheduler/model/cluster_model.h"

namespace muster::gang {

/// A place for one executor. On a node and without a pod it is *empty* and accounted on that node;
/// with a pod it is *taken*, and the pod is accounted instead; without a node it is *lost*: its
/// node went away or others took the room, and it waits for a new place.
struct Slot {
  model::NodeIndex node = model::kNoNode;
  std::string pod_uid;
  Time empty_since{};

  bool IsLost() const { return node == model::kNoNode; }
  bool IsTaken() const { return !pod_uid.empty(); }
  bool IsEmpty() const { return !IsTaken() && !IsLost(); }
};

/// The slots for the identical executors of one resource profile.
struct SlotSet {
  std::int32_t profile = 0;
  api::ResourceList requests;
  /// What an empty slot is to the model. After a restart only the requests are known, until the
  /// first executor shows the rest.
  model::PodInfoPtr info;
  /// An executor as predicted or as seen; absent after a restart, until the first one is seen.
  std::optional<api::Pod> pod;
  /// A real executor has been seen, so that requests and constraints are facts.
  bool confirmed = false;
  /// Spark adds and ends executors as it likes. Slots beyond `kept_min` are given back when their
  /// executor ends, because nobody replaces it.
  bool dynamic = false;
  std::int64_t kept_min = 0;
  std::vector<Slot> slots;

  std::int64_t CountLost() const;
  std::int64_t CountEmpty() const;
};

/// All the slots of a gang.
/// Invariant: exactly the empty slots are accounted on the nodes of the model.
/// Ownership: borrows the model in each call; call ReleaseAll before the last reference goes.
/// Threading: one thread. Cost: O(slots of the gang) each.
class Reservation {
 public:
  std::vector<SlotSet>& Sets() { return sets_; }
  const std::vector<SlotSet>& Sets() const { return sets_; }
  SlotSet* FindSet(std::int32_t profile);

  /// Adds an empty slot on a node where the model has already accounted it (a committed Statement).
  static void AddAccounted(SlotSet& set, model::NodeIndex node, std::int64_t count, Time now);

  /// Rebuilds the reservation of a plan for executors of this namespace, and accounts it.
  void Restore(const Plan& plan, const std::string& namespace_name, model::ClusterModel& model,
               Time now);
  Plan ToPlan(const model::NodeTable& nodes) const;

  /// Hands an empty slot to a pod. The caller accounts the pod on the slot's node right after.
  static void Take(SlotSet& set, Slot& slot, std::string_view pod_uid, model::ClusterModel& model);
  /// Empties the slot of a pod that did not get bound or is gone, so that another inherits it.
  /// Returns false when the pod has none. The caller has given back what the pod took.
  bool Vacate(std::string_view pod_uid, model::ClusterModel& model, Time now);
  /// The set of the slot that the pod has taken; null when it has none.
  SlotSet* SetOf(std::string_view pod_uid);
  /// Vacates the slot of an executor that has ended; beyond `kept_min` the slot goes with it.
  void End(std::string_view pod_uid, model::ClusterModel& model, Time now);

  /// An executor has ended, and another one of its application, that is on this node without a
  /// slot, takes its part: nobody comes for the old place.
  static void PassOn(SlotSet& set, std::string_view pod_uid, std::string_view heir_uid,
                     model::NodeIndex heir_node);

  /// Gives up the slot of a pod that is being evicted: whoever replaces it looks for a place anew.
  void Surrender(std::string_view pod_uid);

  /// Takes the node from up to `count` empty slots of a set that are on it; returns how many.
  static std::int64_t Lose(SlotSet& set, model::NodeIndex node, std::int64_t count,
                           model::ClusterModel& model);
  /// From here on the set is what this executor is; its empty slots stay where they are.
  static void Become(SlotSet& set, const api::Pod& executor, model::PodInfoPtr info,
                     model::ClusterModel& model);
  /// Takes the nodes from all empty slots of a set.
  static void LoseAll(SlotSet& set, model::ClusterModel& model);
  /// Gives up one slot of the set, a lost one first, then an empty one.
  static void DropOne(SlotSet& set, model::ClusterModel& model);
  /// Gives up `count` slots without a pod, lost ones first, but keeps `kept_min` slots of the set.
  static void DropBeyondMin(SlotSet& set, std::int64_t count, model::ClusterModel& model);
  /// Gives up the slots that have been without a pod since `before` or longer; returns how many.
  std::int64_t DropEmptySince(Time before, model::ClusterModel& model);
  /// Gives up everything that no pod has taken.
  void ReleaseAll(model::ClusterModel& model);

  std::int64_t CountEmpty() const;
  std::int64_t CountLost() const;
  /// The earliest moment since which a slot without a pod waits.
  std::optional<Time> OldestEmpty() const;

 private:
  std::vector<SlotSet> sets_;
};

}  // namespace muster::gang
