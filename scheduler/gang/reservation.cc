#include "scheduler/gang/reservation.h"

#include <algorithm>
#include <utility>

#include "scheduler/base/check.h"

namespace muster::gang {

std::int64_t SlotSet::CountLost() const {
  return std::count_if(slots.begin(), slots.end(),
                       [](const Slot& slot) { return !slot.IsTaken() && slot.IsLost(); });
}

std::int64_t SlotSet::CountEmpty() const {
  return std::count_if(slots.begin(), slots.end(), [](const Slot& slot) { return slot.IsEmpty(); });
}

SlotSet* Reservation::FindSet(std::int32_t profile) {
  const auto found = std::find_if(sets_.begin(), sets_.end(),
                                  [profile](const SlotSet& set) { return set.profile == profile; });
  return found == sets_.end() ? nullptr : &*found;
}

void Reservation::AddAccounted(SlotSet& set, model::NodeIndex node, std::int64_t count, Time now) {
  for (std::int64_t i = 0; i < count; ++i) set.slots.push_back({node, "", now});
}

void Reservation::Restore(const Plan& plan, const std::string& namespace_name,
                          model::ClusterModel& model, Time now) {
  for (const Plan::PodSet& planned : plan.pod_sets) {
    SlotSet set;
    set.profile = planned.profile;
    set.requests = planned.requests;
    set.info = model::MakePodInfo(planned.requests, namespace_name, model.Names());
    set.dynamic = planned.min.has_value();
    set.kept_min = planned.min.value_or(planned.count);
    for (const auto& [name, count] : planned.slots) {
      if (count == 0) continue;
      const model::NodeIndex node = model.Nodes().FindOrAddGhost(name);
      model.HoldPlaces(node, set.info, count);
      AddAccounted(set, node, count, now);
    }
    sets_.push_back(std::move(set));
  }
}

Plan Reservation::ToPlan(const model::NodeTable& nodes) const {
  Plan plan;
  for (const SlotSet& set : sets_) {
    Plan::PodSet planned;
    planned.profile = set.profile;
    planned.count = static_cast<std::int64_t>(set.slots.size());
    if (set.dynamic) planned.min = set.kept_min;
    planned.requests = set.requests;
    for (const Slot& slot : set.slots) {
      if (!slot.IsLost()) ++planned.slots[nodes.Name(slot.node)];
    }
    plan.pod_sets.push_back(std::move(planned));
  }
  return plan;
}

void Reservation::Take(SlotSet& set, Slot& slot, std::string_view pod_uid,
                       model::ClusterModel& model) {
  MUSTER_CHECK(slot.IsEmpty(), "only an empty slot can be taken");
  slot.pod_uid = std::string(pod_uid);
  model.HoldPlaces(slot.node, set.info, -1);
}

bool Reservation::Vacate(std::string_view pod_uid, model::ClusterModel& model, Time now) {
  for (SlotSet& set : sets_) {
    for (Slot& slot : set.slots) {
      if (slot.pod_uid != pod_uid) continue;
      slot.pod_uid.clear();
      slot.empty_since = now;
      // A node that went away meanwhile cannot hold the place for the replacement.
      if (slot.node >= model.Nodes().Size() || !model.Nodes().IsPresent(slot.node)) {
        slot.node = model::kNoNode;
      } else {
        model.HoldPlaces(slot.node, set.info, 1);
      }
      return true;
    }
  }
  return false;
}

void Reservation::End(std::string_view pod_uid, model::ClusterModel& model, Time now) {
  for (SlotSet& set : sets_) {
    if (static_cast<std::int64_t>(set.slots.size()) <= set.kept_min) continue;
    const auto erased =
        std::erase_if(set.slots, [&](const Slot& slot) { return slot.pod_uid == pod_uid; });
    if (erased > 0) return;
  }
  Vacate(pod_uid, model, now);
}

SlotSet* Reservation::SetOf(std::string_view pod_uid) {
  const auto found = std::find_if(sets_.begin(), sets_.end(), [&](const SlotSet& set) {
    return std::any_of(set.slots.begin(), set.slots.end(),
                       [&](const Slot& slot) { return slot.pod_uid == pod_uid; });
  });
  return found == sets_.end() ? nullptr : &*found;
}

void Reservation::PassOn(SlotSet& set, std::string_view pod_uid, std::string_view heir_uid,
                         model::NodeIndex heir_node) {
  const auto slot = std::find_if(set.slots.begin(), set.slots.end(),
                                 [&](const Slot& each) { return each.pod_uid == pod_uid; });
  MUSTER_CHECK(slot != set.slots.end(), "only a taken slot is passed on");
  slot->pod_uid = std::string(heir_uid);
  slot->node = heir_node;
}

void Reservation::Surrender(std::string_view pod_uid) {
  for (SlotSet& set : sets_) {
    std::erase_if(set.slots, [&](const Slot& slot) { return slot.pod_uid == pod_uid; });
    set.kept_min = std::min(set.kept_min, static_cast<std::int64_t>(set.slots.size()));
  }
}

std::int64_t Reservation::Lose(SlotSet& set, model::NodeIndex node, std::int64_t count,
                               model::ClusterModel& model) {
  std::int64_t lost = 0;
  for (Slot& slot : set.slots) {
    if (lost == count) break;
    if (!slot.IsEmpty() || slot.node != node) continue;
    slot.node = model::kNoNode;
    ++lost;
  }
  if (lost > 0) model.HoldPlaces(node, set.info, -lost);
  return lost;
}

void Reservation::Become(SlotSet& set, const api::Pod& executor, model::PodInfoPtr info,
                         model::ClusterModel& model) {
  for (const Slot& slot : set.slots) {
    if (!slot.IsEmpty()) continue;
    // First hold, then give back: a ghost must not be forgotten in between.
    model.HoldPlaces(slot.node, info, 1);
    model.HoldPlaces(slot.node, set.info, -1);
  }
  set.pod = executor;
  set.info = std::move(info);
}

void Reservation::LoseAll(SlotSet& set, model::ClusterModel& model) {
  for (Slot& slot : set.slots) {
    if (!slot.IsEmpty()) continue;
    model.HoldPlaces(slot.node, set.info, -1);
    slot.node = model::kNoNode;
  }
}

void Reservation::DropOne(SlotSet& set, model::ClusterModel& model) {
  auto chosen = std::find_if(set.slots.begin(), set.slots.end(),
                             [](const Slot& slot) { return !slot.IsTaken() && slot.IsLost(); });
  if (chosen == set.slots.end()) {
    chosen = std::find_if(set.slots.begin(), set.slots.end(),
                          [](const Slot& slot) { return slot.IsEmpty(); });
    if (chosen == set.slots.end()) return;
    model.HoldPlaces(chosen->node, set.info, -1);
  }
  set.slots.erase(chosen);
}

void Reservation::DropBeyondMin(SlotSet& set, std::int64_t count, model::ClusterModel& model) {
  std::int64_t left = std::min(count, static_cast<std::int64_t>(set.slots.size()) - set.kept_min);
  for (const bool is_lost : {true, false}) {
    std::erase_if(set.slots, [&](const Slot& slot) {
      if (left <= 0 || slot.IsTaken() || slot.IsLost() != is_lost) return false;
      if (!is_lost) model.HoldPlaces(slot.node, set.info, -1);
      --left;
      return true;
    });
  }
}

std::int64_t Reservation::DropEmptySince(Time before, model::ClusterModel& model) {
  std::int64_t dropped = 0;
  for (SlotSet& set : sets_) {
    dropped += static_cast<std::int64_t>(std::erase_if(set.slots, [&](const Slot& slot) {
      if (slot.IsTaken() || slot.empty_since > before) return false;
      if (slot.IsEmpty()) model.HoldPlaces(slot.node, set.info, -1);
      return true;
    }));
  }
  return dropped;
}

void Reservation::ReleaseAll(model::ClusterModel& model) { DropEmptySince(Time::max(), model); }

std::int64_t Reservation::CountEmpty() const {
  std::int64_t count = 0;
  for (const SlotSet& set : sets_) count += set.CountEmpty();
  return count;
}

std::int64_t Reservation::CountLost() const {
  std::int64_t count = 0;
  for (const SlotSet& set : sets_) count += set.CountLost();
  return count;
}

std::optional<Time> Reservation::OldestEmpty() const {
  std::optional<Time> oldest;
  for (const SlotSet& set : sets_) {
    for (const Slot& slot : set.slots) {
      if (!slot.IsTaken() && (!oldest || slot.empty_since < *oldest)) oldest = slot.empty_since;
    }
  }
  return oldest;
}

}  // namespace muster::gang
