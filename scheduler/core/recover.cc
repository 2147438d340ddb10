// What has become of slots since their plan was written, as far as the pods of the first list tell.

#include <algorithm>
#include <utility>

#include "scheduler/core/state.h"

namespace muster::core {
namespace {

using gang::GangPhase;

/// The executors of one application that are there.
struct Living {
  std::int64_t count = 0;
  std::int64_t id_max = 0;
};

}  // namespace

/// With dynamic allocation slots go with their executors, and the plan does not learn of it. Spark
/// counts executors from 1 and never uses a number twice, so of `id_max` that were created all but
/// the living have ended, and took their slots with them. It is a lower bound (the last ones may
/// have ended too), so nothing is given back that the process before would have kept. A slot that
/// is left without a pod, beyond the minimum, has been so since the driver was bound.
void SchedulerCore::State::GiveBackEndedSlots(const std::map<std::string, api::Pod>& pods) {
  std::map<std::string, Living> living;
  for (const auto& [uid, pod] : pods) {
    const Gang* application = FindApplication(pod);
    if (application == nullptr) continue;
    Living& executors = living[application->Uid()];
    ++executors.count;
    executors.id_max = std::max(executors.id_max, gang::ExecutorIdOf(pod));
  }
  for (auto& [uid, gang] : gangs_) {
    if (gang.phase != GangPhase::kReserved) continue;
    const auto found = living.find(uid);
    const std::int64_t ended =
        found == living.end() ? 0 : found->second.id_max - found->second.count;
    const Time bound_at = std::min(gang.anchor.status.start_time.value_or(now_), now_);
    for (gang::SlotSet& set : gang.reservation.Sets()) {
      gang::Reservation::DropBeyondMin(set, ended, model_);
      if (static_cast<std::int64_t>(set.slots.size()) <= set.kept_min) continue;
      for (gang::Slot& slot : set.slots) {
        if (!slot.IsTaken()) slot.empty_since = bound_at;
      }
    }
    ArmSlotTimer(gang);
  }
}

}  // namespace muster::core
